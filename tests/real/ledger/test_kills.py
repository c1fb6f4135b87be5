"""A verb that writes one event and asks no cluster, killed at that and run again: one event all the same."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.source.ledger import signing
from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.model.ledger import PLATFORM, Event
from pipelinekit.reading.platform.document import read_platform
from tests import matrix, warm
from tests.ledgers import BRANCH, event
from tests.promotions import released
from tests.real.killing import WHEN, killed, shims
from tests.real.releasing import described
from tests.real.remotes import Bare, bare
from tests.real.signers import Signers, sign_as

PEOPLE = ("ada", "grace", "sam")
SPARE = "SPARE"
"""Stands for the fingerprint of a key that nobody needs."""
NOWHERE = {"PK_TESTBED_REGISTRY": "127.0.0.1:1", "PK_TESTBED_CONTEXT": "none"}


@dataclass
class Bench:
    """A platform whose registry and cluster nobody reaches, and its ledger."""

    folder: Path
    signers: Signers
    ledger: Bare
    platforms: Bare
    document: dict[str, Any]
    env: Mapping[str, str]
    spares: list[str] = field(default_factory=list)

    def publish(self) -> None:
        self.platforms.commit({"platform.yaml": json.dumps(self.document)})

    def open(self) -> GitLedger:
        known = read_platform(self.platforms.show("platform.yaml"))
        return GitLedger(self.ledger.path, known, signed=True)

    def write(self, who: str, told: Event) -> None:
        with pytest.MonkeyPatch.context() as patch:
            sign_as(patch, self.signers, who)
            book = self.open()
            book.append(told.branch, [told], after=book.history(told.branch).head)

    def told(self) -> dict[str, list[tuple[str, str, str]]]:
        """What counts on each branch; nothing is in trouble."""
        found = {branch: self.open().history(branch) for branch in (BRANCH, PLATFORM)}
        assert [each.troubled for each in found.values()] == [(), ()]
        return {
            branch: [(each.kind, each.environment, each.version) for each in history.events]
            for branch, history in found.items()
        }

    def said(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words with the newest spare key's fingerprint."""
        spare = self.signers.public(self.spares[-1]).fingerprint if self.spares else ""
        return tuple(spare if each == SPARE else each for each in words)

    def run(self, who: str, words: tuple[str, ...], **env: str) -> int:
        """The exit code of a verb; with `KILL_AT` it may be killed."""
        key = {signing.KEY: str(self.signers.private(who))}
        if env:
            return killed(self, words, {**env, **key}, cwd=self.folder)
        return warm.run(
            [warm.PROGRAM, *words], cwd=self.folder, env={**os.environ, **self.env, **key}
        ).returncode


def _emergency(bench: Bench) -> None:
    bench.write("sam", event("emergency", environment="production", at=int(time.time()), reason="fire"))


def _arrival(bench: Bench) -> None:
    bench.write("ada", event("promoted", environment="staging", at=int(time.time())))


def _spare(bench: Bench) -> None:
    bench.spares.append(f"spare{len(bench.spares)}")
    key = bench.signers.public(bench.spares[-1]).key
    bench.document["people"].append({"name": bench.spares[-1], "keys": [key]})
    bench.publish()


def _report(bench: Bench) -> None:
    (bench.folder / "report.json").write_text("{}")


def _lifted(*words: str) -> Callable[[Bench], None]:
    """It is not there, whoever has stopped what before."""

    def lift(bench: Bench) -> None:
        assert bench.run("ada", words) == 0

    return lift


def _stopped(*words: str) -> Callable[[Bench], None]:
    """It is there, and said once: twice says nothing."""

    def stop(bench: Bench) -> None:
        assert bench.run("ada", (*words, "--reason", "wait")) == 0

    return stop


