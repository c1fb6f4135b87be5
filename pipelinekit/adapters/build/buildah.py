"""buildah: images without an engine, for agents that have none and need none."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from pipelinekit.adapters.build import registriesconf, trial
from pipelinekit.adapters.build.hosts import hosts_of
from pipelinekit.adapters.build.secrets import secret_words
from pipelinekit.adapters.build.trouble import build_failed
from pipelinekit.adapters.build.unpacking import lay_out
from pipelinekit.adapters.disk import momentary, private
from pipelinekit.adapters.folder.reports import copy_reports
from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.jenkins.agent import BUILDAH_STORE
from pipelinekit.model.release import BuildPlan, Credentials, ImageRef, TestRun
from pipelinekit.ports import Say
from pipelinekit.reading.docker.dockerfile import bases

TEST_TIMEOUT = 1800.0
"""Seconds that a test command may take."""
ROOT = "PIPELINEKIT_BUILDAH_ROOT"
"""Where images are kept, when not in buildah's own place."""
_LOOK = "`buildah info` tells whether it can work here; what it had begun, the next run makes anew"
INDEX = "localhost/pipelinekit-index:"
"""What names of indexes begin with: buildah takes an index' id for the image of this machine's platform."""


class BuildahEngine:
    """buildah as an engine: build and run by it, push by our own registry client."""

    def __init__(
        self, registry: OciRegistry, login: dockerconfig.Login, environment: Mapping[str, str]
    ) -> None:
        self.registry = registry
        self.login = login
        self.environment = environment

    def version(self) -> str:
        """buildah's version."""
        return process.check(["buildah", "--version"], hint=_LOOK).split()[2]

    def image_id(self, ref: str) -> str | None:
        """The id of a local image, or None; an index' own name is its id."""
        if ref.startswith(INDEX):
            listed = process.run([*self._buildah(), "manifest", "inspect", ref])
            return ref if listed.code == 0 else None
        done = process.run(
            [*self._buildah(), "inspect", "--type", "image", "--format", "{{.FromImageID}}", ref]
        )
        return f"sha256:{done.out.strip()}" if done.code == 0 and done.out.strip() else None

    def build(self, plan: BuildPlan, context: Path, say: Say) -> str:
        """Build the plan's target; raises `ToolFailed` with the failing step's last words."""
        with (
            private.folder() as scratch,
            dockerconfig.written(hosts_of(plan, context), self.login) as config,
        ):
            folder, id_file = scratch / "context", scratch / "id"
            index = f"{INDEX}{uuid4().hex}" if len(plan.platforms) > 1 else ""
            folder.mkdir()
            file = lay_out(plan, context, folder, scratch / "recipe")
            # What has been filtered must not be filtered once more, by other rules; beside the context, where
            # no step copies it into the image.
            ignored = scratch / "ignored"
            ignored.touch()
            text = file.read_text(errors="replace")
            hosts = [each.split("/")[0] for each in (*bases(text, plan.args), plan.cache) if each]
            plain = [each for each in hosts if self.registry.is_plain(each)]
            done = process.watch(
                [
                    *self._buildah(),
                    *registriesconf.write(scratch, plain, self.environment),
                    *self.argv(plan, scratch),
                    *(["--manifest", index] if index else ["--iidfile", str(id_file)]),
                    *("--authfile", str(config / dockerconfig.FILE)),
                    *("--ignorefile", str(ignored)),
                    *("--file", str(file), str(folder)),
                ],
                line=say,
            )
            if done.code:
                lines = (done.out + done.err).strip().splitlines()
                raise build_failed(lines, done.reason())
            return index or "sha256:" + id_file.read_text().strip().removeprefix("sha256:")

    def argv(self, plan: BuildPlan, scratch: Path) -> list[str]:
        """What is built, as buildah's words; secrets go through files that only we can read."""
        # The container of a step that failed would stay, and with it the secrets that were mounted there.
        words = ["build", "--isolation", "chroot", "--format", "oci", "--force-rm"]
        if len(plan.platforms) > 1:
            # Its cache does not tell platforms apart where the steps are the same.
            words += ["--layers=false"]
        else:
            words += ["--layers", "--tag", str(plan.ref)]
            words += ["--cache-from", plan.cache] if plan.cache else []
            words += ["--cache-to", plan.cache] if plan.cache and plan.keeps else []
        words += ["--target", plan.target] if plan.target else []
        words += [word for each in plan.platforms for word in ("--platform", each)]
        for name, value in plan.args.items():
            words += ["--build-arg", f"{name}={value}"]
        for name, value in plan.labels.items():
            words += ["--label", f"{name}={value}", "--annotation", f"{name}={value}"]
        return words + secret_words(plan.secrets, scratch)

    def run_tests(self, image: str, reports: Path, say: Say) -> TestRun:
        """Run the image's command; what it left in /reports is copied out, whether it passed or not."""
        inspected = self._asked("image-unreachable", "inspect", "--type", "image", image)
        config = json.loads(inspected)["OCIv1"]["config"]
        command = [*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())]
        if not command:
            raise failed("test-failed-to-start", "the test stage has no command", hint="give it a CMD")
        container = self._asked("test-failed-to-start", "from", "--pull-never", image).strip()
        try:
            done = process.watch(
                [*self._buildah(), "run", "--isolation", "chroot", container, "--", *command],
                line=say,
                timeout=TEST_TIMEOUT,
            )
            mounted = process.check(
                [*self._namespace(), *self._buildah(), "mount", container], code="test-lost", hint=_LOOK
            ).strip()
            copy_reports(Path(mounted, "reports"), reports)
            return TestRun(exit_code=done.code, output=done.out + done.err)
        finally:
            process.run([*self._buildah(), "rm", container])

    def ends_well(self, ref: ImageRef, words: Sequence[str]) -> bool:
        """Whether a command of an image ends with 0; one that is not here is pulled."""
        with private.folder() as scratch, dockerconfig.written([ref.registry], self.login) as config:
            plain = [ref.registry] if self.registry.is_plain(ref.registry) else []
            container = process.check(
                [
                    *self._buildah(),
                    *registriesconf.write(scratch, plain, self.environment),
                    *("from", "--authfile", str(config / dockerconfig.FILE), str(replace(ref, digest=""))),
                ],
                code="image-unreachable",
                hint=f"does `buildah pull {replace(ref, digest='')}` get it?",
            ).strip()
        try:
            run = [*self._buildah(), "run", "--isolation", "chroot", container, "--", *words]
            return process.run(run, timeout=trial.LONGEST).code == 0
        finally:
            process.run([*self._buildah(), "rm", container])

    def push(self, image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> str:
        """Push a local image under `ref`; its digest. Uploads are resumed, digests verified."""
        del credentials
        with momentary.folder() as scratch:
            layout = Path(scratch, "layout")
            if image_id.startswith(INDEX):
                words = ["manifest", "push", "--all", "--format", "oci", image_id, f"oci:{layout}"]
            else:
                words = ["push", "--format", "oci", image_id, f"oci:{layout}"]
            self._asked("push-failed", *words, timeout=900)
            return self.registry.push_layout(layout, ref, say)

    # --- how it is called -------------------------------------------------------------------------

    def _asked(self, code: str, *words: str, timeout: float | None = None) -> str:
        """buildah's answer; `ToolFailed` with its reason and where to look."""
        return process.check([*self._buildah(), *words], timeout=timeout, code=code, hint=_LOOK)

    def _buildah(self) -> list[str]:
        root = self.environment.get(ROOT)
        # vfs needs nothing of the kernel: it works in an unprivileged container, where overlay does not.
        words = ["buildah", "--storage-driver", "vfs"]
        if root:
            return [*words, "--root", root, "--runroot", f"{root}-run"]
        store = self.environment.get(BUILDAH_STORE)
        return [*words, "--root", store] if store else words

    def _namespace(self) -> list[str]:
        return [] if os.geteuid() == 0 else ["buildah", "unshare"]
