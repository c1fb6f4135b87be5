"""The build context: filtered as Docker filters it, and the same bytes for the same content."""

from __future__ import annotations

import hashlib
import math
import os
import re
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from pipelinekit.adapters.build import weight
from pipelinekit.adapters.disk import regular
from pipelinekit.adapters.disk.files import read_bytes
from pipelinekit.adapters.source.clone.tracked import followed, tracked
from pipelinekit.errors import refused
from pipelinekit.model.release import BuildPlan
from pipelinekit.ports import Say, nobody
from pipelinekit.reading.docker import order
from pipelinekit.reading.docker.dockerfile import pin, stages
from pipelinekit.reading.docker.dockerignore import FILE, Ignore, read_dockerignore
from pipelinekit.reading.secretfiles import is_ours, is_secret

DOCKERFILE = "Dockerfile"
TEXT = 1024 * 1024
"""Bytes of a Dockerfile or `.dockerignore`."""
DEEPEST = 200
PATIENCE = 2.0
"""Seconds after which whoever waits for a context is told what makes it large."""
_GONE = (FileNotFoundError, NotADirectoryError)
"""What is told of a path that was there a moment ago."""
_NO_TEXT = "\ufffd"
"""What bytes that are no UTF-8 are read as."""
LAST, STAGE = "last", "stage-"
"""Tags in a cache repository: the image itself, and its stages by name."""


class Sources:
    """The application's folder as a build sees it."""

    def __init__(self, folder: Path, name: str = DOCKERFILE) -> None:
        self.folder = folder
        self.name = name

    def dockerfile(self) -> str:
        """The Dockerfile's text; `Refused` when there is none."""
        path = self.folder / self.name
        if not path.exists():
            hint = "`pipelinekit generate` makes one of app.yaml, `pipelinekit draft create` without"
            raise refused("dockerfile-missing", f"there is no {path}", hint=hint)
        return _text(followed(self.folder, self.name))

    def digest(self, say: Say) -> str:
        """The digest of the context; the same content gives the same one, whenever it was checked out.

        Where that takes a while, `say` is told what makes the context large.
        """
        return context_digest(self.folder, self.name, say)

    def left_out(self) -> tuple[str, ...]:
        """What never enters the context, and no `.dockerignore` says so."""
        return tuple(sorted(_found(self.folder, self.name)[1]))


def _text(path: Path) -> str:
    return read_bytes(path, TEXT).decode(errors="replace")


def pinned_dockerfile(plan: BuildPlan, context: Path) -> dict[str, str]:
    """The Dockerfile with its bases pinned, by its path in the context."""
    if not plan.pinned:
        return {}
    text = _text(context / plan.dockerfile)
    return {plan.dockerfile: pin(text, plan.args, plan.pinned)}


