from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.testing import Failure, Totals

TOTALS = st.from_type(Totals)


def test_reports_add_up() -> None:
    one = Totals(passed=2, skipped=1, failures=(Failure("a", "b"),))
    assert one.plus(Totals(passed=3, failures=(Failure("c", "d"),))) == Totals(
        passed=5, skipped=1, failures=(Failure("a", "b"), Failure("c", "d"))
    )
    assert one.failed == 1


@given(TOTALS, TOTALS, TOTALS)
def test_the_grouping_of_reports_does_not_matter_and_nothing_changes_nothing(
    one: Totals, two: Totals, three: Totals
) -> None:
    assert one.plus(two).plus(three) == one.plus(two.plus(three))
    assert one.plus(Totals()) == one == Totals().plus(one)
