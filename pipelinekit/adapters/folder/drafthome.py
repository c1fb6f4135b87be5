"""`$DRAFT_HOME`: configuration, packs, and the logs of builds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pipelinekit.adapters.disk import files, regular

CONFIG = "config.toml"
PACKS = "packs"
LOGS = "logs"
OWED = "owed"
FAILED = "failed"
KEPT = 50
"""Logs of one application that stay."""
DEEPEST = 8
"""Folders between `packs` and a repository: a host and a path."""


class DraftHome:
    """The folder that DRAFT_HOME names, else `~/.draft`."""

    def __init__(self, named: str) -> None:
        self.folder = Path(named).expanduser() if named else Path.home() / ".draft"

    def config(self) -> str:
        """The text of config.toml; empty when there is none."""
        path = self.folder / CONFIG
        if not path.exists():
            return ""
        return files.read_bytes(path, regular.DOCUMENT).decode(errors="replace")

    def save(self, values: Mapping[str, str]) -> None:
        """Write config.toml; JSON's texts are TOML's."""
        lines = [
            f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in sorted(values.items())
        ]
        files.write_atomic(self.folder / CONFIG, "".join(lines), mode=0o600)

    def packs(self) -> Iterator[Path]:
        """Every pack: a folder with `charts/` below the folder `packs` of a repository."""
        for repository in _repositories(self.folder / PACKS, DEEPEST):
            for folder in _inside(repository / PACKS):
                if (folder / "charts").is_dir():
                    yield folder

    def keep_log(self, application: str, build: str, text: str) -> Path:
        """Keep a build's log; the oldest of the application's go."""
        folder = self.folder / LOGS / application
        path = folder / build
        before = [each for each in self.logs(application) if each != path]
        files.write_atomic(path, text, mode=0o600)
        _make_last(path, before)
        for old in self.logs(application)[:-KEPT]:
            old.unlink(missing_ok=True)
        return path

    def logs(self, application: str) -> list[Path]:
        """The application's logs, the one that was written last at the end.

        Not in the order of their names: an `up` that finds nothing to do has the build of before.
        """
        written: list[tuple[int, Path]] = []
        folder = self.folder / LOGS / application
        for each in folder.iterdir() if folder.is_dir() else ():
            # Another `up` clears away what is old.
            with suppress(FileNotFoundError):
                written.append((each.stat().st_mtime_ns, each))
        return [each for _, each in sorted(written) if each.is_file()]

    def owe(self, where: str, build: str) -> None:
        """Note that this build's `post-deploy` is to be run; `where` is `CLUSTER/NAMESPACE/NAME`."""
        files.write_atomic(self.folder / OWED / where, build, mode=0o600)

    def owed(self, where: str) -> str:
        """The build whose `post-deploy` has not ended well; empty when there is none."""
        path = self.folder / OWED / where
        return files.read_bytes(path, regular.DOCUMENT).decode(errors="replace") if path.is_file() else ""

    def settle(self, where: str) -> None:
        """Note that nothing is to be run any more."""
        with suppress(OSError):
            (self.folder / OWED / where).unlink(missing_ok=True)

    def note_failure(self, where: str, reason: str) -> None:
        """Note why the last `up` has failed; an empty reason: it has not."""
        path = self.folder / FAILED / where
        if reason:
            files.write_atomic(path, reason, mode=0o600)
        else:
            path.unlink(missing_ok=True)

    def failure(self, where: str) -> str:
        """Why the last `up` has failed; empty when it has not."""
        path = self.folder / FAILED / where
        return files.read_bytes(path, regular.DOCUMENT).decode(errors="replace") if path.is_file() else ""


def _make_last(path: Path, before: list[Path]) -> None:
    """Date a file after these: a clock that was ahead has dated them, and has been put right since."""
    with suppress(OSError):
        latest = before[-1].stat().st_mtime_ns if before else 0
        if path.stat().st_mtime_ns <= latest:
            os.utime(path, ns=(latest + 1, latest + 1))


def _repositories(folder: Path, depth: int) -> Iterator[Path]:
    """The folders with a folder `packs`, as Draft finds them. A link is followed to such a one alone: classic
    Draft's `pack-repo add` makes one to its cache, and any other may lead around in circles."""
    for each in _inside(folder) if depth else ():
        if (each / PACKS).is_dir():
            yield each
        elif not each.is_symlink():
            yield from _repositories(each, depth - 1)


def _inside(folder: Path) -> list[Path]:
    """What a folder has; nothing of one that is none, or that may not be read."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
