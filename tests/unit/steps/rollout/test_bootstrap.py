from __future__ import annotations

import pytest

from pipelinekit.errors import ToolFailed, failed
from pipelinekit.steps.rollout.bootstrap import answers
from tests import doubles
from tests.unit.steps.rollout.test_gate import Time


class Coming(doubles.Controller):
    """A controller that does not answer so often, and then does."""

    def __init__(self, *troubles: ToolFailed) -> None:
        super().__init__()
        self.troubles = list(troubles)

    def version(self) -> str:
        if self.troubles:
            raise self.troubles.pop(0)
        return super().version()


AWAY = failed("jenkins-unreachable", "nobody answers")


def asked(controller: Coming, timeout: int = 20) -> tuple[str, list[str]]:
    time, said = Time(), list[str]()
    version = answers(controller, timeout=timeout, say=said.append, clock=time.clock, sleep=time.sleep)
    return version, said


def test_a_controller_that_begins_is_waited_for_and_each_reason_told_once() -> None:
    version, said = asked(Coming(AWAY, AWAY, failed("jenkins-starting", "it is starting"), AWAY))
    assert version == doubles.Controller().version()
    assert said == [
        "nobody answers: waiting for it",
        "it is starting: waiting for it",
        "nobody answers: waiting for it",
    ]


def test_one_that_does_not_come_is_an_error_in_its_own_words() -> None:
    with pytest.raises(ToolFailed, match="nobody answers"):
        asked(Coming(*[AWAY] * 50))


def test_one_that_does_not_let_us_in_is_not_waited_for() -> None:
    with pytest.raises(ToolFailed, match="not let"):
        asked(Coming(failed("jenkins-denied", "it does not let us in")), timeout=1000)
