"""The line's words in the ledger: once each, failures every time, and a silent ledger stops nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.errors import CheckFailed, Fault, PipelinekitError, ToolFailed, failed, refused
from pipelinekit.model.ledger import Digests, Event
from pipelinekit.model.receipts import ChartPublished, Deployed, Verified
from pipelinekit.plan.gates.records import arrivals, verified
from pipelinekit.ports import Journal
from pipelinekit.steps.journal import Told
from tests import examples
from tests.doubles import Killed, Ledger, Receipts

PLAN = examples.plan()
BRANCH = f"apps/{PLAN.app.team}/{PLAN.app.name}"
CHART = ChartPublished(
    key=PLAN.key,
    version=PLAN.version,
    repository="r/charts/orders",
    digest="sha256:chart",
    archive_digest="sha256:archive",
    image_repository="payments/orders",
    image_digest="sha256:image",
)
DEPLOYED = Deployed(
    key=PLAN.key,
    version=PLAN.version,
    environment="dev",
    namespace="n",
    revision=3,
    chart_digest="sha256:chart",
)
VERIFIED = Verified(key=PLAN.key, version=PLAN.version, environment="dev", revision=3)
ALL = Digests(image="sha256:image", chart="sha256:chart", descriptor=PLAN.key.descriptor)


class Bench:
    def __init__(self) -> None:
        self.ledger, self.receipts, self.said = Ledger(), Receipts(), list[str]()
        self.opened = 0
        self.receipts.save(CHART)
        self.receipts.save(DEPLOYED, "dev")

    def told(self, name: str = "/ledger") -> Told:
        return Told(
            plan=PLAN,
            name=name,
            open=self._open,
            receipts=self.receipts,
            say=self.said.append,
            platform=lambda: "c0ffee",
        )

    def _open(self) -> Journal:
        self.opened += 1
        return self.ledger

    @property
    def kinds(self) -> list[str]:
        return [each.kind for each in self.events]

    @property
    def events(self) -> tuple[Event, ...]:
        return self.ledger.history(BRANCH).events


@pytest.fixture
def bench() -> Bench:
    return Bench()


TELLS: dict[str, Callable[[Told], Any]] = {
    "released": lambda told: told.released(CHART),
    "deployed": lambda told: told.deployed(DEPLOYED, CHART),
    "verified": lambda told: told.verified(VERIFIED, CHART),
}


@pytest.mark.parametrize("kind", TELLS)
def test_what_was_done_is_told_once(bench: Bench, kind: str) -> None:
    TELLS[kind](bench.told())
    made = bench.events[-1]
    assert (made.kind, made.version, made.digests, made.platform) == (kind, PLAN.version, ALL, "c0ffee")
    assert made.at > 0
    before = bench.kinds
    TELLS[kind](bench.told())
    assert (bench.kinds, bench.opened) == (before, 1)
    # From another folder the ledger itself is asked.
    bench.receipts = Receipts()
    bench.receipts.save(CHART)
    bench.receipts.save(DEPLOYED, "dev")
    TELLS[kind](bench.told())
    assert (bench.kinds, bench.opened) == (before, 2)


@pytest.mark.parametrize("silent", range(8))
def test_what_is_owed_is_told_in_its_order(bench: Bench, silent: int) -> None:
    """Whichever of the three the ledger did not hear: all of them stand there in order after the last."""
    for bit, tell in enumerate(TELLS.values()):
        bench.ledger.silent = bool(silent & 1 << bit)
        tell(bench.told())
    bench.ledger.silent = False
    TELLS["verified"](bench.told())
    assert bench.kinds == list(TELLS)
    (arrival,) = arrivals(bench.ledger.history(BRANCH), "dev")
    assert verified(bench.ledger.history(BRANCH), arrival)


def test_a_proof_that_stands_before_its_arrival_is_mended_by_telling_it_again(bench: Bench) -> None:
    TELLS["released"](bench.told())
    TELLS["deployed"](bench.told())
    TELLS["verified"](bench.told())
    told = bench.ledger.entries[BRANCH]
    # As an earlier version of ours left it: verified first, and its folder content.
    told[1], told[2] = told[2], told[1]
    bench.receipts.texts = {name: x for name, x in bench.receipts.texts.items() if "verify" not in name[1]}
    TELLS["verified"](bench.told())
    assert bench.kinds == ["released", "verified", "deployed", "verified"]
    TELLS["verified"](bench.told())
    assert len(bench.kinds) == 4


def test_what_ran_there_at_another_revision_is_not_owed(bench: Bench) -> None:
    bench.receipts.save(replace(DEPLOYED, revision=2), "dev")
    TELLS["verified"](bench.told())
    assert bench.kinds == ["released", "verified"]


def test_another_ledger_is_told_by_itself(bench: Bench) -> None:
    bench.told("/one").released(CHART)
    bench.ledger = Ledger()
    bench.told("/other").released(CHART)
    assert len(bench.events) == 1


def test_a_new_revision_is_a_new_deployment(bench: Bench) -> None:
    bench.told().deployed(DEPLOYED, CHART)
    bench.told().deployed(replace(DEPLOYED, revision=4), CHART)
    assert [each.details["revision"] for each in bench.events[1:]] == [3, 4]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (failed("not-ready", "no such image"), "failed"),
        (CheckFailed(Fault("verify-failed", "a test failed")), "failed"),
        (refused("preflight", "no quota"), "refused"),
    ],
)
def test_how_it_ended_is_told_each_time_and_stays_the_error(
    bench: Bench, error: PipelinekitError, kind: str
) -> None:
    for _ in range(2):
        with pytest.raises(type(error)), bench.told().endings("deploy", "dev"):
            raise error
    assert [each.kind for each in bench.events] == [kind, kind]
    assert bench.events[0].reason == error.faults[0].problem
    assert bench.events[0].details == {"stage": "deploy", "code": error.faults[0].code}
    assert bench.events[0].digests == ALL


def test_a_silent_ledger_stops_nobody_and_is_told_when_it_answers(bench: Bench) -> None:
    bench.ledger.silent = True
    bench.told().deployed(DEPLOYED, CHART)
    assert bench.said == [f"not in the ledger: deployed {PLAN.version}: the ledger does not answer"]
    with pytest.raises(ToolFailed, match="no such image"), bench.told().endings("deploy", "dev"):
        raise failed("not-ready", "no such image")
    bench.ledger.silent = False
    bench.told().deployed(DEPLOYED, CHART)
    assert bench.kinds == ["released", "deployed"]


def test_a_ledger_that_takes_nothing_says_what_to_do_and_that_it_missed_something(bench: Bench) -> None:
    missed: list[int] = []

    def broken() -> Journal:
        raise refused("ledger-key", "no key is known", hint="set one")

    told = replace(bench.told(), open=broken, missed=lambda: missed.append(1))
    told.deployed(DEPLOYED, CHART)
    assert bench.said == [f"not in the ledger: deployed {PLAN.version}: no key is known", "  set one"]
    assert missed == [1]


def test_what_is_expected_is_given_back(bench: Bench) -> None:
    told = bench.told()
    told.close()
    assert bench.opened == 0
    told.expect()
    assert bench.ledger.expected == {BRANCH}
    told.released(CHART)
    told.close()
    assert (bench.ledger.expected, bench.opened) == (set(), 1)

    def broken() -> Journal:
        raise refused("ledger-none", "no home")

    replace(told, open=broken).expect()


def test_a_chart_of_another_revision_lends_no_digests(bench: Bench) -> None:
    other = replace(CHART, key=replace(PLAN.key, commit="other"))
    bench.told().verified(VERIFIED, other)
    assert bench.events[0].digests == Digests(descriptor=PLAN.key.descriptor)


def test_heads_are_anchored_and_an_anchor_that_fails_stops_nobody(bench: Bench) -> None:
    marked: list[tuple[str, str]] = []
    told = replace(bench.told(), anchor=lambda environment, head: marked.append((environment, head)))
    told.released(CHART)
    told.deployed(DEPLOYED, CHART)
    told.verified(VERIFIED, CHART)
    commits = [each.commit for each in bench.ledger.entries[BRANCH]]
    assert marked == [("", commits[0]), ("dev", commits[1])]

    def broken(environment: str, head: str) -> None:
        raise failed("anchor-refused", f"{environment} {head[:1]}".strip()[:3])

    replace(told, anchor=broken).deployed(replace(DEPLOYED, revision=9), CHART)
    assert bench.said[-1] == f"not anchored: deployed {PLAN.version}: dev"


def test_killed_between_two_effects_the_next_run_ends_like_an_undisturbed_one(bench: Bench) -> None:
    """Killed once it is told, and once it is anchored: nothing twice, nothing missing."""
    marked: list[str] = []

    def told() -> Told:
        return replace(bench.told(), anchor=lambda environment, _: marked.append(environment))

    def killed(*_: object) -> None:
        raise Killed

    for death in (replace(told(), anchor=killed), told()):
        saving = bench.receipts
        bench.receipts = Receipts()
        bench.receipts.save = killed  # type: ignore[method-assign, assignment]
        with pytest.raises(Killed):
            replace(death, receipts=bench.receipts).deployed(DEPLOYED, CHART)
        bench.receipts = saving
        told().deployed(DEPLOYED, CHART)
        assert bench.kinds == ["released", "deployed"]
        assert set(marked) == {"", "dev"}
        bench.receipts.texts.clear()
