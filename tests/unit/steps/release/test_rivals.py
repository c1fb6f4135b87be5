"""Deployments beside one another: at the same moment, under way, killed, and those of others."""

from __future__ import annotations

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.release import Target
from tests.doubles import Cluster, Record
from tests.unit.steps.release.bench import DEV, Bench, code_of


# --- at the same moment ---------------------------------------------------------------------------
def test_who_comes_second_waits_and_finds_that_it_runs(bench: Bench) -> None:
    other = bench.prepare()

    def wins() -> None:
        bench.releases.install(DEV, other.archive, other.layers, timeout=1, hopeless=lambda: False)

    bench.releases.rivals.append(wins)
    receipt, did = bench.deploy()
    assert (receipt.revision, did.acted) == (1, False)
    assert "another deployment has begun at the same moment, or a hand is at it" in bench.said


def test_a_name_that_is_always_taken_ends_with_helms_reason(bench: Bench) -> None:
    bench.releases.rivals += [lambda: None] * 100
    with pytest.raises(ToolFailed, match="already exists"):
        bench.deploy()


# --- killed, under way, foreign -------------------------------------------------------------------


@pytest.mark.parametrize("status", ["pending-install", "pending-upgrade", "pending-rollback"])
def test_a_killed_deployment_is_taken_over(bench: Bench, status: str) -> None:
    killed = bench.pending("dead", seconds=60, status=status)
    receipt, did = bench.deploy()
    assert did.acted
    assert bench.records[receipt.revision].status == "deployed"
    assert any(f"killed in the middle (revision {killed})" in each for each in bench.said)
    assert bench.waited == 0


def test_the_deployment_before_a_killed_one_counts_again(bench: Bench) -> None:
    first, _ = bench.deploy()
    bench.pending("dead", seconds=60)
    again, did = bench.deploy()
    assert (again, did.acted, list(bench.records)) == (first, False, [1])


def test_one_on_another_machine_is_taken_over_when_its_time_is_up(bench: Bench) -> None:
    bench.releases.elsewhere.add("far")
    bench.pending("far", seconds=-1)
    _, did = bench.deploy()
    assert did.acted
    assert bench.waited == 0


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_deployment_under_way_is_waited_for(bench: Bench, where: str) -> None:
    (bench.releases.living if where == "here" else bench.releases.elsewhere).add("other")
    revision = bench.pending("other", seconds=60)

    def finishes() -> None:
        if bench.waited == 3:
            bench.records[revision].status = "deployed"

    bench.while_waiting = finishes
    bench.deploy()
    assert bench.waited == 3
    assert sum("another deployment is under way" in each for each in bench.said) == 1


def test_a_deployment_that_dies_while_it_is_waited_for_is_taken_over(bench: Bench) -> None:
    bench.releases.living.add("other")
    bench.pending("other", seconds=60)
    bench.while_waiting = bench.releases.living.clear
    _, did = bench.deploy()
    assert did.acted
    assert bench.waited == 1


def test_what_something_else_began_is_refused(bench: Bench) -> None:
    bench.records[1] = Record("pending-install", {}, "half", {"owner": "helm"})
    with pytest.raises(Refused) as caught:
        bench.deploy()
    assert (code_of(caught.value), caught.value.exit_code) == ("release-pending", 6)
    assert (
        caught.value.faults[0].hint == "helm history orders --namespace payments-dev --kube-context acme-dev"
    )
    assert "by something else than pipelinekit" in caught.value.faults[0].problem
    assert bench.records[1].status == "pending-install"


def test_a_record_that_vanishes_between_two_questions_is_no_obstacle(bench: Bench) -> None:
    class Vanishing(Cluster):
        def release_labels(self, target: Target, revision: int) -> None:
            self.drop_release(target, revision)

    bench.pending("other", seconds=60)
    bench.cluster = bench.releases.cluster = Vanishing(records=bench.cluster.records)
    _, did = bench.deploy()
    assert did.acted


def test_a_record_that_cannot_be_read_is_not_asked_for_without_end(bench: Bench) -> None:
    class Blind(Cluster):
        def release_labels(self, target: Target, revision: int) -> None:
            del target, revision

    bench.pending("other", seconds=60)
    records = bench.cluster.records
    bench.cluster = bench.releases.cluster = Blind(records=records)
    with pytest.raises(Refused, match="its record is unreadable") as caught:
        bench.deploy()
    assert code_of(caught.value) == "release-pending"


def test_a_release_that_somebody_removes_is_theirs_to_end(bench: Bench) -> None:
    bench.deploy()
    bench.records[1].status = "uninstalling"
    with pytest.raises(Refused) as caught:
        bench.deploy()
    assert code_of(caught.value) == "release-uninstalling"
    assert (
        "helm uninstall orders --namespace payments-dev --kube-context acme-dev"
        in caught.value.faults[0].hint
    )
    assert list(bench.records) == [1]
