from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.ground.preflight import REFUSED, Finding
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Backup, Node
from pipelinekit.plan.rollout import releases
from pipelinekit.steps.rollout.part import Part
from tests.rollouts import CRD, Bench, Deadly


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_component_is_published_and_deployed_like_an_application(bench: Bench) -> None:
    outcome = bench.deploy(bench.part())
    assert outcome.state == "deployed"
    assert ("stores", "store") in bench.cluster.records
    assert bench.parts.levels == {"stores": "restricted"}
    ((_, repository, tag),) = bench.registry.tags
    assert repository.endswith("platform/store-chart")
    assert tag == "1.0.0"


def test_run_again_nothing_happens(bench: Bench) -> None:
    bench.deploy(bench.part())
    assert bench.deploy(bench.part()).state == "unchanged"
    assert len(bench.cluster.records["stores", "store"]) == 1


def test_policies_are_a_release_of_their_own_and_first(bench: Bench) -> None:
    bench.deploy(bench.part(policies="policies"))
    assert list(bench.cluster.records) == [("stores", "store-policies"), ("stores", "store")]


def test_other_values_and_another_chart_are_another_release(bench: Bench) -> None:
    bench.deploy(bench.part())
    assert bench.deploy(bench.part(values={"replicas": 2})).state == "deployed"
    assert bench.deploy(bench.part(version="1.0.1", values={"replicas": 2})).state == "deployed"
    values = bench.cluster.records["stores", "store"][3].values
    assert releases.marked(values, releases.VERSION) == "1.0.1"


def test_a_published_version_is_never_replaced(bench: Bench) -> None:
    bench.deploy(bench.part())
    bench.receipts.clear()
    part = bench.part()
    (part.folder / "chart" / "values.yaml").write_text("{more: 1}")
    with pytest.raises(Refused, match="published with another content") as caught:
        bench.deploy(part)
    assert "raise `version` in store's Chart.yaml" in caught.value.faults[0].hint


def test_definitions_are_applied_first_and_kept(bench: Bench) -> None:
    part = bench.part(objects=(CRD,), crds=("widgets.example.com",))
    bench.deploy(part)
    notes = bench.definitions.there["widgets.example.com"]["metadata"]["annotations"]
    assert notes == {"helm.sh/resource-policy": "keep"}
    assert bench.said[0] == "definitions: widgets.example.com"
    bench.said.clear()
    bench.deploy(part)
    assert bench.said == []


def test_a_definition_that_nobody_declared_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="name it among crds"):
        bench.deploy(bench.part(objects=(CRD,)))
    assert bench.parts.levels == {}


def test_a_backup_is_made_before_an_upgrade_and_only_then(bench: Bench) -> None:
    bench.deploy(bench.part(data="all", backup=Backup(cronjob="nightly")))
    assert bench.answers.backups == []
    bench.deploy(bench.part(version="1.1.0", data="all", backup=Backup(cronjob="nightly")))
    assert bench.answers.backups == ["nightly"]
    bench.deploy(bench.part(version="1.1.0", data="all", backup=Backup(cronjob="nightly")))
    assert bench.answers.backups == ["nightly"]


def test_a_backup_that_fails_is_the_end_of_it(bench: Bench) -> None:
    bench.deploy(bench.part(data="all", backup=Backup(cronjob="nightly")))
    bench.answers.backup_fails = "no room"
    with pytest.raises(ToolFailed, match="no room"):
        bench.deploy(bench.part(version="1.1.0", data="all", backup=Backup(cronjob="nightly")))
    assert len(bench.cluster.records["stores", "store"]) == 1


def test_data_without_a_backup_is_said(bench: Bench) -> None:
    bench.deploy(bench.part(data="all widgets"))
    bench.deploy(bench.part(version="1.1.0", data="all widgets"))
    assert "holds data (all widgets) and declares no backup" in bench.said


def test_a_skipped_major_is_refused_before_anything_is_done(bench: Bench) -> None:
    bench.deploy(bench.part())
    with pytest.raises(Refused, match="must not skip major 2"):
        bench.deploy(bench.part(version="3.0.0", objects=(CRD,), crds=("widgets.example.com",)))
    assert bench.definitions.there == {}


def test_what_is_privileged_gets_a_namespace_for_it(bench: Bench) -> None:
    bench.deploy(bench.part(node=Node(privileged=True)))
    assert bench.parts.levels == {"stores": "privileged"}


def test_killed_at_each_step_and_run_again_it_is_as_if_nothing_had_been(tmp_path: Path) -> None:
    def parts(bench: Bench, version: str) -> Part:
        return bench.part(
            version=version,
            objects=(CRD,),
            crds=("widgets.example.com",),
            policies="policies",
            data="all",
            backup=Backup(cronjob="nightly"),
        )

    def left(bench: Bench) -> object:
        records = {
            key: (each[max(each)].status, each[max(each)].values)
            for key, each in bench.cluster.records.items()
        }
        return records, sorted(bench.definitions.there), sorted(bench.registry.tags)

    whole = Bench(tmp_path / "whole")
    whole.deploy(parts(whole, "1.0.0"))
    whole.deploy(parts(whole, "1.1.0"))
    for calls in count(1):
        bench = Bench(tmp_path / str(calls))
        first = bench.killed(parts(bench, "1.0.0"), Deadly(calls))
        assert bench.deploy(parts(bench, "1.0.0")).state in ("deployed", "unchanged")
        second = bench.killed(parts(bench, "1.1.0"), Deadly(calls))
        bench.deploy(parts(bench, "1.1.0"))
        assert left(bench) == left(whole), calls
        assert bench.deploy(parts(bench, "1.1.0")).state == "unchanged"
        if not (first or second):
            break
    assert calls > 12


def test_what_is_not_there_is_refused_before_definitions_policies_and_backup(bench: Bench) -> None:
    held: dict[str, Any] = {"data": "rows", "backup": Backup(cronjob="store-backup")}
    bench.deploy(bench.part(policies="policies", **held))
    made = (list(bench.cluster.records["stores", "store-policies"]), list(bench.answers.backups))
    asked: list[str] = []

    def missing(target: Target, _: object) -> tuple[Finding, ...]:
        asked.append(target.namespace)
        return (Finding(REFUSED, "secret-missing", "secret a is not there", "make it"),)

    bench.missing = missing
    assert bench.deploy(bench.part(policies="policies", **held)).state == "unchanged"
    assert asked == []
    more = bench.part(
        version="1.1.0", objects=(CRD,), crds=("widgets.example.com",), policies="policies", **held
    )
    with pytest.raises(Refused, match="secret a is not there"):
        bench.deploy(more)
    assert asked == ["stores"]
    assert (list(bench.cluster.records["stores", "store-policies"]), bench.answers.backups) == made
    assert bench.definitions.there == {}
