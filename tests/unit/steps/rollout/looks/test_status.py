from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelinekit.model.ground.preflight import REFUSED, Finding
from pipelinekit.steps.rollout.looks.status import look
from tests.rollouts import SET, Bench


def test_what_is_not_installed_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert look(bench.part(), bench.shelf, bench.site).reasons == ("not installed",)


def test_a_release_that_helm_is_content_with_is_red_while_its_server_is_old(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(objects=(SET,))
    bench.deploy(part)
    assert look(part, bench.shelf, bench.site).reasons == ()
    bench.parts.old = ["store-0"]
    there = look(part, bench.shelf, bench.site)
    assert there.installed == "1.0.0"
    assert "2 of 3 pods are new, and only deleting them" in there.reasons[0]


def test_a_failed_revision_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part()
    bench.deploy(part)
    bench.cluster.records["stores", "store"][1].status = "failed"
    assert "revision 1 is failed" in look(part, bench.shelf, bench.site).reasons


def policy(name: str) -> dict[str, Any]:
    about = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": name}}
    return {**about, "spec": {"podSelector": {}}}


def test_what_a_hand_has_scaled_to_no_pods_is_not_ready(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(objects=(SET,))
    bench.deploy(part)
    bench.parts.scaled = {"store": 0}
    there = look(part, bench.shelf, bench.site).reasons
    assert "StatefulSet/store: somebody has scaled it to no pods, and its chart says 3" in there


def test_what_a_hand_has_deleted_is_told_of_the_component_and_of_its_policies(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(objects=(SET, policy("mine")), policies="policies")
    (part.folder / "policies" / "templates" / "0.yaml").write_text(json.dumps(policy("closed")))
    bench.deploy(part)
    assert look(part, bench.shelf, bench.site).reasons == ()
    bench.parts.lost = {"NetworkPolicy/closed", "NetworkPolicy/mine"}
    there = look(part, bench.shelf, bench.site).reasons
    assert there == ("NetworkPolicy/mine is not there", "NetworkPolicy/closed is not there")
    bench.cluster.records.pop(("stores", "store-policies"))
    assert "its policies are not installed" in look(part, bench.shelf, bench.site).reasons


def test_a_job_that_goes_by_itself_is_not_missed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}}
    part = bench.part(objects=({**job, "spec": {"ttlSecondsAfterFinished": 60}},))
    bench.deploy(part)
    bench.parts.lost = {"Job/once"}
    assert look(part, bench.shelf, bench.site).reasons == ()


def test_a_secret_that_is_gone_is_told_and_what_runs_is_ready(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(objects=(SET,))
    bench.deploy(part)
    bench.missing = lambda *_: (Finding(REFUSED, "secret-missing", "secret a is not there", "make it"),)
    there = look(part, bench.shelf, bench.site)
    assert (there.reasons, there.missing) == ((), ("secret a is not there (make it)",))


def test_one_whose_namespace_is_being_deleted_is_not_ready_while_it_still_runs(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(objects=(SET,))
    bench.deploy(part)
    bench.parts.leaving = {"stores"}
    line = "namespace stores is being deleted, and all that is in it"
    assert look(part, bench.shelf, bench.site).reasons == (line,)
    assert look(part, bench.shelf, bench.site, ending=("stores",)).reasons == (line,)
    assert look(part, bench.shelf, bench.site, ending=()).reasons == ()
