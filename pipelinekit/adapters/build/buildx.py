"""BuildKit through `docker buildx`: what the engine's own builder cannot do."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Thread
from uuid import uuid4

from pipelinekit.adapters.build.context import LAST, pinned_dockerfile, write_context
from pipelinekit.adapters.build.secrets import secret_words
from pipelinekit.adapters.build.trouble import build_failed
from pipelinekit.adapters.build.unpacking import lay_out
from pipelinekit.adapters.disk import private
from pipelinekit.adapters.running import process
from pipelinekit.errors import PipelinekitError, ToolMissing, refused
from pipelinekit.model.release import BuildPlan
from pipelinekit.ports import Say
from pipelinekit.reading.docker.dockerignore import FILE as IGNORE

LAYERS = "buildkit"
"""The tag in a cache repository that holds layers and no image."""

UNSAYABLE = "invalid UTF-8"
"""What is said of a folder in which a name is no text; in an archive it is good."""

_begun: list[Thread] = []


def begin() -> None:
    """Begin to find out whether it is there, beside what comes before a build."""
    _begun.append(Thread(target=_ask, daemon=True))
    _begun[-1].start()


def _ask() -> None:
    # Whoever waits for the answer asks again, and hears what is wrong.
    with contextlib.suppress(PipelinekitError):
        _answers()


def available() -> bool:
    """Whether `docker buildx` answers on this machine."""
    while _begun:
        _begun.pop().join()
    return _answers()


@cache
def _answers() -> bool:
    try:
        return process.run(["docker", "buildx", "version"], timeout=20).code == 0
    except ToolMissing:
        return False


@cache
def keeps_layers_apart() -> bool:
    """Whether the builder can store layers beside an image; the engine's own can only put them into it."""
    done = process.run(["docker", "buildx", "inspect"], timeout=60)
    driver = re.search(r"^Driver:\s*(\S+)", done.out, re.MULTILINE)
    return done.code == 0 and driver is not None and driver[1] != "docker"


def build(plan: BuildPlan, context: Path, say: Say, env: Mapping[str, str]) -> str:
    """Build the plan's target into the engine; the image's id. `env` leads the client to its logins."""
    if len(plan.platforms) > 1:
        raise refused(
            "several-platforms",
            "an engine holds an image of one platform",
            hint="choose buildah with PIPELINEKIT_ENGINE=buildah, or name one platform in build.platforms",
        )
    with private.folder() as scratch:
        id_file, archive = scratch / "id", scratch / "context.tar"
        words = argv(plan, id_file, apart=bool(plan.cache) and keeps_layers_apart())
        given = _laid_out(plan, context, scratch)
        done = process.watch([*words, *given], env=env, line=say)
        # A step may say the same of something of its own: built once more, it would.
        if done.code and UNSAYABLE in done.err and not _is_text(given[-1]):
            with archive.open("wb") as stream:
                write_context(context, plan.dockerfile, stream, pinned_dockerfile(plan, context))
            done = process.watch([*words, "--file", plan.dockerfile, "-"], env=env, line=say, stdin=archive)
        if done.code:
            raise build_failed((done.out + done.err).splitlines(), done.reason())
        return id_file.read_text().strip()


def _laid_out(plan: BuildPlan, context: Path, scratch: Path) -> list[str]:
    """The context as a folder, and the Dockerfile beside it: an archive BuildKit would copy once more.

    Each has a name of its own. Of a folder that it was sent before, by its name, BuildKit takes only files of
    another size or time, and ours have no times.
    """
    sources = scratch / uuid4().hex
    file = lay_out(plan, context, sources, scratch / "recipe")
    # It is asked before any of the context's own: what is to be left out is not there any more.
    file.with_name(f"{file.name}{IGNORE}").write_text("# nothing\n")
    return ["--file", str(file), str(sources)]


def _is_text(folder: str) -> bool:
    """Whether each name in it, and where each link leads, is UTF-8."""
    for above, folders, files in os.walk(os.fsencode(folder)):
        for name in (*folders, *files):
            path = os.path.join(above, name)  # noqa: PTH118 - bytes
            said = name + os.readlink(path) if os.path.islink(path) else name  # noqa: PTH114, PTH115
            if said != said.decode(errors="ignore").encode():
                return False
    return True


def argv(plan: BuildPlan, id_file: Path, *, apart: bool) -> list[str]:
    """The command line up to the context.

    A secret's value is never on it, only a file beside `id_file` that holds it.

    `apart`: the builder stores layers beside the image; else the image has them, and goes to the cache.
    """
    words = ["docker", "buildx", "build", "--progress", "plain", "--load", "--iidfile", str(id_file)]
    words += ["--tag", str(plan.ref), "--provenance", "false"]
    words += ["--target", plan.target] if plan.target else []
    words += [word for each in plan.platforms for word in ("--platform", each)]
    for name, value in plan.args.items():
        words += ["--build-arg", f"{name}={value}"]
    for name, value in plan.labels.items():
        words += ["--label", f"{name}={value}"]
    words += secret_words(plan.secrets, id_file.parent)
    if plan.cache and apart:
        words += ["--cache-from", f"type=registry,ref={plan.cache}:{LAYERS}"]
        words += ["--cache-to", f"type=registry,ref={plan.cache}:{LAYERS},mode=max"] if plan.keeps else []
    elif plan.cache:
        words += ["--cache-from", f"type=registry,ref={plan.cache}:{LAST}"]
        words += ["--cache-to", "type=inline"] if plan.keeps else []
    return words
