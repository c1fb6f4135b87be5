from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from pipelinekit.errors import Refused, ToolFailed, failed
from pipelinekit.steps.handover.silence import EVERY, await_silence
from tests.unit.steps.rollout.test_gate import Time

Turn = Sequence[str] | ToolFailed


@dataclass
class Controller:
    """What it says of its builds, one look after the other; the last answer stays."""

    turns: list[Turn]
    stands: bool = True
    quiet: bool = False
    did: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    time: Time = field(default_factory=Time)

    def running(self) -> Sequence[str]:
        turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        if isinstance(turn, ToolFailed):
            raise turn
        return turn

    def noted(self, quiet: bool) -> Callable[[], None]:
        def act() -> None:
            self.quiet = quiet
            self.did.append("hush" if quiet else "wake")

        return act

    def wait(self, seconds: int = 10) -> None:
        await_silence(
            self.running,
            self.noted(quiet=True),
            self.noted(quiet=False),
            lambda: self.stands,
            wait=seconds,
            say=self.said.append,
            clock=self.time.clock,
            sleep=self.time.sleep,
        )


def away(code: str = "jenkins-unreachable") -> ToolFailed:
    return failed(code, "nobody answers")


def test_it_is_quieted_only_when_nothing_runs_and_looked_at_once_more() -> None:
    controller = Controller([("a #1",), ("a #1",), (), ()])
    controller.wait()
    assert (controller.did, controller.quiet) == (["hush"], True)
    assert controller.said == ["waiting for a #1"]
    assert controller.time.now >= 2 * EVERY


def test_what_began_just_before_the_quiet_ends_it_and_is_waited_for() -> None:
    controller = Controller([(), ("late #1",), (), ()])
    controller.wait()
    assert controller.did == ["hush", "wake", "hush"]


def test_builds_that_do_not_end_are_named_and_it_is_not_quieted() -> None:
    controller = Controller([("a #1", "b #2")])
    with pytest.raises(Refused, match="after 10 s these builds run still: a #1, b #2") as caught:
        controller.wait()
    assert caught.value.faults[0].code == "builds-run"
    assert (controller.did, controller.quiet) == ([], False)


def test_one_that_is_gone_builds_nothing_and_one_that_stands_may() -> None:
    gone = Controller([away()], stands=False)
    gone.wait()
    assert gone.said == ["nobody answers: there is no build to wait for"]
    with pytest.raises(Refused) as caught:
        Controller([away()]).wait()
    assert caught.value.faults[0].code == "builds-unseen"
    back = Controller([away(), (), ()])
    back.wait()
    assert (back.quiet, back.said) == (True, ["waiting for an answer: nobody answers"])


def test_another_refusal_is_told_at_once_and_it_is_woken() -> None:
    controller = Controller([(), away("jenkins-denied")])
    with pytest.raises(ToolFailed, match="nobody answers"):
        controller.wait()
    assert controller.did == ["hush", "wake"]
