from __future__ import annotations

from threading import Barrier, Event

import pytest

from pipelinekit.errors import PipelinekitError, failed, refused
from pipelinekit.model.rollout.component import Component
from pipelinekit.model.rollout.part import Outcome
from pipelinekit.plan.rollout.order import Order, order_of
from pipelinekit.steps.rollout import runner


def order(**needs: tuple[str, ...]) -> Order:
    return order_of(Component(name=name, needs=each) for name, each in needs.items())


def done(name: str) -> Outcome:
    return Outcome(component=name, state="deployed")


def bug(_: str, error: Exception) -> PipelinekitError:
    return failed("bug", f"a bug: {error}")


def test_what_needs_nothing_of_each_other_goes_at_the_same_time() -> None:
    together = Barrier(3, timeout=20)

    def act(name: str) -> Outcome:
        if name != "d":
            together.wait()
        return done(name)

    outcomes = runner.run(order(a=(), b=(), c=(), d=("a", "b")), act, print, bug)
    assert [each.component for each in outcomes] == ["a", "b", "c", "d"]


def test_nobody_begins_before_all_that_he_waits_for_are_done() -> None:
    ended: list[str] = []
    begun: dict[str, list[str]] = {}

    def act(name: str) -> Outcome:
        begun[name] = list(ended)
        ended.append(name)
        return done(name)

    runner.run(order(a=(), b=("a",), c=("a",), d=("b", "c")), act, print, bug)
    assert set(begun["d"]) == {"a", "b", "c"}
    assert "a" in begun["b"]


def test_a_branch_that_fails_keeps_the_others_going() -> None:
    said: list[str] = []
    last = Event()

    def act(name: str) -> Outcome:
        if name == "bad":
            raise refused("no", "not this one", hint="try another")
        if name == "worse":
            raise ValueError("what")
        if name == "good":
            assert last.wait(20)
        if name == "bad2":
            last.set()
        return done(name)

    whole = order(bad=(), good=(), worse=(), after=("bad",), later=("after", "good"), bad2=())
    outcomes = {each.component: each for each in runner.run(whole, act, said.append, bug)}
    assert {name: each.state for name, each in outcomes.items()} == {
        "bad": "failed",
        "good": "deployed",
        "worse": "failed",
        "bad2": "deployed",
        "after": "waiting",
        "later": "waiting",
    }
    assert outcomes["bad"].refused
    assert outcomes["bad"].faults == ("not this one\ntry another",)
    assert outcomes["worse"].text == "a bug: what"
    assert outcomes["later"].blocked == ("bad",)
    assert "after: waits for bad, which failed" in said
    assert "bad: failed: not this one" in said


def test_who_waits_for_several_says_for_whom_he_still_does() -> None:
    said: list[str] = []
    first = Event()

    def act(name: str) -> Outcome:
        if name == "slow":
            assert first.wait(20)
        return done(name)

    def say(text: str) -> None:
        said.append(text)
        first.set()

    runner.run(order(fast=(), slow=(), both=("fast", "slow")), act, say, bug)
    assert said == ["both: waits for slow"]


def test_an_interruption_does_not_wait_for_what_waits() -> None:
    over, begun = Event(), Event()

    def act(name: str) -> Outcome:
        if name == "slow":
            begun.set()
            assert over.wait(20)
        else:
            assert begun.wait(20)
        return done(name)

    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt):
            runner.run(order(fast=(), slow=(), both=("fast", "slow")), act, interrupted, bug)
        assert not over.is_set()
    finally:
        over.set()


def test_nothing_to_do_is_done() -> None:
    assert runner.run({}, done, print, bug) == ()


def test_a_next_step_of_the_line_is_told_as_the_one_for_components() -> None:
    def act(name: str) -> Outcome:
        raise refused("stale", "it does not fit any more", hint=f"run `pipelinekit {name}` again")

    for verb, told in (("deploy", "deploy"), ("publish", "deploy"), ("verify", "verify")):
        (outcome,) = runner.run(order(**{verb: ()}), act, print, bug)
        assert outcome.faults == (
            f"it does not fit any more\nrun `pipelinekit platform {told} --only {verb}` again",
        )
