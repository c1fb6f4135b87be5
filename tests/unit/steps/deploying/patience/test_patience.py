from __future__ import annotations

import time

import pytest

from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.trouble import Trouble
from pipelinekit.steps.deploying.patience import Patience, with_ending
from tests.doubles import Cluster
from tests.unit.steps.deploying.patience.waiting import DEAD, DEV, FINAL, LATE, SLOW, Waiting


def test_what_is_final_ends_the_wait_at_once() -> None:
    waiting = Waiting(SLOW, FINAL)
    assert waiting.after(0.1)
    assert [each.problem for each in waiting.fails()] == ["dev: pod b: the registry has no such image"]


def test_what_can_still_come_is_waited_for_within_a_bound_that_is_said_once() -> None:
    waiting = Waiting(LATE)
    assert not any(waiting.after(each) for each in (1, 9, 10, 10, 10, 10, 10))
    assert waiting.said == ["pod a: secret x is not there; waits up to 60 s for secret x"]
    assert waiting.after(11)
    assert [each.problem for each in waiting.fails()] == [
        "dev: pod a: secret x is not there; waited 61 s for secret x"
    ]


@pytest.mark.parametrize("ahead", [-3600.0, 0.0, 86400.0])
def test_pods_count_from_its_beginning_on_by_the_clock_that_dates_them(ahead: float) -> None:
    waiting = Waiting(SLOW)
    waiting.cluster.ahead = ahead
    began = time.time() + ahead
    for _ in range(2):
        waiting.after(0)
        assert began - 5 < waiting.cluster.asked_since < began + 1
        waiting.cluster.ahead += 3600


def test_a_wait_is_measured_by_a_clock_that_nobody_puts_right() -> None:
    assert Patience(DEV, Cluster(), lambda _: None, 300).clock is time.monotonic


def test_what_came_and_went_again_is_given_its_time_anew() -> None:
    waiting = Waiting(LATE)
    waiting.after(10)
    waiting.cluster.wrong = []
    assert not waiting.after(50)
    waiting.cluster.wrong = [LATE]
    assert not waiting.after(30)
    assert not waiting.after(59)
    assert waiting.after(2)


def test_what_flickers_is_not_given_its_time_anew() -> None:
    """A pull that is tried again looks like a start for a moment."""
    waiting = Waiting(LATE)
    answers = []
    for _ in range(8):
        waiting.cluster.wrong = [LATE]
        answers.append(waiting.after(5))
        waiting.cluster.wrong = []
        waiting.after(5)
    assert answers == [False] * 7 + [True]


def test_the_bound_that_is_said_is_never_above_what_the_deployment_may_take() -> None:
    waiting = Waiting()
    waiting.after(280)
    waiting.cluster.wrong = [LATE]
    waiting.after(0)
    assert waiting.said == ["pod a: secret x is not there; waits up to 20 s for secret x"]


def test_what_only_begins_is_no_news() -> None:
    waiting = Waiting(SLOW)
    assert not waiting.after(5)
    assert waiting.said == []
    waiting.after(5)
    waiting.after(5)
    assert waiting.said == [str(SLOW)]


def test_the_last_lines_of_a_container_are_kept_when_its_pod_is_gone() -> None:
    waiting = Waiting(DEAD)
    waiting.cluster.logs["pod d"] = ("cannot connect to db", "giving up")
    waiting.after(10)
    waiting.cluster.logs.clear()
    waiting.cluster.wrong = []
    (fault,) = waiting.fails("helm: context deadline exceeded")
    assert fault.problem == "dev: pod d: web ended with exit code 1"
    assert fault.hint.splitlines() == [
        "web said last:",
        "  cannot connect to db",
        "  giving up",
        "kubectl --context acme-dev --namespace payments-dev describe pod d",
    ]


def test_what_helm_says_beside_its_time_being_up_stays_behind_the_reason() -> None:
    faults = Waiting(DEAD).fails("helm: pre-upgrade hooks failed: BackoffLimitExceeded")
    assert [each.code for each in faults] == ["not-ready", "deploy-failed"]


def test_without_any_reason_the_error_stays_as_it_is() -> None:
    assert [each.problem for each in Waiting().fails("helm: no")] == ["helm: no"]


def test_a_pod_that_nothing_else_replaces_is_freed() -> None:
    waiting = Waiting(Trouble(subject="pod db-0", problem="is stuck", stuck="db-0"))
    assert not waiting.after(10)
    assert waiting.cluster.deleted == ["db-0"]
    assert waiting.said[-1] == "deleting pod db-0, so that it is made anew"


def test_a_pod_that_may_not_be_deleted_is_named() -> None:
    waiting = Waiting(Trouble(subject="pod db-0", problem="is stuck", stuck="db-0"))
    waiting.cluster.may_delete = False
    assert waiting.after(10)
    assert "pod db-0: is stuck; it could not be deleted either" in waiting.fails()[0].problem


@pytest.mark.parametrize(("hint", "expected"), [("", "left"), ("look", "look\nleft")])
def test_how_things_were_left_is_told_below_the_first_reason(hint: str, expected: str) -> None:
    assert with_ending(failed("x", "why", hint=hint), "left").faults[0].hint == expected