def arranged(plan: BuildPlan, context: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The Dockerfile as the engine's own builder is given it, and the labels that are left for the engine.

    That builder makes a container for each label that it is given, which takes longer than the rest of a
    small build: they are one instruction, at the end of what is built. What it can cache comes before what
    changes.
    """
    own = _text(context / plan.dockerfile)
    text = pin(own, plan.args, plan.pinned) if plan.pinned else own
    labels = dict(plan.labels)
    # What is no text, written anew, would name other files.
    if _NO_TEXT not in own:
        text = order.early(text, plan.target)
        if labels and all(re.fullmatch(r"[A-Za-z0-9 ._:/@+=,()-]*", each) for each in labels.values()):
            words = " ".join(f'{name}="{value}"' for name, value in labels.items())
            if whole := order.labelled(text, words, plan.target):
                text, labels = whole, {}
    return ({plan.dockerfile: text} if text != own else {}), labels


def cache_tags(plan: BuildPlan, context: Path) -> list[str]:
    """The tags of a cache repository that a build reads and writes, one for each stage that has a name."""
    text = _text(context / plan.dockerfile)
    named = [each.name for each in stages(text, plan.args) if each.name]
    return [*(STAGE + name.lower() for name in named), LAST]


def stage_of(tag: str) -> str:
    """The stage whose layers a cache tag holds; empty for the image itself."""
    return "" if tag == LAST else tag.removeprefix(STAGE)


def write_context(
    folder: Path, dockerfile: str, to: IO[bytes], replaced: Mapping[str, str] | None = None
) -> None:
    """The context as a tar: in a fixed order, without times and owners; `replaced` texts are in it instead.

    Modes say only whether a file may be executed, as git does, so that two checkouts give the same bytes.
    What is removed meanwhile is not in it: whoever builds asks afterwards whether anything has changed.
    """
    _write(folder, names(folder, dockerfile), to, replaced or {})


def _write(folder: Path, found: Sequence[str], to: IO[bytes], texts: Mapping[str, str]) -> None:
    with tarfile.open(fileobj=to, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in found:
            path = folder / name
            info = _entry(archive, path, name)
            if info is None:
                continue
            if name in texts:
                _add_text(archive, info, texts[name])
            elif info.isfile():
                if (handle := _opened(path)) is not None:
                    with os.fdopen(handle, "rb") as stream:
                        archive.addfile(info, cast("IO[bytes]", _Filled(stream)))
            else:
                archive.addfile(info)


def context_digest(folder: Path, dockerfile: str, say: Say = nobody) -> str:
    """`sha256:` and the hex digest of the context's bytes; `say` is told of one that takes a while."""
    until = time.monotonic() + PATIENCE
    found = names(folder, dockerfile)
    sink = _Digest(until, lambda: say(weight.told(folder, found)))
    file = folder / dockerfile
    # What is built is what a link leads to, which may be left out here, or outside.
    linked = {dockerfile: _text(file)} if file.is_symlink() and file.is_file() else {}
    _write(folder, found, cast("IO[bytes]", sink), linked)
    return "sha256:" + sink.made.hexdigest()


def names(folder: Path, dockerfile: str) -> list[str]:
    """The paths in the context, sorted; the Dockerfile and `.dockerignore` always are."""
    always = {name for name in (dockerfile, FILE) if (folder / name).is_file()}
    found = _found(folder, dockerfile)[0] | always
    # A file that came back from an excluded folder brings the folder along.
    for name in tuple(found):
        parts = name.split("/")[:-1]
        found.update("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    return sorted(found)


def _ignore(folder: Path, dockerfile: str) -> Ignore:
    for name in (f"{dockerfile}.dockerignore", FILE):
        path = folder / name
        if path.exists():
            return read_dockerignore(_text(followed(folder, name)), name)
    return read_dockerignore("")


def _found(folder: Path, dockerfile: str) -> tuple[set[str], set[str]]:
    """The paths that the context is made of, and those that `.dockerignore` let in and that stay out."""
    let_in = set(_walk(folder, _ignore(folder, dockerfile)))
    out = {name for name in let_in if is_ours(name)}
    if secret := {name for name in let_in if is_secret(name) and not (folder / name).is_dir()}:
        # Whoever has committed it has decided; asked only where it matters, for that is a process.
        out |= secret - (tracked(folder) or frozenset())
    return let_in - out, out


def _walk(folder: Path, ignore: Ignore) -> Iterator[str]:
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        if prefix.count("/") >= DEEPEST:
            problem = f"more than {DEEPEST} folders inside each other: {prefix[:40]}…"
            raise refused("context-too-deep", problem, hint="add it to .dockerignore")
        try:
            with os.scandir(folder / prefix if prefix else folder) as entries:
                found = list(entries)
        except OSError as error:
            if prefix and isinstance(error, _GONE):
                continue
            hint = "add it to .dockerignore"
            raise refused("context-unreadable", f"{prefix or folder}: {error.strerror}", hint=hint) from error
        for entry in found:
            name = f"{prefix}/{entry.name}" if prefix else entry.name
            excluded = ignore.excludes(name)
            if not excluded:
                yield name
            is_folder = entry.is_dir(follow_symlinks=False) and not is_ours(name)
            if is_folder and not (excluded and ignore.hides(name)):
                waiting.append(name)


def _entry(archive: tarfile.TarFile, path: Path, name: str) -> tarfile.TarInfo | None:
    try:
        # A socket has no entry, whatever the library's types say.
        info = cast("tarfile.TarInfo | None", archive.gettarinfo(str(path), arcname=name))
        if info and info.islnk():
            # Two names of one file on disk are two files to everybody else.
            info.type, info.size, info.linkname = tarfile.REGTYPE, path.stat().st_size, ""
    except _GONE:
        return None
    except OSError as error:
        raise refused(
            "context-unreadable", f"{path}: {error.strerror}", hint="add it to .dockerignore"
        ) from error
    if info is None or not (info.isfile() or info.isdir() or info.issym()):
        return None
    info.mtime, info.uid, info.gid, info.uname, info.gname = 0, 0, 0, "", ""
    info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
    info.pax_headers = {}
    return info


def _opened(path: Path) -> int | None:
    # What was a file a moment ago may be a pipe by now, which would never end.
    try:
        return regular.descriptor(path, follow=False)
    except _GONE:
        return None
    except OSError as error:
        raise refused(
            "context-unreadable", f"{path}: {error.strerror}", hint="add it to .dockerignore"
        ) from error


def _add_text(archive: tarfile.TarFile, info: tarfile.TarInfo, text: str) -> None:
    import io

    data = text.encode()
    info.type, info.size = tarfile.REGTYPE, len(data)
    archive.addfile(info, io.BytesIO(data))


class _Filled:
    """A file that has as many bytes as are asked for.

    One that is cut while it is read is nobody's error; what was read of it is not what it holds in the end.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def read(self, size: int) -> bytes:
        return self.stream.read(size).ljust(size, b"\0")


class _Digest:
    """A file that keeps nothing but the digest of what is written to it; it tells once of taking long."""

    def __init__(self, until: float, slow: Callable[[], None]) -> None:
        self.made = hashlib.sha256()
        self.at = 0
        self.until = until
        self.slow = slow

    def write(self, data: bytes) -> int:
        if time.monotonic() > self.until:
            self.until = math.inf
            self.slow()
        self.made.update(data)
        self.at += len(data)
        return len(data)

    def tell(self) -> int:
        return self.at
