"""The Docker engine through its SDK: build, run a test stage, push."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from pipelinekit.adapters import process
from pipelinekit.adapters.files import read_bytes, write_atomic
from pipelinekit.errors import Fault, ToolFailed, ToolMissing, failed
from pipelinekit.model.release import BuildPlan, Credentials, ImageRef, TestRun
from pipelinekit.ports import Say

if TYPE_CHECKING:
    import docker

TEST_TIMEOUT = 1800.0
"""Seconds that a test command may take."""
MAX_REPORTS = 200 * 1024 * 1024
"""Bytes of reports that are taken out of a test container."""


class DockerEngine:
    """A Docker engine; connected at first use."""

    def __init__(self) -> None:
        self._client: docker.DockerClient | None = None

    @property
    def client(self) -> docker.DockerClient:
        """The connected client; `ToolMissing` when no engine answers."""
        if self._client is None:
            import docker
            from docker.errors import DockerException

            try:
                self._client = docker.from_env(timeout=600)
                self._client.ping()
            except DockerException as error:
                raise ToolMissing(
                    Fault(
                        "engine-missing",
                        f"no Docker engine answers: {_reason(error)}",
                        hint=f"start it, or set DOCKER_HOST; to install it: {process.GET['docker']}",
                    )
                ) from error
        return self._client

    def version(self) -> str:
        """The engine's version."""
        return str(self.client.version()["Version"])

    def image_id(self, ref: str) -> str | None:
        """The id of a local image, or None."""
        from docker.errors import ImageNotFound

        try:
            return str(self.client.images.get(ref).id)
        except ImageNotFound:
            return None

    def build(self, plan: BuildPlan, context: Path, say: Say) -> str:
        """Build the plan's target; raises `ToolFailed` with the failing step's last words."""
        from docker.errors import DockerException

        with tempfile.TemporaryFile() as archive:
            write_context(context, plan.dockerfile, archive)
            archive.seek(0)
            try:
                events = self.client.api.build(
                    fileobj=archive,
                    custom_context=True,
                    dockerfile=plan.dockerfile,
                    tag=str(plan.ref),
                    target=plan.target or None,
                    buildargs=dict(plan.args),
                    labels=dict(plan.labels),
                    platform=plan.platform or None,
                    rm=True,
                    forcerm=True,
                    decode=True,
                )
                return self._follow_build(events, plan, say)
            except DockerException as error:
                raise failed("build-failed", f"the build was refused: {_reason(error)}") from error

    def _follow_build(self, events: Iterator[dict[str, Any]], plan: BuildPlan, say: Say) -> str:
        recent: list[str] = []
        image_id = ""
        for event in events:
            for line in str(event.get("stream", "")).splitlines():
                if line.strip():
                    recent = [*recent[-9:], line]
                    say(line)
            image_id = event.get("aux", {}).get("ID", image_id)
            if "error" in event:
                raise failed("build-failed", _build_reason(event, recent), hint="\n".join(recent))
        found = image_id or self.image_id(str(plan.ref))
        if not found:
            raise failed("build-failed", "the engine reported no image")
        return found

    def has_stage(self, context: Path, dockerfile: str, stage: str) -> bool:
        """Whether the Dockerfile has a stage of that name."""
        lines = read_bytes(context / dockerfile).decode(errors="replace").splitlines()
        words = [line.upper().split() for line in lines]
        return any(each[:1] == ["FROM"] and each[-2:] == ["AS", stage.upper()] for each in words)

    def run_tests(self, image: str, reports: Path, say: Say) -> TestRun:
        """Run the image's command; what it left in /reports is copied out, whether it passed or not."""
        from docker.errors import APIError, NotFound
        from requests.exceptions import RequestException

        container = self.client.containers.create(image, labels={"dev.pipelinekit": "test"})
        try:
            container.start()
            lines = []
            for raw in container.logs(stream=True, follow=True):
                text = raw.decode(errors="replace")
                lines.append(text)
                say(text.rstrip("\n"))
            try:
                code = int(container.wait(timeout=TEST_TIMEOUT)["StatusCode"])
            except RequestException as error:
                raise failed(
                    "test-timeout", f"the tests did not finish within {TEST_TIMEOUT:.0f} s"
                ) from error
            try:
                stream, _ = container.get_archive("/reports")
                _unpack_reports(b"".join(stream), reports)
            except NotFound:
                pass
            return TestRun(exit_code=code, output="".join(lines))
        except APIError as error:
            raise failed("test-failed-to-start", f"the test stage cannot run: {_reason(error)}") from error
        finally:
            container.remove(force=True, v=True)

    def push(self, image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> None:
        """Push a local image under `ref`; raises `ToolFailed` with the registry's reason."""
        from docker.errors import DockerException

        name = f"{ref.registry}/{ref.repository}"
        auth = {"username": credentials.user, "password": credentials.password} if credentials else None
        try:
            self.client.api.tag(image_id, name, ref.tag)
            events = self.client.api.push(name, ref.tag, auth_config=auth, stream=True, decode=True)
            for event in events:
                if "error" in event:
                    raise _push_failed(ref, str(event["error"]))
                if event.get("status") in {"Pushed", "Layer already exists", "Mounted from"}:
                    say(f"{event.get('id', '')} {event['status']}")
        except DockerException as error:
            raise _push_failed(ref, _reason(error)) from error


def write_context(folder: Path, dockerfile: str, to: IO[bytes]) -> None:
    """The build context as a tar: filtered by `.dockerignore`, in a fixed order, without times and owners."""
    from docker.utils.build import exclude_paths

    ignore = folder / ".dockerignore"
    patterns = ignore.read_text().splitlines() if ignore.exists() else []
    patterns = [each.strip() for each in patterns if each.strip() and not each.startswith("#")]
    names = sorted(exclude_paths(str(folder), patterns, dockerfile=dockerfile))
    with tarfile.open(fileobj=to, mode="w") as archive:
        for name in names:
            path = folder / name
            if not (path.is_symlink() or path.is_file() or path.is_dir()):
                continue
            info = archive.gettarinfo(str(path), arcname=name)
            info.mtime, info.uid, info.gid, info.uname, info.gname = 0, 0, 0, "", ""
            info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
            if info.isfile():
                with path.open("rb") as stream:
                    archive.addfile(info, stream)
            else:
                archive.addfile(info)


def _unpack_reports(data: bytes, reports: Path) -> None:
    """Regular files only, by their base names: an archive from a container is not to be trusted."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        total = 0
        for member in archive:
            name = PurePosixPath(member.name).name
            total += member.size
            if total > MAX_REPORTS:
                raise failed("reports-too-large", f"/reports holds more than {MAX_REPORTS >> 20} MiB")
            stream = archive.extractfile(member) if member.isfile() else None
            if stream and name not in {"", ".", "..", ".gitignore"}:
                write_atomic(reports / name, stream.read())


def _build_reason(event: dict[str, Any], recent: list[str]) -> str:
    message = str(event.get("errorDetail", {}).get("message", event["error"])).strip()
    step = next((line for line in reversed(recent) if line.startswith("Step ")), "")
    return f"{step}: {message}" if step else message


def _push_failed(ref: ImageRef, reason: str) -> ToolFailed:
    lowered = reason.lower()
    hint = ""
    if "unauthorized" in lowered or "authentication required" in lowered or "denied" in lowered:
        hint = f"check the credentials for {ref.registry}: `docker login {ref.registry}` or PK_REGISTRY_USER"
    elif "x509" in lowered or "certificate" in lowered:
        hint = f"let the engine trust the registry's CA: /etc/docker/certs.d/{ref.registry}/ca.crt"
    elif "refused" in lowered or "no such host" in lowered or "timeout" in lowered:
        hint = f"is the registry {ref.registry} up, and reachable from the engine?"
    return failed("push-failed", f"{ref.registry} did not take the image: {reason}", hint=hint)


def _reason(error: Exception) -> str:
    explanation = getattr(error, "explanation", None)
    return str(explanation or error).strip().splitlines()[0]
