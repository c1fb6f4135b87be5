from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.rollout.part import Outcome
from pipelinekit.plan.rollout.definitions import split
from pipelinekit.steps.rollout.part import Part
from pipelinekit.steps.rollout.remove import planned, remove
from tests.rollouts import CRD, SET, Bench

NAME = "widgets.example.com"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def removed(bench: Bench, part: Part, **words: bool) -> Outcome:
    return remove(part, bench.shelf, bench.site, timeout=1, say=bench.said.append, **words)


def test_definitions_and_volumes_stay_and_that_is_said(bench: Bench) -> None:
    part = bench.part(objects=(CRD,), crds=(NAME,), policies="policies", data="all")
    bench.deploy(part)
    assert removed(bench, part).text == f"is removed; its volumes, {NAME} stay"
    assert bench.cluster.records == {}
    assert NAME in bench.definitions.there
    assert removed(bench, part).state == "unchanged"


def test_a_volume_that_would_go_with_its_release_is_refused(bench: Bench) -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {}}
    part = bench.part(objects=(claim,))
    bench.deploy(part)
    with pytest.raises(Refused, match="PersistentVolumeClaim/data"):
        removed(bench, part)
    assert removed(bench, part, volumes=True).state == "deployed"


def test_with_a_word_volumes_go_and_no_others(bench: Bench) -> None:
    claims = [{"metadata": {"name": "data"}, "spec": {}}]
    server = {**SET, "spec": {**SET["spec"], "volumeClaimTemplates": claims}}
    part = bench.part(objects=(server,))
    bench.deploy(part)
    bench.components.volumes = ["data-store-0", "data-store-1", "data-other-0"]
    assert (
        removed(bench, part, volumes=True).text == "is removed; volumes deleted: data-store-0, data-store-1"
    )
    assert bench.components.volumes == ["data-other-0"]
    bench.components.volumes = ["data-store-2"]
    assert "volumes deleted: data-store-2" in removed(bench, part, volumes=True).text


def test_a_plan_says_what_is_there_and_what_would_be_refused(bench: Bench) -> None:
    claims = [{"metadata": {"name": "data"}, "spec": {}}]
    server = {**SET, "spec": {**SET["spec"], "volumeClaimTemplates": claims}}
    own = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "kept"}, "spec": {}}
    part = bench.part(objects=(server, own, CRD), crds=(NAME,), policies="policies")
    assert not planned(part, bench.shelf, bench.site).there
    bench.deploy(part)
    found = planned(part, bench.shelf, bench.site)
    assert (found.there, found.volumes, found.definitions) == (True, ("data-store",), (NAME,))
    (refusal,) = found.refusals
    assert refusal.startswith("store has PersistentVolumeClaim/kept in its release, which would go with it: ")
    assert planned(part, bench.shelf, bench.site, volumes=True).refusals == ()
    del bench.cluster.records["stores", "store"]
    assert planned(part, bench.shelf, bench.site).there
    assert list(bench.cluster.records) == [("stores", "store-policies")]


def test_with_a_word_definitions_go_unless_they_have_objects(bench: Bench) -> None:
    part = bench.part(objects=(CRD,), crds=(NAME,))
    bench.deploy(part)
    bench.definitions.used = {NAME: 2}
    with pytest.raises(Refused, match="has 2 objects"):
        removed(bench, part, definitions=True)
    assert NAME in bench.definitions.there
    bench.definitions.used = {}
    assert f"definitions deleted: {NAME}" in removed(bench, part, definitions=True).text
    assert bench.definitions.there == {}


def test_all_that_would_go_unasked_is_told_together(bench: Bench) -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {}}
    part = bench.part(objects=(claim, CRD), crds=(NAME,))
    bench.deploy(part)
    record = bench.cluster.records["stores", "store"][1]
    record.manifest += f"\n---\n{json.dumps(CRD)}"
    with pytest.raises(Refused) as told:
        removed(bench, part)
    assert [each.code for each in told.value.faults] == ["definition-in-release", "volume-in-release"]
    assert len(planned(part, bench.shelf, bench.site).refusals) == 2


@pytest.mark.parametrize("definitions", [False, True])
def test_a_definition_that_would_go_with_a_release_of_bare_helm_is_refused(
    bench: Bench, definitions: bool
) -> None:
    part = bench.part(objects=(CRD,), crds=(NAME,))
    bench.deploy(part)
    record = bench.cluster.records["stores", "store"][1]
    whole = record.manifest
    record.manifest = f"{whole}\n---\n{json.dumps(CRD)}"
    with pytest.raises(Refused, match=f"has {NAME} in its release: with it every object") as told:
        removed(bench, part, definitions=definitions)
    assert "platform deploy --only store" in told.value.faults[0].hint
    assert ("stores", "store") in bench.cluster.records
    (mine,), _ = split([CRD])
    record.manifest = f"{whole}\n---\n{json.dumps(mine)}"
    assert removed(bench, part).state == "deployed"
