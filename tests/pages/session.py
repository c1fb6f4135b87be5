"""The commands of pages, run one after the other in a shell, as somebody types them who reads."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.pages import blocks
from tests.pages.blocks import Block

LONGEST = 600.0
"""Seconds until a page that hangs is ended."""


@dataclass
class Session:
    """`own` are the values for given blocks; `here` and `env` are where and with what each page begins."""

    folder: Path
    own: Mapping[str, str]
    env: dict[str, str]
    here: Path = field(init=False)
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.here = self.folder

    def open(self, page: Path) -> list[str]:
        """Run a page of which every other one takes what it exports, and begins where it ends."""
        faults = self.run(page)
        said = (self.folder / f"out-{page.stem}" / "env").read_bytes().decode().split("\0")
        self.env = dict(each.split("=", 1) for each in said if each)
        self.here = Path(self.env["PWD"])
        return faults

    def run(self, page: Path) -> list[str]:
        """Run what of the page is run; each fault is where it is and what was printed."""
        chosen = [each for each in blocks.blocks(page) if each.mark != blocks.CHECKED]
        for each in chosen:
            if each.mark == blocks.GIVEN:
                self._names |= {its: self.own[name] for name, its in blocks.values(each).items()}
        out = self.folder / f"out-{page.stem}"
        out.mkdir()
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", self._script(chosen, out)],
            cwd=self.here,
            env=self.env,
            stdin=subprocess.DEVNULL,
            timeout=LONGEST,
            check=False,
        )
        printed = [path.read_text(errors="replace") for path in sorted(out.glob("*.txt"))]
        if done.returncode:
            at = chosen[len(printed) - 1]
            return [f"{at.page}:{at.line}: exit code {done.returncode}\n{at.text}---\n{printed[-1]}"]
        return [
            f"{each.page}:{each.line}: not printed: {missing}\n---\n{text}"
            for each, text in zip(chosen, printed, strict=True)
            if (missing := blocks.unmet(tuple(map(self._named, each.shown)), text))
        ]

    def _script(self, chosen: Sequence[Block], out: Path) -> str:
        parts = []
        for number, each in enumerate(chosen):
            given = each.mark == blocks.GIVEN
            text = blocks.with_values(each, dict(self.own)).text if given else self._each(each.text)
            parts.append(f"exec >{shlex.quote(str(out))}/{number:03}.txt 2>&1\n{text}")
        return "\n".join([*parts, f"env -0 >{shlex.quote(str(out))}/env", ""])

    def _each(self, text: str) -> str:
        """A block with a line for each command: where one before `&&` fails, `bash -e` would go on."""
        return re.sub(r"\s&&\s", "\n", self._named(text))

    def _named(self, text: str) -> str:
        """A text with our values in the place of the reader's; no part of a word is one."""
        for reader, own in self._names.items():
            text = re.sub(rf"(?<![\w.]){re.escape(reader)}(?![\w.])", own.replace("\\", r"\\"), text)
        return text
