"""Pruning: whatever happened before, nothing that runs or passed a gate ever goes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import Refused
from pipelinekit.model.ledger import Digests, Event
from pipelinekit.model.platform.document import Cluster
from pipelinekit.model.platform.registries import Retention
from pipelinekit.model.stored import Running, Stored
from pipelinekit.steps import retention
from tests import examples
from tests.doubles import Clusters, Ledger, Store

DAY = 86_400
NOW = 2_000 * DAY
PLATFORM = examples.platform(
    retention=Retention(last=1, audit=100 * DAY, development=10 * DAY),
    clusters=(Cluster(name="nonprod", context="acme-dev"), Cluster(name="prod", context="acme-prod")),
)
GATES = {each.name for each in PLATFORM.environments if each.gated}


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def add(store: Store, number: int, tag: str, age: int, parts: tuple[str, ...] = ()) -> str:
    made = digest(number)
    store.manifests[made] = Stored(
        registry="r:5000", repository="t/orders", digest=made, tags=(), made=NOW - age * DAY, parts=parts
    )
    store.tags[tag] = made
    return made


def prune(store: Store, clusters: Clusters, ledger: Ledger) -> int:
    planned = retention.plan(PLATFORM, store, clusters, ledger, NOW)
    return retention.apply(PLATFORM, planned, store, clusters, ledger, lambda _: None).manifests


class World:
    """A registry, two clusters and a ledger, and what must not be lost of them."""

    def __init__(self) -> None:
        self.store, self.clusters, self.ledger = Store(), Clusters(), Ledger()
        self.made: list[str] = []
        self.digests: dict[str, set[str]] = {"nonprod": set(), "prod": set()}
        self.tags: dict[str, set[str]] = {"nonprod": set(), "prod": set()}
        self.gated: set[str] = set()

    def pick(self, number: int) -> str:
        """One of the manifests that are still there, or empty."""
        there = [each for each in self.made if each in self.store.manifests]
        return there[number % len(there)] if there else ""

    def push(self, number: int, branch: str) -> None:
        count = len(self.made)
        self.made.append(add(self.store, count, f"1.0.{count}{branch and f'-{branch}.g{count}'}", number))

    def index(self, number: int, part: int) -> None:
        count, pick = len(self.made), self.pick(part)
        if pick:
            self.made.append(add(self.store, count, f"1.0.{count}", number, parts=(pick,)))

    def retag(self, number: int, minor: int) -> None:
        if self.pick(number):
            self.store.tags[f"2.{minor}.0"] = self.pick(number)

    def run(self, number: int, cluster: str) -> None:
        self.digests[cluster] |= {self.pick(number)} - {""}

    def run_by_tag(self, number: int, cluster: str) -> None:
        pick = self.pick(number)
        tag = next((each for each, named in self.store.tags.items() if named == pick), "")
        self.tags[cluster] |= {tag} - {""}

    def stop(self, number: int, cluster: str) -> None:
        self.digests[cluster].discard(self.pick(number))

    def release(self, number: int, environment: str) -> None:
        pick = self.pick(number)
        if not pick:
            return
        there = self.ledger.entries.get("apps/t/orders", ())
        self.ledger.add(
            Event(
                kind="deployed",
                team="t",
                name="orders",
                version=f"r{len(there)}",
                digests=Digests(image=pick),
                environment=environment,
                at=NOW - number * 20 * DAY,
            )
        )
        if environment in GATES:
            self.gated.add(pick)

    def prune(self, *_: object) -> None:
        for name in self.digests:
            self.clusters.runs[name] = Running(
                digests=dict.fromkeys(self.digests[name], name),
                tagged={f"t/orders:{tag}": name for tag in self.tags[name]},
            )
        named = {tag: self.store.tags[tag] for tags in self.tags.values() for tag in tags}
        prune(self.store, self.clusters, self.ledger)
        for each in (*self.digests["nonprod"], *self.digests["prod"], *self.gated):
            assert each in self.store.manifests, "what runs, or passed a gate, is gone"
        for tag, digest_before in named.items():
            assert self.store.tags.get(tag) == digest_before, "what runs by its tag is gone"
            assert digest_before in self.store.manifests


NUMBERS = st.integers(0, 40)
CLUSTERS = st.sampled_from(["nonprod", "prod"])
STEP = st.one_of(
    st.tuples(st.just("push"), NUMBERS, st.sampled_from(["", "", "pr.1", "fix"])),
    st.tuples(st.just("index"), NUMBERS, NUMBERS),
    st.tuples(st.just("retag"), NUMBERS, st.integers(0, 3)),
    st.tuples(st.just("run"), NUMBERS, CLUSTERS),
    st.tuples(st.just("run_by_tag"), NUMBERS, CLUSTERS),
    st.tuples(st.just("stop"), NUMBERS, CLUSTERS),
    st.tuples(st.just("release"), NUMBERS, st.sampled_from(["dev", *sorted(GATES)])),
    st.tuples(st.just("prune"), NUMBERS, CLUSTERS),
)


@given(st.lists(STEP, max_size=40))
def test_nothing_that_runs_or_passed_a_gate_ever_goes(history: list[tuple[str, int, object]]) -> None:
    assert GATES, "without gates this shows nothing"
    world = World()
    for what, number, more in history:
        getattr(world, what)(number, more)
    world.prune()


@pytest.mark.parametrize("name", ["nonprod", "prod"])
def test_when_one_cluster_is_silent_nothing_goes(name: str) -> None:
    store, clusters = Store(), Clusters(silent={name})
    for number in range(5):
        add(store, number, f"1.0.{number}", 500)
    with pytest.raises(Refused, match=f"{name} cannot be asked"):
        prune(store, clusters, Ledger())
    assert len(store.manifests) == 5


def test_a_cluster_that_falls_silent_after_the_plan_stops_it() -> None:
    store, clusters = Store(), Clusters()
    for number in range(5):
        add(store, number, f"1.0.{number}", 500)
    planned = retention.plan(PLATFORM, store, clusters, Ledger(), NOW)
    clusters.silent.add("prod")
    with contextlib.suppress(Refused):
        retention.apply(PLATFORM, planned, store, clusters, Ledger(), lambda _: None)
    assert len(store.manifests) == 5


def test_what_began_to_run_after_the_plan_stays() -> None:
    store, clusters, ledger = Store(), Clusters(), Ledger()
    for number in range(5):
        add(store, number, f"1.0.{number}", 500)
    planned = retention.plan(PLATFORM, store, clusters, ledger, NOW)
    assert digest(0) in {each.digest for each in planned.goes}
    clusters.runs["prod"] = Running(digests={digest(0): "prod"})
    store.tags["1.9.9"] = digest(1)
    said: list[str] = []
    gone = retention.apply(PLATFORM, planned, store, clusters, ledger, said.append)
    assert gone.manifests == gone.tags == len(planned.goes) - 2
    assert gone.stayed == 2
    assert {digest(0), digest(1)} <= store.manifests.keys()
    assert sum("stays after all" in line for line in said) == 2


def test_what_went_is_counted() -> None:
    store = Store()
    for number in range(4):
        add(store, number, f"1.0.{number}", 500)
    store.tags["in-" + "0" * 32] = digest(0)
    store.referrers = {digest(0): ["sha256:bill", "sha256:signature"], digest(3): ["sha256:kept"]}
    planned = retention.plan(PLATFORM, store, Clusters(), Ledger(), NOW)
    # Somebody else is at it as well: what they have deleted is not ours.
    del store.manifests[digest(1)]
    done = retention.apply(PLATFORM, planned, store, Clusters(), Ledger(), lambda _: None)
    assert done == retention.Pruned(manifests=2, referrers=2, tags=3, stayed=0)


def test_the_ledger_knows_of_an_expiry_before_the_registry_does() -> None:
    store, clusters, ledger = Store(), Clusters(), Ledger()
    for number in range(3):
        add(store, number, f"1.0.{number}", 500)
    ledger.add(
        Event(kind="released", team="t", name="orders", version="1.0.0", digests=Digests(image=digest(0)))
    )
    assert prune(store, clusters, ledger) == 2
    assert [each.version for each in ledger.history("apps/t/orders").events if each.kind == "expired"] == [
        "1.0.0"
    ]
    assert prune(store, clusters, ledger) == 0
