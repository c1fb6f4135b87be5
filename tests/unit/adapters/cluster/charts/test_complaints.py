from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.charts.complaints import next_step, require_packed, require_tested
from pipelinekit.adapters.cluster.charts.components import ComponentHelm
from pipelinekit.adapters.running import process
from pipelinekit.adapters.running.process import Completed
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import Target
from tests import examples


def test_a_missing_dependency_is_told_with_the_command_that_fetches_it() -> None:
    done = Completed(1, "", "Error: found in Chart.yaml, but missing in charts/ directory: redis, pg\n")
    with pytest.raises(ToolFailed, match="the chart depends on redis, pg") as caught:
        require_packed(done)
    assert "`helm dependency build charts/NAME`" in caught.value.faults[0].hint


@pytest.mark.parametrize(
    "said",
    [
        'UPGRADE FAILED: create: failed to create: namespaces "payments-dev" not found',
        'secrets "x" is forbidden: unable to create content in namespace a because it is being terminated',
    ],
)
def test_a_namespace_that_went_meanwhile_is_told_with_a_next_step(said: str) -> None:
    assert "run it again when it is gone" in next_step(said, examples.target())


def test_other_words_are_helms_own() -> None:
    with pytest.raises(ToolFailed, match="helm: no such chart"):
        require_packed(Completed(1, "", "Error: no such chart\n"))
    require_packed(Completed(0, "", ""))


@pytest.mark.parametrize("said", ["unknown flag: --labels", "unknown shorthand flag: 'q' in -q"])
def test_a_helm_that_does_not_know_an_option_is_told_to_be_too_old(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    hint = "this helm does not know it: `pipelinekit doctor` says which version is there, and which is needed"
    assert next_step(said, examples.target()) == hint
    monkeypatch.setattr(process, "run", lambda *_, **__: Completed(1, "", f"Error: {said}\n"))
    with pytest.raises(ToolFailed) as caught:
        ComponentHelm({}).everything(Path("x.tgz"), examples.target(), ())
    assert caught.value.faults[0].hint == hint


UNANSWERED = 'Get "https://10.0.0.1:10250/x": dial tcp: connect: connection refused'
FAILED = "resource Pod/dev/orders-test not ready. status: Failed, message: pod orders-test failed"


@pytest.mark.parametrize(
    ("said", "state", "told"),
    [
        (UNANSWERED, "", "cluster-unreachable"),
        ("context deadline exceeded", "cluster-unreachable", "cluster-unreachable"),
        ("context deadline exceeded", "", ""),
        # That the record of the release cannot be read says nothing of its tests either.
        ("context deadline exceeded", "cluster-failed", ""),
        (FAILED, "cluster-unreachable", ""),
        (f"1 error occurred: * pod orders-test failed * unable to get pod logs: {UNANSWERED}", "", ""),
    ],
)
def test_a_test_that_has_failed_is_told_as_one_whatever_else_the_server_does_not_say(
    said: str, state: str, told: str
) -> None:
    def ask(_: Target) -> None:
        if state:
            raise failed(state, "no")

    if not told:
        require_tested(said, examples.target(), ask)
        return
    with pytest.raises(ToolFailed) as caught:
        require_tested(said, examples.target(), ask)
    assert caught.value.faults[0].code == told


GONE = 'resource mapping not found for name: "a": no matches for kind "Foo" in version "x.example/v1"'


def test_a_release_with_an_object_that_is_defined_no_more_has_a_next_step() -> None:
    said = f"UPGRADE FAILED: unable to build kubernetes objects from current release manifest: {GONE}"
    step = next_step(said, examples.target())
    assert step.startswith("the cluster no longer defines Foo in x.example/v1")
    assert "deploy without that object" in step
    # What a new chart brings is the preflight's to tell.
    assert next_step(f"UPGRADE FAILED: {GONE}", examples.target()) == ""


def test_a_record_that_the_server_finds_too_large_has_a_next_step() -> None:
    said = (
        'UPGRADE FAILED: create: failed to create: Secret "sh.helm.release.v1.orders.v3" is invalid: data:'
        " Too long: may not be more than 1048576 bytes"
    )
    assert "take large files out of the chart" in next_step(said, examples.target())
    other = said.replace("sh.helm.release.v1.orders.v3", "orders-files")
    assert next_step(other, examples.target()) == "", "a Secret of the chart's own"