def test_a_reason_that_was_told_is_not_told_again_where_the_rest_lacks_for_it() -> None:
    told = (
        with_ending(failed("x", "no rights"), "what runs now could not be asked: no rights\nlater")
        .faults[0]
        .hint
    )
    assert told == "what runs now could not be asked either, for the same reason\nlater"
    other = with_ending(failed("x", "no rights"), "what runs now could not be asked: no way").faults[0].hint
    assert other == "what runs now could not be asked: no way"


# --- a cluster that says nothing for a while ------------------------------------------------------

SILENCE = "the cluster does not answer: connection refused"
UNREACHABLE = "cluster-unreachable"


def test_a_cluster_that_does_not_answer_for_a_while_ends_no_wait() -> None:
    waiting = Waiting(DEAD)
    assert not waiting.after(9)
    waiting.cluster.silent = UNREACHABLE
    assert not any(waiting.after(each) for each in (2, 2, 2))
    assert waiting.said == [str(DEAD), SILENCE]
    waiting.cluster.silent, waiting.cluster.wrong = "", [FINAL]
    assert waiting.after(2)
    assert [each.problem for each in waiting.fails()] == ["dev: pod b: the registry has no such image"]


def test_a_cluster_that_falls_silent_before_it_has_told_a_log_ends_no_wait() -> None:
    waiting = Waiting(DEAD)
    waiting.cluster.logless = UNREACHABLE
    assert not any(waiting.after(each) for each in (9, 2, 2))
    assert [each.problem for each in waiting.fails()] == [f"dev: {DEAD}"]


def test_a_cluster_that_does_not_answer_in_the_end_is_the_reason_and_what_was_seen_before_follows() -> None:
    waiting = Waiting(SLOW)
    waiting.after(9)
    waiting.cluster.silent = UNREACHABLE
    waiting.after(2)
    faults = waiting.fails("helm: context deadline exceeded")
    assert [each.problem for each in faults] == [SILENCE, f"dev: {SLOW}"]
    assert faults[0].hint == "up?"


def test_nothing_was_ever_seen_of_a_cluster_that_does_not_answer() -> None:
    waiting = Waiting()
    waiting.cluster.silent = UNREACHABLE
    assert [each.problem for each in waiting.fails("helm: no")] == [SILENCE, "helm: no"]


def test_a_silence_is_no_proof_that_what_was_in_trouble_is_well() -> None:
    waiting = Waiting(LATE)
    waiting.after(9)
    waiting.cluster.silent = UNREACHABLE

    def sleep(seconds: float) -> None:
        waiting.sleep(seconds)
        waiting.cluster.silent = UNREACHABLE if len(waiting.slept) < 3 else ""
        waiting.cluster.wrong.clear()

    waiting.patience.steady(sleep, 0)
    assert len(waiting.slept) == 3


def test_a_silence_that_lasts_ends_with_the_time_that_there_is() -> None:
    waiting = Waiting(DEAD)
    waiting.after(9)
    waiting.cluster.silent = UNREACHABLE
    with pytest.raises(ToolFailed) as told:
        waiting.patience.steady(lambda seconds: waiting.sleep(100 * seconds), 0)
    assert waiting.patience.failure(told.value).faults[0].problem == SILENCE


@pytest.mark.parametrize(
    "code", ["cluster-denied", "cluster-login", "cluster-untrusted", "kubeconfig-missing"]
)
def test_a_cluster_that_goes_on_refusing_ends_the_wait_and_is_the_reason(code: str) -> None:
    waiting = Waiting(SLOW)
    waiting.after(9)
    waiting.cluster.silent = code
    assert [waiting.after(each) for each in (2, 2, 2, 2, 2, 2)] == [False] * 5 + [True]
    assert waiting.said == [str(SLOW), SILENCE]
    waiting.cluster.silent = ""
    assert [each.code for each in waiting.fails()] == [code, "not-ready"]


def test_pods_that_a_deployment_has_not_replaced_are_the_reason_where_nothing_else_is() -> None:
    waiting = Waiting()
    waiting.cluster.older = [DEAD]
    waiting.cluster.logs["pod d"] = ("no database",)
    assert not waiting.after(60), "what it brings may be what they lack"
    (fault,) = waiting.fails("helm: context deadline exceeded")
    assert fault.problem == "dev: pod d: web ended with exit code 1"
    assert "no database" in fault.hint
    assert [each.problem for each in waiting.fails("a hook failed")] == ["a hook failed"]
    waiting.cluster.wrong = [SLOW]
    assert [each.problem for each in waiting.fails()] == [f"dev: {SLOW}"]


def test_what_is_neither_a_silence_nor_a_refusal_ends_the_wait_at_once_and_is_the_reason() -> None:
    waiting = Waiting(SLOW)
    waiting.after(9)
    waiting.cluster.silent = "cluster-failed"
    assert waiting.after(2)
    assert waiting.said == [str(SLOW)], "it is told once, as the reason"
    assert [each.code for each in waiting.fails()] == ["cluster-failed", "not-ready"]


def test_a_refusal_of_a_server_that_is_restarted_ends_no_wait() -> None:
    waiting = Waiting()
    for code in ("cluster-denied", UNREACHABLE, "cluster-denied", "", "cluster-login"):
        waiting.cluster.silent = code
        assert not any(waiting.after(each) for each in (2, 2, 2, 2))


def test_a_refusal_ends_the_looks_after_helm_as_well() -> None:
    waiting = Waiting()
    waiting.cluster.silent = "cluster-denied"
    with pytest.raises(ToolFailed):
        waiting.patience.steady(waiting.sleep, 4)
    assert len(waiting.slept) == 10
