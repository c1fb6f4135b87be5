"""What draws samples of the matrices, and writes their tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests import matrix
from tests.matrix import Row, table


def samples(keep: int, seed: int = 1) -> list[int]:
    drawn = matrix.sampled("deploy", range(20), keep, seed)
    return [each.values[0] for each in drawn if each.marks[0].kwargs["sample"]]


def test_a_sample_is_the_same_each_time_and_all_the_others_are_there() -> None:
    assert len(samples(3)) == 3
    assert samples(3) == samples(3) != samples(3, seed=2)
    assert samples(99) == list(range(20))
    assert [each.values[0] for each in matrix.sampled("deploy", range(20), 3)] == list(range(20))


@pytest.mark.parametrize(
    ("test", "case"),
    [
        ("tests/real/test_a.py::test_b", "test_a.py::test_b"),
        ("tests/charts/test_a.py::test_b[Egress/istiod]", "test_a.py::test_b[Egress/istiod]"),
        ("test_a.py::TestB::test_c[a::b/c]", "test_a.py::TestB::test_c[a::b/c]"),
    ],
)
def test_a_row_is_called_by_its_file_and_its_test_whatever_a_parameter_has(test: str, case: str) -> None:
    assert matrix.case_of(test) == case


def test_a_table_has_a_line_a_row_and_a_column_a_figure() -> None:
    rows = [Row("deploy", "b | c", "failed (call)"), Row("deploy", "a", "the same", {"seconds": 1.5})]
    assert table("deploy", rows, datetime(2026, 11, 28, tzinfo=UTC), "Stopped.").splitlines() == [
        "# Matrix: deploy",
        "",
        "`make matrix P=deploy` on 2026-11-28: 2 rows, 1 failed. Stopped.",
        "",
        "| case | result | seconds |",
        "| --- | --- | --- |",
        "| a | the same | 1.5 |",
        "| b \\| c | failed (call) |  |",
    ]
