from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import ToolFailed
from pipelinekit.model.rollout.component import Component, Condition, Question, Replacing, VersionQuestion
from pipelinekit.model.rollout.part import Answer
from pipelinekit.steps.rollout.gate import Gate, pass_through
from tests import examples, parts
from tests.rollouts import SET

ASKED = Question(service="store", port=80, path="/health")


def gate(world: parts.Parts, answers: parts.Answers, manifest: Any = SET, **fields: Any) -> Gate:
    return Gate(
        component=Component(name="store", **fields),
        target=examples.target(),
        manifest=json.dumps(manifest),
        version="2.0.0",
        parts=world,
        answers=answers,
    )


class Time:
    """Seconds pass only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def passed(what: Gate, timeout: int = 5) -> tuple[bool, list[str]]:
    time, said = Time(), list[str]()
    done = pass_through(what, timeout=timeout, say=said.append, clock=time.clock, sleep=time.sleep)
    return done, said


def test_what_runs_passes_without_a_word() -> None:
    assert passed(gate(parts.Parts(), parts.Answers())) == (False, [])


def test_what_is_not_observed_yet_is_waited_for_and_told_once() -> None:
    assert passed(gate(parts.Parts(late=3), parts.Answers())) == (
        False,
        ["StatefulSet/store: its newest state is not observed yet"],
    )


def test_it_ends_with_the_reason() -> None:
    with pytest.raises(ToolFailed, match=r"not observed yet \(waited 5 s\)"):
        passed(gate(parts.Parts(late=99), parts.Answers()))


def test_the_component_says_it_itself_and_a_server_that_is_still_old_is_red() -> None:
    old, new = (Answer(status=200, body=json.dumps({"version": each})) for each in ("1.0.0", "2.0.0"))
    answers = parts.Answers(said={str(ASKED): [old, old, new]})
    asked = VersionQuestion(ask=ASKED, pointer="/version")
    component = Component(name="store", version=asked)
    _, said = passed(replace(gate(parts.Parts(), answers), component=component))
    assert said == ['the server says version "1.0.0", and 2.0.0 was rolled out']


def test_gate_and_version_are_asked_as_the_service_that_was_rolled_out_is_spoken_to() -> None:
    ports = [{"port": 80, "appProtocol": "https"}]
    service = {"kind": "Service", "metadata": {"name": "store"}, "spec": {"ports": ports}}
    said = Answer(status=200, body=json.dumps({"version": "2.0.0"}))
    answers = parts.Answers(said={str(replace(ASKED, scheme="https")): [said]})
    version = VersionQuestion(ask=ASKED, pointer="/version")
    asked = gate(parts.Parts(), answers, gates=(ASKED,), version=version)
    manifest = "\n---\n".join(json.dumps(each) for each in (SET, service))
    assert passed(replace(asked, manifest=manifest)) == (False, [])


def test_a_custom_resource_without_conditions_is_asked_for_its_phase() -> None:
    wanted = Condition(resource="things.example.com", name="a", json={"/status/phase": "Ready"})
    answers = parts.Answers(resources={str(wanted): {"metadata": {}, "status": {"phase": "Ready"}}})
    assert passed(gate(parts.Parts(), answers, gates=(wanted,))) == (False, [])
    with pytest.raises(ToolFailed, match="is not there"):
        passed(gate(parts.Parts(), parts.Answers(), gates=(wanted,)))


def test_old_pods_are_deleted_standbys_first_the_leader_last() -> None:
    world = parts.Parts(old=["store-0", "store-1", "store-2"], leaders=["store-2"])
    replacing = Replacing(leader=("role=leader", "elected=true"))
    done, said = passed(gate(world, parts.Answers(), replacing=replacing))
    assert done
    assert world.deleted == ["store-1", "store-0", "store-2"]
    assert said[-1].endswith("(the leader, last)")


def test_who_unseals_a_new_pod_is_named() -> None:
    world = parts.Parts(old=["store-0"], unready={"store-0"})
    replacing = Replacing(afterwards="the operator unseals it")
    with pytest.raises(ToolFailed, match="the new pod store-0 is not ready") as caught:
        passed(gate(world, parts.Answers(), replacing=replacing))
    assert caught.value.faults[0].hint == "the operator unseals it"


def test_no_pod_goes_while_a_new_one_of_an_earlier_run_is_not_ready() -> None:
    world = parts.Parts(old=["store-0", "store-1"], unready={"store-2"})
    with pytest.raises(ToolFailed, match="the new pod store-2 is not ready"):
        passed(gate(world, parts.Answers()))
    assert world.deleted == []


def test_pods_that_are_not_made_anew_are_waited_for_and_no_longer_than_that() -> None:
    world = parts.Parts(old=["store-9"], replicas=2)
    with pytest.raises(ToolFailed, match="2 of 3 pods are new"):
        passed(gate(world, parts.Answers()))
    assert world.deleted == []


@pytest.mark.parametrize("gone", ["", "store"])
def test_a_namespace_that_goes_ends_the_wait_at_once(gone: str) -> None:
    what = gate(parts.Parts(gone={gone}), parts.Answers())
    world = parts.Parts(gone={gone}, leaving={what.target.namespace})
    with pytest.raises(ToolFailed) as told:
        passed(replace(what, parts=world))
    assert told.value.faults[0].code == "namespace-going"
    assert "kubectl get namespace" in told.value.faults[0].hint
