"""A verb of a release killed at each of its effects, and run again, ends as if nothing had been."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests import matrix
from tests.real.killing import WHEN, differences, killed, left, published, settled, shims, wire
from tests.real.releasing import Releasing, releasing

EFFECTS = {
    "git": '*" push "*',
    "helm": '*" upgrade "*|*" install "*|*" rollback "*|*" uninstall "*',
    "kubectl": '*" apply "*|*" annotate "*|*" create "*|*" patch "*|*" delete "*|*" label "*|*" scale "*',
}
MOST = 40
"""Effects that a verb has at most."""
PLACES = ("staging", "production")


@dataclass
class Bench:
    """Two versions in staging, and what has been measured of each verb undisturbed."""

    releasing: Releasing
    one: str
    two: str
    env: Mapping[str, str]
    folder: Path
    undisturbed: dict[str, tuple[int, Any]] = field(default_factory=dict)
    times: int = 0
    staged: set[str] = field(default_factory=set)

    def must(self, person: str, *words: str) -> None:
        self.releasing.must(person, *words)

    def staging(self, version: str) -> None:
        self.must("ada", "promote", f"orders@{version}", "--to", "staging", "--downgrade")
        self.staged.add(version)

    def once_in_staging(self, version: str) -> None:
        """It has been there, which is what the gates of production ask for."""
        if version not in self.staged:
            self.unhold("staging")
            self.staging(version)

    def unhold(self, environment: str) -> None:
        self.releasing.by("ada", "unhold", "orders", "--env", environment)

    def approve(self, version: str) -> None:
        self.must("grace", "approve", f"orders@{version}", "--to", "production")

    def production(self, version: str) -> None:
        """Production runs this one, and its next promotion copies into a repository that has nothing."""
        self.elsewhere()
        self.unhold("production")
        self.once_in_staging(version)
        self.approve(version)
        self.must("ada", "promote", f"orders@{version}", "--to", "production", "--downgrade")
        self.elsewhere()

    def set(self) -> Path:
        """A release set of this one application."""
        row = {"name": "orders", "team": self.releasing.team, "version": self.two}
        head = {"apiVersion": "pipelinekit/v1", "kind": "ReleaseSet", "metadata": {"name": "checkout"}}
        path = self.folder / "set.yaml"
        path.write_text(json.dumps({**head, "applications": [row]}))
        return path

    def report(self) -> Path:
        path = self.folder / "report.json"
        path.write_text("{}")
        return path

    def elsewhere(self) -> None:
        """Production has its charts in a repository that was not there before."""
        self.times += 1
        registry = self.releasing.document["images"]["registry"]
        charts = f"oci://{registry}/charts-{self.times}-{self.releasing.team}"
        self.releasing.publish_platform(
            approvals={"count": 1, "from": ["release-managers"]}, charts={"repository": charts}
        )


@dataclass(frozen=True)
class Verb:
    """What is to be there before, who runs what, and whether a second one is told that it is done."""

    words: Callable[[Bench], tuple[str, ...]]
    before: Callable[[Bench], None]
    person: str = "ada"
    place: str = ""
    copies: bool = False
    told: bool = False


def _to_staging(bench: Bench) -> None:
    bench.unhold("staging")
    bench.staging(bench.one)


def _two_in_staging(bench: Bench) -> None:
    bench.once_in_staging(bench.one)
    bench.unhold("staging")
    bench.staging(bench.two)


def _to_production(bench: Bench) -> None:
    bench.production(bench.one)
    bench.once_in_staging(bench.two)
    bench.approve(bench.two)


def _nothing(_: Bench) -> None:
    return None


def _barred(bench: Bench) -> None:
    bench.releasing.by("grace", "bar", f"orders@{bench.two}", "--reason", "leak")


def _unbarred(bench: Bench) -> None:
    bench.releasing.by("grace", "unbar", f"orders@{bench.two}")


def _thawed(bench: Bench) -> None:
    bench.releasing.by("sam", "thaw")


def _frozen(bench: Bench) -> None:
    bench.must("sam", "freeze", "--now", "--reason", "incident")


def _held(bench: Bench) -> None:
    bench.must("ada", "hold", "orders", "--env", "staging", "--reason", "wait")


def _unheld(bench: Bench) -> None:
    bench.unhold("staging")


VERBS = {
    "promote to staging": Verb(
        lambda bench: ("promote", f"orders@{bench.two}", "--to", "staging"), _to_staging, place="staging"
    ),
    "promote to production": Verb(
        lambda bench: ("promote", f"orders@{bench.two}", "--to", "production"),
        _to_production,
        place="production",
        copies=True,
    ),
    "promote a set": Verb(
        lambda bench: ("promote", "--set", str(bench.set()), "--to", "staging"), _to_staging, place="staging"
    ),
    "rollback": Verb(
        lambda bench: (
            *("rollback", "orders", "--env", "staging", "--to", bench.one),
            *("--reason", "slow"),
        ),
        _two_in_staging,
        place="staging",
    ),
    "approve": Verb(
        # The other one runs there by then, and what runs is not approved any more.
        lambda bench: ("approve", f"orders@{bench.one}", "--to", "production"),
        _nothing,
        "linus",
        told=True,
    ),
    "attest": Verb(
        lambda bench: ("attest", f"orders@{bench.two}", "--type", "scan", "--file", str(bench.report())),
        _nothing,
        "grace",
    ),
    "bar": Verb(
        lambda bench: ("bar", f"orders@{bench.two}", "--reason", "leak"), _unbarred, "grace", told=True
    ),
    "unbar": Verb(lambda bench: ("unbar", f"orders@{bench.two}"), _barred, "grace", told=True),
    "freeze": Verb(lambda _: ("freeze", "--now", "--reason", "incident"), _thawed, "sam", told=True),
    "thaw": Verb(lambda _: ("thaw",), _frozen, "sam", told=True),
    "hold": Verb(lambda _: ("hold", "orders", "--env", "staging", "--reason", "wait"), _unheld, told=True),
    "unhold": Verb(lambda _: ("unhold", "orders", "--env", "staging"), _held, told=True),
}
"""Every verb that writes to the ledger and can be told apart from what was there before."""
CASES = [(name, when) for name in VERBS for when in WHEN]


@pytest.fixture(scope="module")
def bench(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("promotion-kills")
    with releasing(testbed, folder / "made", approvals={"count": 1, "from": ["release-managers"]}) as made:
        one, two = made.release("one"), made.release("two")
        programs = shims(made.application, folder / "bin", EFFECTS)
        path = f"{programs}{os.pathsep}{made.application.env['PATH']}"
        yield Bench(made, one, two, {"PATH": path, "PYTHONPATH": str(wire(folder / "wire"))}, folder)


@pytest.mark.parametrize(("name", "when"), matrix.sampled("release", CASES, keep=0))
def test_killed_at_each_effect_and_run_again_a_verb_ends_as_if_nothing_had_been(
    bench: Bench, tmp_path: Path, name: str, when: str, matrix_row: Callable[..., None]
) -> None:
    effects, wanted = _undisturbed(bench, name, tmp_path)
    died, slowest = 0, 0.0
    for effect in range(1, effects + 1):
        code, took, found = _disturbed(bench, name, tmp_path, effect, when)
        died += code == -signal.SIGKILL
        slowest = max(slowest, took)
        assert list(differences(wanted, found)) == [], f"{name}, {when} effect {effect}: {code}"
    assert died, f"of {effects} none was killed"
    figures = {"effects": effects, "killed": died, "slowest to mend": round(slowest, 1)}
    matrix_row("release", f"{name}, {when}", "the same", figures)


def test_killed_at_a_seeded_effect_a_promotion_ends_as_if_nothing_had_been(
    bench: Bench, tmp_path: Path
) -> None:
    name = "promote to staging"
    effects, wanted = _undisturbed(bench, name, tmp_path)
    assert effects >= 4
    for effect, when in ((1, "after"), (2, "amid"), (effects, "before")):
        code, _, found = _disturbed(bench, name, tmp_path, effect, when)
        assert code == -signal.SIGKILL
        assert list(differences(wanted, found)) == [], f"{when} effect {effect}"


def _undisturbed(bench: Bench, name: str, folder: Path) -> tuple[int, Any]:
    """How many effects a verb has, and what it leaves."""
    if name not in bench.undisturbed:
        verb = VERBS[name]
        verb.before(bench)
        count, start = _counter(folder, "undisturbed"), len(bench.releasing.events())
        env = {**bench.env, "KILL_COUNT": str(count), "KILL_AT": "0", "KILL_WHEN": "never"}
        assert _run(bench, verb, env) == 0
        effects = len(list(count.iterdir()))
        assert 1 <= effects <= MOST
        bench.undisturbed[name] = effects, _left(bench, verb, start)
    return bench.undisturbed[name]


def _disturbed(bench: Bench, name: str, folder: Path, effect: int, when: str) -> tuple[int, float, Any]:
    """Killed at one of its effects and run again: how it ended, what the next took, and what is left."""
    verb = VERBS[name]
    verb.before(bench)
    count, start = _counter(folder, f"{when}-{effect}"), len(bench.releasing.events())
    env = {**bench.env, "KILL_COUNT": str(count), "KILL_AT": str(effect), "KILL_WHEN": when}
    code = _run(bench, verb, {**env, "KILL_AMID": "0.02" if effect % 2 else "0.3"})
    began = time.monotonic()
    said = bench.releasing.by(verb.person, *verb.words(bench))
    assert said.code == 0 or (verb.told and said.code == 6), f"{when} effect {effect}: {said.err}"
    return code, time.monotonic() - began, _left(bench, verb, start)


def _run(bench: Bench, verb: Verb, env: Mapping[str, str]) -> int:
    key = {"PIPELINEKIT_LEDGER_KEY": str(bench.releasing.signers.private(verb.person))}
    application = bench.releasing.application
    return killed(application, verb.words(bench), {**env, **key}, cwd=application.folder.parent)


def _counter(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    return path


def _left(bench: Bench, verb: Verb, start: int) -> dict[str, Any]:
    """Cluster, registry and ledger, but for names and numbers that are others each time."""
    made = bench.releasing
    events = [(each.kind, each.environment, each.version) for each in made.events()[start:]]
    said = made.by("ada", "ledger", "verify")
    found: dict[str, Any] = {"ledger": _once(events), "verified": said.code or said.out.count("error")}
    if verb.place:
        found["cluster"] = settled(left(made.application, f"{made.team}-{verb.place}"))
    if verb.copies:
        chart = f"charts-{bench.times}-{made.team}/{made.team}/orders"
        tags = published(made.application, chart, f"{made.team}/orders")
        found["registry"] = {
            name.replace(f"charts-{bench.times}-", "charts-"): digest for name, digest in tags.items()
        }
    return found


def _once(events: list[Any]) -> list[Any]:
    """Events without what was only said twice; a verb that is run again may say it again."""
    return [each for number, each in enumerate(events) if number == 0 or each != events[number - 1]]
