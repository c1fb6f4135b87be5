"""The developer's folder as sync looks at it: what a build would take of it, and never a byte written."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from pipelinekit.adapters.build import context
from pipelinekit.adapters.disk import regular
from pipelinekit.errors import refused
from pipelinekit.model.sources import Content, Entry, Layout, Look
from pipelinekit.plan.sync.layout import is_building, is_sendable
from pipelinekit.reading.docker.dockerignore import FILE

DOCUMENTS = ("app.yaml", "draft.toml", ".draft-tasks.toml", FILE)
LARGEST = 64 * 1024 * 1024
"""Bytes of one file."""

SECOND = 1_000_000_000
TICK = SECOND // 50
"""Longer than any kernel's."""

ODD = Entry("l", "-", "")
"""A link whose target is no text."""

Seen = tuple[int, int, int, int, int]


class SourceFolder:
    """A folder whose Dockerfile takes its sources by `layout`; a file that stays as it is is read once."""

    def __init__(self, root: Path, dockerfile: str, layout: Layout) -> None:
        self.root = root
        self.dockerfile = dockerfile
        self.layout = layout
        self._before = f"{layout.folder}/" if layout.folder else ""
        self._text = os.fspath(root)
        self._known: dict[str, tuple[Seen, Entry]] = {}

    def look(self) -> Look:
        """What is in it now."""
        known, self._known = self._known, {}
        began = time.time_ns()
        sources: dict[str, Entry] = {}
        building: dict[str, Entry] = {}
        apart = {self.dockerfile, f"{self.dockerfile}.dockerignore", *DOCUMENTS}
        for path in (*context.names(self.root, self.dockerfile), *sorted(apart), *_charts(self.root)):
            if entry := self._entry(path, known, began):
                builds = path in apart or path.startswith("charts/") or is_building(path, self.layout)
                if builds:
                    building[path] = entry
                else:
                    sources[path.removeprefix(self._before)] = entry
        return Look(sources=sources, building=building)

    def content(self, path: str, entry: Entry) -> Content | None:
        """What stands at a path; None where it is not that entry any more."""
        full = self.root / self.layout.folder / path
        try:
            if entry.kind == "d":
                data = b""
            elif entry.kind == "l":
                data = os.fsencode(full.readlink())
            else:
                data = regular.read(full, LARGEST, follow=False)
        except OSError:
            return None
        same = entry.kind == "d" or hashlib.sha256(data).hexdigest() == entry.what
        return Content(entry=entry, data=data) if same else None

    def _entry(self, path: str, known: dict[str, tuple[Seen, Entry]], began: int) -> Entry | None:
        full = f"{self._text}/{path}"
        try:
            there = os.lstat(full)
            seen = (there.st_mtime_ns, there.st_ctime_ns, there.st_size, there.st_ino, there.st_mode)
            before = known.get(path)
            entry = before[1] if before and before[0] == seen else _made(Path(full), there.st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            hint = "add it to .dockerignore"
            if error.errno == errno.EFBIG:
                raise refused("sync-file", f"{path} is larger than {LARGEST >> 20} MiB", hint=hint) from error
            raise refused("context-unreadable", f"{path}: {error.strerror}", hint=hint) from error
        if entry and (entry is ODD or not is_sendable(path)):
            raise refused(
                "sync-name", f"{path!r}: a name that not every program writes alike", hint="--no-sync"
            )
        if entry and _is_past(there.st_ctime_ns, began):
            self._known[path] = (seen, entry)
        return entry


def _charts(root: Path) -> Iterator[str]:
    # A folder that goes meanwhile is passed over, as one that went before.
    for folder, folders, files in os.walk(root / "charts"):
        at = Path(folder).relative_to(root)
        yield from ((at / name).as_posix() for name in (*folders, *files))


def _is_past(changed: int, now: int) -> bool:
    """Whether what is written from `now` on gets another time than `changed`, both in nanoseconds.

    File systems count in ticks of the kernel, and some in seconds: of what gets the same time only its
    content tells.
    """
    return now - changed > (TICK if changed % SECOND else 2 * SECOND)


def _made(full: Path, mode: int) -> Entry | None:
    if stat.S_ISLNK(mode):
        target = os.fsencode(full.readlink())
        return Entry("l", "-", hashlib.sha256(target).hexdigest()) if _is_text(target) else ODD
    if stat.S_ISDIR(mode):
        return Entry("d", "-", "")
    if not stat.S_ISREG(mode):
        return None
    data = regular.read(full, LARGEST, follow=False)
    return Entry("f", "x" if mode & 0o100 else "-", hashlib.sha256(data).hexdigest())


def _is_text(target: bytes) -> bool:
    try:
        target.decode()
    except UnicodeDecodeError:
        return False
    return True
