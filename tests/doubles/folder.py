"""What an application's folder has: its files, receipts and reports, and the commands that run in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelinekit.errors import failed
from pipelinekit.model import receipts
from pipelinekit.model.receipts import R, Receipt
from pipelinekit.model.testing import Totals
from pipelinekit.model.tree import File, Tree
from pipelinekit.ports import Say


class Killed(BaseException):
    """The process is gone; no code of ours runs any more."""


@dataclass
class Workspace:
    """An application's folder: generated files in memory, working folders below `root`.

    `kill_after` is how many writes it survives: the one after them raises `Killed`, as a power cut does.
    """

    root: Path = Path("unused")
    texts: dict[str, str] = field(default_factory=dict)
    lock: str | None = None
    base: dict[str, File] | None = None
    writes: list[str] = field(default_factory=list)
    kill_after: int | None = None
    unreadable: frozenset[str] = frozenset()

    def read_texts(self, paths: Iterable[str]) -> dict[str, str]:
        asked = list(paths)
        blocked = sorted(self.unreadable.intersection(asked))
        if blocked:
            raise failed("path-blocked", f"{blocked[0]} is a folder where a file should be")
        return {path: self.texts[path] for path in asked if path in self.texts}

    def read_lock(self) -> str | None:
        return self.lock

    def read_base(self) -> Tree | None:
        return self.base

    def write(self, write: Mapping[str, File], remove: Iterable[str]) -> None:
        for path, file in write.items():
            self._survive(path)
            self.texts[path] = file.text
        for path in remove:
            self._survive(path)
            self.texts.pop(path, None)

    def move(self, old: str, new: str) -> None:
        self._survive(new)
        self.texts[new] = self.texts.pop(old)

    def working_folder(self, name: str) -> Path:
        folder = self.root / ".pipelinekit" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write_lock(self, text: str) -> None:
        self._survive("lock")
        self.lock = text

    def write_base(self, base: Tree) -> None:
        self._survive("base")
        self.base = dict(base)

    def _survive(self, what: str) -> None:
        if self.kill_after is not None and len(self.writes) >= self.kill_after:
            raise Killed
        self.writes.append(what)


class Receipts:
    """Receipts as they are on disk: as text."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], str] = {}

    def load(self, kind: type[R], name: str = "") -> R | None:
        text = self.texts.get((kind.verb, name))
        return receipts.from_json(text, kind, f"{kind.verb}.json") if text is not None else None

    def save(self, receipt: Receipt, name: str = "") -> None:
        self.texts[receipt.verb, name] = receipts.to_json(receipt)


@dataclass
class Reports:
    """What the next test run will leave behind, and a folder that is empty before it."""

    left: Totals = field(default_factory=Totals)
    names: tuple[str, ...] = ("tests.xml",)
    cleared: bool = False

    def clear(self) -> Path:
        self.cleared = True
        return Path("reports")

    def collect(self) -> tuple[Totals, tuple[str, ...]]:
        assert self.cleared, "reports of an earlier run would be counted"
        return self.left, self.names


@dataclass
class Shell:
    """Runs nothing; a command that is in `broken` fails."""

    ran: list[str] = field(default_factory=list)
    broken: frozenset[str] = frozenset()

    def run(self, command: str, say: Say) -> None:
        say(f"$ {command}")
        self.ran.append(command)
        if command in self.broken:
            raise failed("around-failed", f"`{command}` ended with 1")
