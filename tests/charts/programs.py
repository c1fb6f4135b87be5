"""The Python programs that a chart's pods run, imported as these import them, and backups made by them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

Programs = Callable[[str], Any]
"""A chart's modules, by name."""


@contextmanager
def imported(files: Path, patch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """Those of a chart's folder; after the block nobody has them."""
    patch.syspath_prepend(str(files))
    before = set(sys.modules)
    try:
        yield importlib.import_module
    finally:
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(files)):
                del sys.modules[name]


class Slow:
    """A clock, and what is asked by it: each question fails, after half a minute."""

    def __init__(self, fault: OSError) -> None:
        self.now, self.fault = 0.0, fault

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """They are over."""
        self.now += seconds

    def send(self, *_: object) -> NoReturn:
        """Nobody is there."""
        self.now += 30
        raise self.fault


class Backups:
    """A chart's programs beside a folder for their backups, of which they keep two."""

    def __init__(self, folder: Path, found: Programs, patch: pytest.MonkeyPatch) -> None:
        self.backups, self.programs = folder / "backup", found
        self.backups.mkdir()
        for name, value in (("KEEP", "2"), ("HOSTNAME", "pod"), ("FROM", "")):
            patch.setenv(name, value)
        patch.setattr(found("copies"), "BACKUPS", self.backups)

    def backup(self, stamp: str = "") -> Path:
        """Make one; with a stamp it is called that."""
        before = set(self.programs("copies").backups())
        self.programs("backup").main()
        made: Path
        (made,) = set(self.programs("copies").backups()) - before
        return made.rename(self.backups / stamp) if stamp else made

    def restore(self) -> None:
        """Put back the one that FROM names."""
        self.programs("restore").main()


def check_one_that_is_not_there(site: Backups, patch: pytest.MonkeyPatch) -> None:
    """It is named with those that are."""
    with pytest.raises(SystemExit, match="there is no backup"):
        site.restore()
    made = site.backup()
    patch.setenv("FROM", "20200101T000000Z")
    with pytest.raises(SystemExit, match=f"there are: {made.name}"):
        site.restore()