def _once(told: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Events without what was only said twice."""
    return [each for number, each in enumerate(told) if number == 0 or each != told[number - 1]]


BAR, HOLD, HOLD_ALL = ("orders@1.2.3",), ("orders", "--env", "staging"), ("--env", "staging")
FREEZE, THAW = ("freeze", "--now"), ("thaw",)
HERE, WHY = ("--env", "production"), ("--reason", "wait")
VERBS: dict[str, tuple[Callable[[Bench], None], tuple[str, ...], str]] = {
    "review": (_emergency, ("review", "orders", "--env", "production"), "grace"),
    "revoke": (_spare, ("ledger", "revoke", SPARE, "--reason", "lost"), "ada"),
    "advance, which sees": (_arrival, ("advance", "orders"), "release"),
    "attest": (_report, ("attest", *BAR, "--type", "scan", "--file", "report.json"), "grace"),
    "bar": (_lifted("unbar", *BAR), ("bar", *BAR, *WHY), "grace"),
    "unbar": (_stopped("bar", *BAR), ("unbar", *BAR), "grace"),
    "hold": (_lifted("unhold", *HOLD), ("hold", *HOLD, *WHY), "grace"),
    "unhold": (_stopped("hold", *HOLD), ("unhold", *HOLD), "grace"),
    "hold of all": (_lifted("unhold", *HOLD_ALL), ("hold", *HOLD_ALL, *WHY), "sam"),
    "unhold of all": (_stopped("hold", *HOLD_ALL), ("unhold", *HOLD_ALL), "sam"),
    "freeze": (_lifted(*THAW), (*FREEZE, *WHY), "sam"),
    "thaw": (_stopped(*FREEZE), THAW, "sam"),
    "freeze of one": (_lifted(*THAW, *HERE), (*FREEZE, *HERE, *WHY), "sam"),
    "thaw of one": (_stopped(*FREEZE, *HERE), (*THAW, *HERE), "sam"),
}
"""What is to be there before, what is run, and whose key signs it."""
TWICE = frozenset({"attest", "bar", "hold", "hold of all", "freeze", "freeze of one"})
"""Those that may be said again while they stand: then the event stands there twice, and means the same."""
CASES = [(name, when) for name in VERBS for when in WHEN]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("ledger-kills")
    signers = Signers(folder / "keys")
    signers.folder.mkdir()
    ledger, platforms = bare(folder, "ledger", {}), bare(folder, "platform", {"README": "platform"})
    places: list[dict[str, Any]] = [
        {"name": each, "cluster": "c", "namespace": each} for each in ("dev", "staging", "production")
    ]
    places[1]["after"] = "dev"
    places[2] |= {"after": "staging", "soak": "1h"}
    document = described(NOWHERE, ledger, signers, "payments", places)
    document["ledger"]["release"] = {"keys": [signers.public("release").key]}
    document["people"] = [{"name": each, "keys": [signers.public(each).key]} for each in PEOPLE]
    env = {"PIPELINEKIT_PLATFORM": f"git+file://{platforms.path}", "HOME": str(folder / "home")}
    made = Bench(folder, signers, ledger, platforms, document, env)
    made.publish()
    made.write("pipeline", replace(released("1.2.3"), at=int(time.time())))
    return made


@pytest.mark.parametrize(("name", "when"), matrix.sampled("release", CASES, keep=2))
def test_killed_at_its_event_and_run_again_a_verb_has_written_it_once(
    bench: Bench, tmp_path: Path, name: str, when: str, matrix_row: Callable[..., None]
) -> None:
    before, words, who = VERBS[name]
    programs = shims(bench, tmp_path / "bin", {"git": '*" push "*'})
    path = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "KILL_WHEN": when, "KILL_AMID": "0.02"}

    def ends(place: str) -> tuple[int, int, float, dict[str, list[tuple[str, str, str]]]]:
        """How it ended, and run again, after how long, and what is told by then."""
        before(bench)
        known, count = bench.told(), tmp_path / f"count-{place}"
        count.mkdir()
        code = bench.run(who, bench.said(words), **path, KILL_AT=place, KILL_COUNT=str(count))
        assert len(list(count.iterdir())) == 1
        began = time.monotonic()
        again = bench.run(who, bench.said(words))
        took = time.monotonic() - began
        since = {branch: each[len(known[branch]) :] for branch, each in bench.told().items()}
        return code, again, took, {x: _once(each) for x, each in since.items()} if name in TWICE else since

    code, _, _, wanted = ends("0")
    assert (code, sum(map(len, wanted.values()))) == (0, 1)
    code, again, took, found = ends("1")
    # Whoever finds it done is told so.
    assert (code, again in (0, 6), found) == (-signal.SIGKILL, True, wanted)
    figures = {"effects": 1, "killed": 1, "slowest to mend": round(took, 1)}
    matrix_row("release", f"{name}, {when}", "the same", figures)
