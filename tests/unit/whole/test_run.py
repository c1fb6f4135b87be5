"""`make test`: what it says before it takes what somebody else may have made."""

from __future__ import annotations

import pytest

from tests import run
from tests.run import Outcome, Run


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages that were run, none of them really, and what was said before them."""
    done: list[str] = []

    def stage(_: Run, name: str, *__: object, **___: object) -> Outcome:
        done.append(name)
        return Outcome(name, 0.0, 0)

    monkeypatch.setattr(Run, "stage", stage)
    monkeypatch.setattr(Run, "say", lambda _, text: done.append(text))
    return done


def test_a_testbed_that_is_up_is_taken_and_that_is_said_before_anything_else(
    stages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "testbed", lambda: {"PK_TESTBED_REGISTRY": "r"})
    run.everything(Run())
    assert stages[0] == run.TAKEN
    assert "taken down" in stages[0]
    assert stages.index("testbed down") < stages.index("testbed lives")


def test_where_none_is_up_nothing_is_taken(stages: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "testbed", dict)
    run.everything(Run())
    assert run.TAKEN not in stages
    assert "real tests" in stages


def test_the_long_matrices_leave_one_that_was_up_as_it_is(
    stages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "testbed", lambda: {"PK_TESTBED_REGISTRY": "r"})
    run.matrices(Run(), "")
    assert "testbed down" not in stages
    assert run.TAKEN not in stages
