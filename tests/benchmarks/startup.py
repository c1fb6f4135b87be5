"""B9: how long it takes to start. What is imported decides."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.measure import Row, interleaved, least

BIN = Path(sys.executable).parent
RUNS = 15


def run() -> list[Row]:
    """`--version` against an empty Python, `--help` against click's import alone."""
    samples = interleaved(
        {
            "pass": lambda: _call([sys.executable, "-c", "pass"]),
            "version": lambda: _call([str(BIN / "pipelinekit"), "--version"]),
            "click": lambda: _call([sys.executable, "-c", "import click"]),
            "help": lambda: _call([str(BIN / "pipelinekit"), "--help"]),
        },
        RUNS,
    )
    best = {name: least(each, "wall") for name, each in samples.items()}
    return [
        Row("B9", "pipelinekit --version", "python -c pass", "wall, min", best["version"], best["pass"], 3.0),
        Row(
            "B9",
            "pipelinekit --help",
            "python -c 'import click'",
            "wall, min",
            best["help"],
            best["click"],
            1.5,
        ),
    ]


def _call(argv: Sequence[str]) -> None:
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
