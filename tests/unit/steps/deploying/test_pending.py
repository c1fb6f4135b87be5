from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.release import ReleaseState
from pipelinekit.steps.deploying.pending import settled_state
from tests import examples
from tests.doubles import Cluster, Record, Releases

DEV = examples.target()


class Bench:
    """A release of two revisions, the newer of which is being made by somebody."""

    def __init__(self, owner: str = "other", seconds: float = 60) -> None:
        self.cluster = Cluster()
        self.releases = Releases(self.cluster)
        labels = {"owner": owner, "until": str(time.time() + seconds)}
        self.records = {
            1: Record("deployed", {}, "kind: Old"),
            2: Record("pending-upgrade", {}, "kind: New", labels),
        }
        self.cluster.records[DEV.namespace, DEV.name] = self.records
        self.said: list[str] = []
        self.waited = 0
        self.ends = 2

    def settled(self) -> ReleaseState | None:
        return settled_state(DEV, self.releases, self.cluster, self.said.append, self._sleep)

    def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.waited += 1
        assert self.waited < 10, "it waits for ever"
        if self.waited == self.ends:
            self.records[2].status = "deployed"


def test_nothing_and_what_nobody_changes_are_taken_as_they_are() -> None:
    bench = Bench()
    bench.records[2].status = "failed"
    found = bench.settled()
    assert found is not None
    assert (found.revision, found.status, bench.said) == (2, "failed", [])
    bench.records.clear()
    assert bench.settled() is None


def test_the_living_are_waited_for_and_that_is_said_once() -> None:
    bench = Bench()
    bench.releases.living.add("other")
    found = bench.settled()
    assert found is not None
    assert (found.revision, found.status, bench.waited) == (2, "deployed", 2)
    assert sum("another deployment is under way" in each for each in bench.said) == 1


@pytest.mark.parametrize(("owner", "seconds"), [("dead", 60.0), ("far", -1.0)])
def test_the_record_of_what_was_killed_goes_and_the_one_before_counts(owner: str, seconds: float) -> None:
    bench = Bench(owner, seconds)
    bench.releases.elsewhere.add("far")
    found = bench.settled()
    assert found is not None
    assert (found.revision, found.manifest, list(bench.records)) == (1, "kind: Old", [1])


@pytest.mark.parametrize("jump", [-3600.0, 86400.0])
def test_a_date_that_is_put_right_meanwhile_takes_nothing_over(
    monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    bench, real = Bench("far"), time.time
    bench.releases.elsewhere.add("far")
    monkeypatch.setattr(time, "time", lambda: real() + (jump if bench.waited else 0))
    found = bench.settled()
    assert found is not None
    assert (found.revision, found.status, bench.waited) == (2, "deployed", 2)
    assert sum("another deployment is under way" in each for each in bench.said) == 1


def test_who_finishes_between_two_questions_was_not_killed() -> None:
    class Finishing(Releases):
        def holder(self, labels: Mapping[str, str]) -> tuple[bool | None, float]:
            bench.records[2].status = "deployed"
            return False, time.time() + 60

    bench = Bench()
    bench.releases = Finishing(bench.cluster)
    found = bench.settled()
    assert found is not None
    assert (found.revision, found.status, sorted(bench.records)) == (2, "deployed", [1, 2])
    assert bench.said == []


def test_what_somebody_else_began_is_nobodys_to_end() -> None:
    bench = Bench()
    bench.records[2].labels = {"owner": "helm"}
    with pytest.raises(Refused) as caught:
        bench.settled()
    assert caught.value.faults[0].code == "release-pending"
    assert 2 in bench.records
