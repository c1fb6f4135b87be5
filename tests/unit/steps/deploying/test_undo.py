from __future__ import annotations

from pipelinekit.errors import failed
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.model.trouble import Trouble
from pipelinekit.steps.deploying.undo import LEFT, undo
from tests import examples
from tests.doubles import Cluster, Record, Releases

DEV = examples.target()


def undone(*records: str, before: int = 0, cluster: Cluster | None = None) -> tuple[str, list[str]]:
    """What is said after a failure, and the status of each revision then."""
    cluster = cluster or Cluster()
    kept = {number: Record(status, {}, "m") for number, status in enumerate(records, 1)}
    cluster.records[DEV.namespace, DEV.name] = kept
    releases = Releases(cluster)
    state = ReleaseState(revision=before, status="", values={}, manifest="") if before else None
    sentence = undo(DEV, state, releases, cluster, 10, lambda _: None)
    return sentence, [each.status for each in kept.values()]


def test_the_revision_that_ran_before_is_brought_back() -> None:
    sentence, status = undone("superseded", "deployed", "failed", before=2)
    assert sentence == "rolled back to revision 2, which runs"
    assert status == ["superseded", "superseded", "failed", "deployed"]


def test_what_ran_before_may_be_gone_with_its_namespace() -> None:
    assert undone(before=2)[0] == "what ran before is not there any more"


def test_a_revision_below_failed_ones_is_found() -> None:
    sentence, _ = undone("deployed", "failed", "failed", before=2)
    assert sentence == "rolled back to revision 1, which runs"


def test_a_first_installation_is_left() -> None:
    assert undone("failed") == (LEFT, ["failed"])


def test_where_helm_has_changed_nothing_nothing_is_rolled_back() -> None:
    assert undone("deployed", before=1) == ("nothing was changed", ["deployed"])
    assert undone()[0] == "nothing was changed"


def test_what_somebody_else_has_begun_meanwhile_is_left_alone() -> None:
    sentence, status = undone("deployed", "failed", "pending-upgrade", before=1)
    assert "left alone" in sentence
    assert status == ["deployed", "failed", "pending-upgrade"]


def test_a_revision_that_helm_took_for_good_makes_way_for_the_one_before() -> None:
    cluster, before = Cluster(), ReleaseState(revision=1, status="deployed", values={}, manifest="")
    records = {1: Record("superseded", {}, "m"), 2: Record("deployed", {}, "m")}
    cluster.records[DEV.namespace, DEV.name] = records
    releases = Releases(cluster)
    assert "left alone" in undo(DEV, before, releases, cluster, 10, lambda _: None)
    sentence = undo(DEV, before, releases, cluster, 10, lambda _: None, content=2)
    assert sentence == "rolled back to revision 1, which runs"
    first = {1: Record("deployed", {}, "m")}
    cluster.records[DEV.namespace, DEV.name] = first
    assert undo(DEV, None, releases, cluster, 10, lambda _: None, content=1) == LEFT


def test_a_pod_that_is_stuck_is_freed_while_rolling_back(monkeypatch: object) -> None:
    from pipelinekit.steps.deploying import patience

    monkeypatch.setattr(patience, "STARTING", 0.0)  # type: ignore[attr-defined]
    cluster = Cluster(wrong=[Trouble(subject="pod db-0", problem="is stuck", stuck="db-0")])
    undone("deployed", "failed", before=1, cluster=cluster)
    assert cluster.deleted == ["db-0"]


def test_a_cluster_that_does_not_answer_any_more_hides_no_reason() -> None:
    class Silent(Releases):
        def state(self, target: Target) -> ReleaseState | None:
            raise failed("cluster-unreachable", "the cluster does not answer")

    cluster = Cluster()
    sentence = undo(DEV, None, Silent(cluster), cluster, 10, lambda _: None)
    assert sentence.splitlines() == [
        "what runs now could not be asked: the cluster does not answer",
        "it may be applied in part: the next deploy with a login that may takes it over",
    ]
