from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.model.deployment import Standing
from pipelinekit.model.ground.preflight import AWAITED, Finding
from pipelinekit.steps import release
from pipelinekit.steps.deploying import patience
from pipelinekit.steps.deploying.deployment import Found, Prepared, find
from pipelinekit.steps.deploying.outlook import look_out
from tests import examples
from tests.unit.steps.release.bench import REPLICAS, Bench

DEV = examples.target()
FINDING = Finding(AWAITED, "quota-full", "the quota is nearly full")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(patience, "STARTING", 0.0)
    return Bench(tmp_path)


def survey(_: Prepared) -> Sequence[Finding]:
    return [FINDING]


def unasked(_: Prepared) -> Sequence[Finding]:
    raise AssertionError("nothing is to be done")


def test_what_runs_is_not_surveyed(bench: Bench) -> None:
    bench.deploy()
    state = bench.releases.state(DEV)
    there, findings = look_out(bench.prepare(), Found(state=state), bench.cluster.things, unasked, print)
    assert there.runs(bench.prepare().values)
    assert findings == ()


def test_what_a_hand_has_changed_is_surveyed_after_the_look(bench: Bench) -> None:
    bench.publish(**{"values.yaml": "replicas: 2\nimage: {digest: x}"})
    bench.deploy()
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 9)
    state = bench.releases.state(DEV)
    there, findings = look_out(bench.prepare(), Found(state=state), bench.cluster.things, survey, print)
    assert not there.runs(bench.prepare().values)
    assert findings == (FINDING,)


def test_where_another_chart_is_installed_both_are_asked_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.deploy()
    bench.publish(**{"values.yaml": "replicas: 3\nimage: {digest: x}"})
    meet = threading.Barrier(2, timeout=30)
    look = bench.cluster.things.look

    def met(prepared: Prepared) -> Sequence[Finding]:
        meet.wait()
        return survey(prepared)

    def looked(*arguments: str) -> object:
        meet.wait()
        return look(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.cluster.things, "look", looked)
    state = bench.releases.state(DEV)
    there, findings = look_out(bench.prepare(), Found(state=state), bench.cluster.things, met, print)
    assert there.look is not None
    assert findings == (FINDING,)


def test_an_early_answer_is_not_asked_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.deploy()
    early = find(DEV, bench.releases.state(DEV), bench.cluster.things, print)
    bench.publish(**{"values.yaml": "replicas: 3\nimage: {digest: x}"})
    monkeypatch.setattr(bench.cluster.things, "look", None)
    there, _ = look_out(bench.prepare(), early, bench.cluster.things, None, print)
    assert there is early


def early_deploy(bench: Bench, early: Found) -> bool:
    _, did = release.deploy(
        bench.prepare(),
        releases=bench.releases,
        cluster=bench.cluster,
        objects=bench.cluster.things,
        receipts=bench.receipts,
        timeout=10,
        say=bench.said.append,
        early=early,
        sleep=bench._sleep,
    )
    return did.acted


def test_an_early_answer_that_says_that_all_is_done_is_not_believed(bench: Bench) -> None:
    bench.publish(**{"values.yaml": "replicas: 2\nimage: {digest: x}"})
    bench.deploy()
    early = find(DEV, bench.releases.state(DEV), bench.cluster.things, print)
    bench.cluster.things.by_hand("Deployment/orders", REPLICAS, 9)
    assert early_deploy(bench, early)


def test_an_early_answer_of_a_release_in_change_is_not_believed(bench: Bench) -> None:
    bench.deploy()
    state = bench.releases.state(DEV)
    assert state is not None
    assert not early_deploy(bench, Found(state=replace(state, status="pending-upgrade", values={})))


def test_what_hands_were_at_a_moment_ago_is_looked_at_again(bench: Bench) -> None:
    bench.deploy()
    early = find(DEV, bench.releases.state(DEV), bench.cluster.things, print)
    bench.publish(**{"values.yaml": "replicas: 3\nimage: {digest: x}"})
    assert early_deploy(bench, replace(early, standing=Standing(ending={"Deployment/orders": ()})))


def test_whoever_comes_in_between_is_found_by_asking_again(bench: Bench) -> None:
    bench.deploy()
    early = find(DEV, bench.releases.state(DEV), bench.cluster.things, print)
    bench.publish(**{"values.yaml": "replicas: 3\nimage: {digest: x}"})
    bench.releases.rivals.append(lambda: None)
    assert early_deploy(bench, early)
    assert "another deployment has begun at the same moment, or a hand is at it" in bench.said
