from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelinekit.errors import CheckFailed, Refused, ToolFailed, failed
from pipelinekit.steps import follow as steps
from tests.doubles import Builds

PATH = "apps/payments/orders/main"
OVER, SIX = "[Pipeline] End of Pipeline\n", "ERROR: script returned exit code 6\n"


def followed(
    builds: Builds, sleep: Callable[[float], None] = lambda _: None
) -> tuple[str, list[str], list[str]]:
    written: list[str] = []
    said: list[str] = []
    following = steps.start(builds, PATH, {})
    result = steps.follow(builds, following, write=written.append, say=said.append, sleep=sleep)
    return result, written, said


def test_a_console_comes_line_by_line_however_it_is_cut() -> None:
    result, written, _ = followed(Builds(pieces=["on", "e\ntw", "o\n", "", "three"]))
    assert (result, written) == ("SUCCESS", ["one", "two", "three"])


def test_waiting_is_told_once_for_each_reason() -> None:
    _, _, said = followed(Builds(queue=5, pieces=["x\n"]))
    assert said == ["waiting: In the quiet period", f"{PATH} #1 runs"]


def test_a_controller_that_is_away_for_a_while_is_waited_for() -> None:
    gone = failed("jenkins-unreachable", "jenkins cannot be reached: Connection refused")
    result, written, said = followed(Builds(pieces=["one\n", gone, gone, "two\n"]))
    assert (result, written) == ("SUCCESS", ["one", "two"])
    assert said[-1] == "jenkins cannot be reached: Connection refused; waiting for it to come back"


def test_a_controller_that_stays_away_is_an_error() -> None:
    gone: list[str | Exception] = [failed("x", "away") for _ in range(1000)]
    slept: list[float] = []
    with pytest.raises(ToolFailed, match="away"):
        followed(Builds(pieces=gone), slept.append)
    assert sum(slept) == pytest.approx(steps.PATIENCE, abs=2 * steps.EVERY)


def test_a_refusal_is_not_waited_for() -> None:
    with pytest.raises(Refused, match="taken out of the queue"):
        followed(Builds(cancelled=True))


@pytest.mark.parametrize(
    ("result", "error"),
    [("UNSTABLE", CheckFailed), ("FAILURE", ToolFailed), ("ABORTED", ToolFailed), ("NOT_BUILT", ToolFailed)],
)
def test_a_bad_result_is_an_error_with_the_build_s_name(result: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"{PATH} #3"):
        steps.settle(PATH, 3, result)


def test_a_good_result_is_none() -> None:
    steps.settle(PATH, 3, "SUCCESS")


def test_abort_stops_the_build_or_takes_it_out_of_the_queue() -> None:
    builds = Builds()
    following = steps.start(builds, PATH, {})
    assert steps.abort(builds, following) is None
    following.number = 4
    assert steps.abort(builds, following) is None
    assert builds.stopped == [None, 4]


def test_an_abort_that_fails_is_told_and_raises_nothing() -> None:
    class Deaf(Builds):
        def stop(self, path: str, number: int | None, ticket: object) -> None:
            raise failed("x", "does not stop")

    error = steps.abort(Deaf(), steps.start(Builds(), PATH, {}))
    assert error is not None
    assert error.faults[0].problem == "does not stop"


@pytest.mark.parametrize(
    ("console", "code", "error"),
    [
        (f"error: closed\n{OVER}{SIX}Finished: FAILURE\n", 6, Refused),
        (f"{OVER}ERROR: script returned exit code 5\n", 5, ToolFailed),
        (f"{SIX}{OVER}ERROR: script returned exit code 5\n", 5, ToolFailed),
        (f"{OVER}it says {SIX}", None, ToolFailed),
        (f"{SIX}{OVER}java.lang.NullPointerException\nFinished: FAILURE\n", None, ToolFailed),
        (f"{OVER}{SIX}{OVER}ERROR: no such credential\nFinished: FAILURE\n", None, ToolFailed),
        (SIX, None, ToolFailed),
    ],
)
def test_a_refusal_of_the_build_s_verb_is_one_here(
    console: str, code: int | None, error: type[Exception]
) -> None:
    builds = Builds(pieces=[console], ends="FAILURE")
    following = steps.start(builds, PATH, {}, whole=True)
    result = steps.follow(builds, following, write=lambda _: None, say=lambda _: None, sleep=lambda _: None)
    assert following.code == code
    with pytest.raises(error, match=f"{PATH} #1"):
        steps.settle(PATH, following.number, result, following.code)
