from __future__ import annotations

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.rollout.part import DEPLOYED, FAILED, Outcome
from pipelinekit.plan.rollout import handover as plan
from pipelinekit.steps.handover import job as steps
from tests import examples, handing
from tests.handing import GIVEN, NAME, outcome


def followed(jobs: handing.Jobs) -> tuple[Outcome, list[str], list[str]]:
    said, wrote = list[str](), list[str]()
    done = steps.hand_over(
        GIVEN, examples.target(), jobs, say=said.append, write=wrote.append, sleep=lambda _: None
    )
    return done, said, wrote


def test_a_job_is_made_and_followed_to_what_it_notes() -> None:
    jobs = handing.Jobs()
    jobs.turns = [
        lambda: jobs.pods.update({"one": ["waiting for a #1"]}),
        lambda: jobs.pods.update({"one": ["waiting for a #1", "store 2.0.0"]}),
        lambda: jobs.end(NAME, outcome()),
    ]
    done, said, wrote = followed(jobs)
    assert (done.state, done.text) == (DEPLOYED, "2.0.0 runs in stores")
    assert wrote == ["waiting for a #1", "store 2.0.0"]
    assert any("whether anybody follows it or not" in each for each in said)
    assert [each["kind"] for each in jobs.around][-1] == "ConfigMap"


def test_what_earlier_ones_were_given_goes_once_the_next_is_made_and_its_own_at_its_end() -> None:
    jobs = handing.Jobs(given=["store-handover-earlier"])
    held = list[list[str]]()

    def end() -> None:
        held.append(jobs.given)
        jobs.end(NAME, outcome())

    jobs.turns = [end]
    followed(jobs)
    assert (held, jobs.given) == ([[plan.payload_of(GIVEN)]], [])


def test_what_a_job_was_given_goes_when_it_has_failed_too() -> None:
    jobs = handing.Jobs()
    jobs.turns = [lambda: jobs.end(NAME, outcome(state=FAILED), "Failed")]
    with pytest.raises(ToolFailed):
        followed(jobs)
    assert jobs.given == []


def test_of_two_jobs_with_the_same_plan_one_does_not_take_what_the_other_is_given() -> None:
    jobs = handing.Jobs(given=["store-handover-one-2"])
    jobs.put(NAME, {plan.PLAN: GIVEN.digest, plan.GIVEN: plan.payload_of(GIVEN)})
    jobs.turns = [lambda: None, lambda: jobs.end(NAME, outcome())]
    followed(jobs)
    assert jobs.given == ["store-handover-one-2"]


def test_who_may_not_delete_it_is_told_and_hands_over_all_the_same() -> None:
    jobs = handing.Jobs(given=["store-handover-earlier"], untidy="configmaps is forbidden")
    jobs.turns = [lambda: jobs.end(NAME, outcome())]
    done, said, _ = followed(jobs)
    assert (done.state, len(jobs.given)) == (DEPLOYED, 2)
    assert "what earlier jobs were given stays there: configmaps is forbidden" in said
    assert "what the job was given stays there: configmaps is forbidden" in said


def test_one_at_work_is_followed_and_none_is_made() -> None:
    jobs = handing.Jobs()
    jobs.put(NAME, {plan.PLAN: GIVEN.digest})
    jobs.turns = [lambda: None, lambda: jobs.end(NAME, outcome())]
    done, _, _ = followed(jobs)
    assert (done.state, jobs.made) == (DEPLOYED, 0)


def test_one_of_another_plan_is_waited_for_and_then_ours_is_made() -> None:
    jobs = handing.Jobs()
    jobs.put(NAME, {plan.PLAN: "sha256:other"})
    jobs.turns = [
        lambda: None,
        lambda: jobs.end(NAME, outcome("1.9.0 runs")),
        lambda: jobs.end(NAME, outcome()),
    ]
    done, said, _ = followed(jobs)
    assert (done.text, jobs.made) == ("2.0.0 runs in stores", 1)
    assert "that was for another plan, or somebody has taken it away" in said
    assert "the last one: 1.9.0 runs" in said


def test_one_that_somebody_takes_away_is_made_anew() -> None:
    jobs = handing.Jobs()
    jobs.turns = [lambda: jobs.there.clear(), lambda: jobs.end(NAME, outcome())]
    done, said, _ = followed(jobs)
    assert (done.state, jobs.made) == (DEPLOYED, 2)
    assert "that was for another plan, or somebody has taken it away" in said


def test_of_two_that_begin_one_follows_the_other() -> None:
    jobs = handing.Jobs()
    jobs.rival = lambda: jobs.put(NAME, {plan.PLAN: GIVEN.digest})
    jobs.turns = [lambda: None, lambda: jobs.end(NAME, outcome())]
    assert (followed(jobs)[0].state, jobs.made) == (DEPLOYED, 0)


def test_a_cluster_that_is_away_for_a_moment_is_waited_for_and_a_pod_that_is_taken_away_is_told() -> None:
    jobs = handing.Jobs()

    def leave() -> None:
        jobs.away = 3

    jobs.turns = [
        lambda: jobs.pods.update({"one": ["a"]}),
        leave,
        lambda: jobs.pods.update({"two": ["b"]}),
        lambda: jobs.end(NAME, outcome()),
    ]
    _, said, wrote = followed(jobs)
    assert wrote == ["a", "b"]
    assert "the cluster does not answer; waiting for the cluster" in said
    assert "the pod before was taken away; two goes on" in said


@pytest.mark.parametrize("refused", [True, False])
def test_what_it_could_not_do_is_raised_as_the_job_says_it(refused: bool) -> None:
    jobs = handing.Jobs()
    note = outcome("not ready", state=FAILED, refused=refused, faults=("look there",))
    jobs.turns = [lambda: jobs.end(NAME, note, "Failed")]
    with pytest.raises(Refused if refused else ToolFailed, match="not ready") as caught:
        followed(jobs)
    assert (caught.value.faults[0].code, caught.value.faults[0].hint) == ("put-back", "look there")


@pytest.mark.parametrize("note", ["", "no json", "[]", "{}"])
def test_one_that_ends_without_a_word_is_a_failure(note: str) -> None:
    jobs = handing.Jobs()
    jobs.turns = [lambda: jobs.end(NAME, {plan.OUTCOME: note}, "Failed BackoffLimitExceeded")]
    with pytest.raises(ToolFailed, match="ended without a word: Failed BackoffLimitExceeded"):
        followed(jobs)
