"""Every verb of a release that changes something: what is to be there before, and what it leaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.real.releasing import Releasing

GATES: dict[str, Any] = {"approvals": {"count": 1, "from": ["release-managers"]}}
"""Those of production."""


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
    stands: str = ""
    """What staging has, where that is known."""

    def must(self, person: str, *words: str) -> None:
        self.releasing.must(person, *words)

    def staging(self, version: str) -> None:
        self.must("ada", "promote", f"orders@{version}", "--to", "staging", "--downgrade")
        self.staged.add(version)
        self.stands = version

    def once_in_staging(self, version: str) -> None:
        """It has been there, which is what the gates of production ask for."""
        if version not in self.staged:
            self.unhold("staging")
            self.staging(version)

    def has_staging(self, version: str) -> None:
        """It is there now."""
        if self.stands != version:
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

    def elsewhere(self, gates: Mapping[str, Any] = GATES, **more: Any) -> None:
        """Production has its charts in a repository that was not there before."""
        self.times += 1
        registry = self.releasing.document["images"]["registry"]
        charts = f"oci://{registry}/charts-{self.times}-{self.releasing.team}"
        self.releasing.publish_platform(**gates, charts={"repository": charts}, **more)


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


def _to_advance(bench: Bench) -> None:
    """What is in staging was approved for production, which takes it by itself.

    Each verb counts, for this is done before each effect: staging keeps what it has, and nobody is asked
    about what production gets before.
    """
    bench.once_in_staging(bench.one)
    bench.has_staging(bench.two)
    bench.elsewhere(gates={})
    bench.must("ada", "promote", f"orders@{bench.one}", "--to", "production", "--downgrade")
    bench.elsewhere(advance=True)
    bench.approve(bench.two)


def _nothing(_: Bench) -> None:
    return None


VERBS = {
    "advance": Verb(lambda _: ("advance", "orders"), _to_advance, "release", place="production", copies=True),
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
}
"""Every verb that asks a cluster; those that write one event and ask none are in `ledger/test_kills.py`."""
