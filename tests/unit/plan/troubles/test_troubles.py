from __future__ import annotations

from pipelinekit.plan.troubles import made, merged, troubles_of
from tests.podstates import MADE, event, maker, pod, waiting

LATE = waiting("CreateContainerConfigError", 'secret "x" not found')


def test_replicas_that_fail_alike_are_one_trouble() -> None:
    found = troubles_of([pod(LATE), pod(LATE, name="orders-2")], [])
    assert [each.subject for each in found] == ["pod orders-1"]


def test_what_is_final_comes_first_then_what_is_awaited() -> None:
    running = {"containerStatuses": [{"name": "web", "state": {"running": {}}}]}
    final = waiting("InvalidImageName", "no")
    pods = [pod(running, name="a"), pod(LATE, name="b"), pod(final, name="c")]
    assert [each.subject for each in troubles_of(pods, [])] == ["pod c", "pod b", "pod a"]


def test_pods_and_events_from_before_do_not_count() -> None:
    said = event("FailedCreate", 'pods "x" is forbidden: no', MADE, kind="Job", name="orders-x", uid="u2")
    things = [pod(LATE), maker("Job", {})]
    assert len(troubles_of(things, [said], made(things[0]))) == 2
    assert troubles_of(things, [said], made(things[0]) + 1) == ()


def test_a_pod_that_is_stuck_is_told_as_that_whenever_it_was_made() -> None:
    owner = {"observedGeneration": 1, "updateRevision": "new"}
    labels = {"controller-revision-hash": "old"}
    references = [{"uid": "u2", "controller": True}]
    one = pod(LATE, name="db-0", labels=labels, ownerReferences=references)
    (found,) = troubles_of(
        [one, maker("StatefulSet", owner, updateStrategy={"type": "RollingUpdate"})], [], 2e9
    )
    assert (found.stuck, found.final) == ("db-0", False)


def test_nothing_is_no_trouble() -> None:
    assert merged([]) == troubles_of([], []) == ()
