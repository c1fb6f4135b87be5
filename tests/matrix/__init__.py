"""The long matrices: a seeded sample of each is in `make test`, all in `make matrix`, which writes tables.

A test takes part by the mark `matrix("part")`: it runs in `make matrix` alone, or, with `sample=True`, in
`make test` as well. `sampled` marks the cases of a parametrised test so that a few of them are the sample.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

KEY = "matrix"
"""The name of a row in what a test's report carries from a worker to the one that writes the tables."""


def sampled(part: str, cases: Sequence[Any], keep: int, seed: int = 1) -> list[Any]:
    """All cases as parameters of a test, `keep` of them, drawn by the seed, in `make test` too."""
    dice = random.Random(seed)  # noqa: S311  a sample, not a secret
    drawn = set(dice.sample(range(len(cases)), min(keep, len(cases))))
    return [_case(each, part, sample=place in drawn) for place, each in enumerate(cases)]


def _case(values: Any, part: str, *, sample: bool) -> Any:
    each = values if isinstance(values, tuple) else (values,)
    return pytest.param(*each, marks=pytest.mark.matrix(part, sample=sample))


def asked(config: pytest.Config) -> bool:
    """Whether this run is of the matrices."""
    return KEY in str(config.option.markexpr)


def apart(item: pytest.Item, config: pytest.Config) -> bool:
    """Whether a test is left out of this run: of `make test`, or of another part's matrix."""
    marks = list(item.iter_markers(KEY))
    if not asked(config):
        return any(not mark.kwargs.get("sample") for mark in marks)
    wanted = config.getoption("--matrix-part")
    return bool(wanted) and wanted not in {str(mark.args[0]) for mark in marks}


@dataclass(frozen=True)
class Row:
    """One line of a part's table; figures are seconds, counts or words."""

    part: str
    case: str
    result: str
    figures: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(eq=False)
class Tables:
    """Collects rows in the process that leads the run, and writes one file a part."""

    folder: Path
    rows: list[Row] = field(default_factory=list)
    expected: int = 0
    done: int = 0

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.expected = self.expected or len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.expected = self.expected or len(ids)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = [Row(*row) for key, row in _properties(report) if key == KEY]
        if report.failed:
            part = next((str(value) for key, value in _properties(report) if key == f"{KEY}-part"), "other")
            self.rows.append(Row(part, case_of(report.nodeid), f"failed ({report.when})"))
        elif report.when == "teardown":
            self.done += 1
        elif report.when == "call":
            self.rows.extend(told or self._plain(report))

    def _plain(self, report: pytest.TestReport) -> Iterable[Row]:
        """A test that tells no row of its own is one by its name."""
        for key, value in _properties(report):
            if key == f"{KEY}-part":
                case = case_of(report.nodeid)
                yield Row(str(value), case, report.outcome, {"seconds": round(report.duration, 1)})

    # First: what has been found is written whatever ending the workers comes to.
    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in sorted({row.part for row in self.rows}):
            rows = [row for row in self.rows if row.part == part]
            note = f"Stopped after {self.done} of {self.expected} tests." if self.done < self.expected else ""
            text = table(part, rows, datetime.now(UTC), note)
            (self.folder / f"{part}.md").write_text(text, encoding="utf-8")


def case_of(test: str) -> str:
    """The name of a test in a table: without the folders of its file, whatever its parameters have."""
    path, _, rest = test.partition("::")
    return f"{path.rpartition('/')[2]}::{rest}"


def _properties(report: pytest.TestReport) -> list[tuple[str, Any]]:
    return report.user_properties


def table(part: str, rows: Sequence[Row], when: datetime, note: str = "") -> str:
    """A part's rows as Markdown, sorted by case, with one column a figure."""
    columns = list(dict.fromkeys(name for row in rows for name in row.figures))
    failed = sum(row.result.startswith("failed") for row in rows)
    lines = [
        f"# Matrix: {part}",
        "",
        f"`make matrix P={part}` on {when:%Y-%m-%d}: {len(rows)} rows, {failed} failed. {note}".rstrip(),
        "",
        _line(["case", "result", *columns]),
        _line(["---"] * (2 + len(columns))),
    ]
    lines.extend(
        _line([row.case, row.result, *(str(row.figures.get(name, "")) for name in columns)])
        for row in sorted(rows, key=lambda row: row.case)
    )
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
