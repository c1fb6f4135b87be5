from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Fault, ToolFailed, failed
from pipelinekit.model.trouble import Trouble
from pipelinekit.steps.deploying.patience import Patience, with_ending
from tests import examples
from tests.doubles import Cluster

DEV = examples.target()
LATE = Trouble(subject="pod a", problem="secret x is not there", awaited="secret x", patience=60)
FINAL = Trouble(subject="pod b", problem="the registry has no such image", final=True)
SLOW = Trouble(subject="pod c", problem="web runs, but is not ready: readiness probe /healthz on 8080: 404")
DEAD = Trouble(subject="pod d", problem="web ended with exit code 1", container="web", restarts=1)


class Waiting:
    """A wait with a clock of its own."""

    def __init__(self, *wrong: Trouble) -> None:
        self.now = 1000.0
        self.said: list[str] = []
        self.cluster = Cluster(wrong=list(wrong))
        self.patience = Patience(DEV, self.cluster, self.said.append, 300, lambda: self.now)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def after(self, seconds: float) -> bool:
        self.now += seconds
        return self.patience.hopeless()

    def fails(self, *words: str) -> tuple[Fault, ...]:
        error = ToolFailed(*(Fault("deploy-failed", each) for each in words or ("helm: context canceled",)))
        return self.patience.failure(error).faults


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


# --- Helm is content ------------------------------------------------------------------------------


def test_where_nothing_was_in_trouble_nobody_asks_again() -> None:
    waiting = Waiting()
    assert not waiting.after(3)
    waiting.cluster.wrong.append(FINAL)
    waiting.patience.steady(lambda _: pytest.fail("there is nothing to wait for"), 0)


def test_what_was_only_not_ready_yet_is_not_asked_again_once_helm_says_that_it_is() -> None:
    waiting = Waiting(replace(SLOW, starting=True))
    assert not waiting.after(3)
    waiting.patience.steady(lambda _: pytest.fail("there is nothing to wait for"), 0)


def test_what_was_in_trouble_has_to_be_well_before_it_counts() -> None:
    waiting = Waiting(DEAD)

    def sleep(seconds: float) -> None:
        waiting.sleep(seconds)
        if len(waiting.slept) == 3:
            waiting.cluster.wrong.clear()

    waiting.after(9)
    waiting.patience.steady(sleep, 0)
    assert len(waiting.slept) == 3


def test_a_container_that_has_begun_for_a_moment_does_not_count() -> None:
    waiting = Waiting()

    def sleep(seconds: float) -> None:
        waiting.sleep(seconds)
        waiting.cluster.wrong[:] = [DEAD] if len(waiting.slept) == 2 else []

    waiting.patience.steady(sleep, 3)
    assert len(waiting.slept) == 5, "two looks, the dead one, and three in a row"


def test_what_does_not_get_well_fails_with_its_reason() -> None:
    waiting = Waiting(DEAD)
    waiting.after(9)
    with pytest.raises(ToolFailed) as told:
        waiting.patience.steady(lambda seconds: waiting.sleep(100 * seconds), 0)
    assert [each.problem for each in waiting.patience.failure(told.value).faults] == [
        "dev: pod d: web ended with exit code 1"
    ]


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
    waiting = Waiting(DEAD)
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
