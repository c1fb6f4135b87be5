from __future__ import annotations

from pipelinekit.plan.detect.columns import table


def test_columns_are_as_wide_as_their_widest_word() -> None:
    assert list(table(("a", "port"), [("longer", "1"), ("b", "22")])) == [
        "a       port",
        "longer  1",
        "b       22",
    ]
