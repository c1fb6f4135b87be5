"""Components rolled out in one cluster, and promoted to another one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelinekit.model.ledger import Event, Writer, branch_of
from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.platform.document import Cluster, ComponentEntry, Environment, Platform
from pipelinekit.model.platform.zone import UTC, Clock
from pipelinekit.model.promotion import Release, Request
from pipelinekit.plan.rollout.gated import promotable
from pipelinekit.ports import Commits
from pipelinekit.reading import needs
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.promotion import several
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.rolledout import Told
from pipelinekit.steps.rollout import deploy as steps
from pipelinekit.steps.rollout.deploy import Site
from pipelinekit.steps.rollout.part import Part, Shelf
from tests import doubles, examples, rollouts
from tests.promotions import person

ANN, RITA = person("ann", "release-managers"), person("rita", "release-managers")


class Bench:
    """`dev` is without a gate, on a cluster of its own; `production` comes after it, on another one."""

    def __init__(self, root: Path, **production: Any) -> None:
        self.root, self.production = root, production
        self.dev, self.prod = rollouts.Bench(root / "dev"), rollouts.Bench(root / "prod")
        self.prod.registry, self.prod.charts = self.dev.registry, self.dev.charts
        self.ledger = doubles.Ledger(gated=frozenset({"production"}))
        self.now = 1_790_000_000
        self.said: list[str] = []
        self.components: tuple[str, ...] = ("store", "web")
        self.site: Site | None = None
        """Production's, where it is not the cluster as it is."""
        self.network: Grounds | None = None
        """What the document says of production's cluster."""
        self.books: Any = None
        """The ledger likewise."""

    @property
    def platform(self) -> Platform:
        after = examples.environment("production", cluster="prod", after="dev")
        return examples.platform(
            ledger="ssh://git@example.com/ledger.git",
            clusters=(
                Cluster(name="nonprod", context="nonprod"),
                Cluster(name="prod", context="prod", network=self.network),
            ),
            environments=(
                examples.environment("dev", cluster="nonprod", automatic=True),
                replace(after, **self.production),
            ),
            components=tuple(ComponentEntry(name=each) for each in self.components),
        )

    @property
    def shelf(self) -> Shelf:
        return replace(self.dev.shelf, platform=self.platform, environment=self.platform.environments[0])

    @property
    def environment(self) -> Environment:
        return promotable(self.platform, self.platform.environments[1])

    def part(self, name: str = "store", version: str = "1.0.0", **fields: Any) -> Part:
        """A component with a document that says it; `values` and `objects` are those of `rollouts`."""
        given = {each: fields.pop(each) for each in ("values", "objects") if each in fields}
        document = {
            "apiVersion": "pipelinekit/v1",
            "kind": "Component",
            "metadata": {"name": name},
            "namespace": f"{name}s",
            "chart": "chart",
            **fields,
        }
        text = json.dumps(document).encode()
        found = needs.describe(text, "component.yaml", name).component
        return replace(self.dev.part(name, version, **given), component=found, document=text)

    @property
    def told(self) -> Told:
        return Told(
            ledger=self.ledger,
            journal=self.ledger,
            clock=self.clock,
            platform="p" * 40,
            shelf=self.shelf,
            site=self.dev.site,
            say=self.said.append,
            alone=nullcontext(),
        )

    def release(self, *parts: Part, writer: Writer = ANN) -> str:
        """Roll components out in dev, verified and recorded; the version of the last one."""
        for each in parts:
            steps.deploy(each, self.shelf, self.dev.site, timeout=0, say=self.said.append)
            with self.writing(writer):
                self.told.deployed(each)
                self.told.verified(each)
        return self.events(parts[-1].name)[-1].version

    def around(self, name: str) -> Around:
        root = self.root / "work" / name
        root.mkdir(parents=True, exist_ok=True)
        return Around(
            platform=self.platform,
            commit="p" * 40,
            ledger=self.books or self.ledger,
            clock=self.clock,
            copy=lambda *_: None,
            images=self.prod.registry,
            charts=lambda _: self.prod.registry,
            signed=None,
            archives=self.prod.charts,
            workspace=doubles.Workspace(root),
            receipts=doubles.Receipts(),
            releases=(self.site or self.prod.site).releases,
            cluster=self.prod.cluster,
            objects=self.prod.cluster.things,
            survey=None,
            watch=lambda *_: (),
            commits=_nobodys,
            anchor=None,
            holder="me",
            alive=lambda _: False,
            timeout=0,
            say=self.said.append,
            site=self.site or self.prod.site,
        )

    def forget(self) -> None:
        """What was fetched is fetched anew."""
        shutil.rmtree(self.root / "work")

    def plan(self, *names: str, **request: Any) -> several.Several:
        return several.plan(self.around, self.chosen(names), self.environment, Request(**request))

    def promote(self, *names: str, writer: Writer = ANN, **request: Any) -> tuple[Did, ...]:
        """Promote as that person: these, or all."""
        with self.writing(writer):
            return several.promote(self.around, self.chosen(names), self.environment, Request(**request))[1]

    def approve(self, *names: str, writer: Writer = RITA, refuse: bool = False) -> None:
        with self.writing(writer):
            several.answer(self.around, self.plan(*names), "", refuse=refuse)

    def chosen(self, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
        found = tuple(names) or self.components
        return tuple((name, version) for name, _, version in (each.partition("@") for each in found))

    def stop(self, kind: str, **fields: Any) -> None:
        with self.writing(RITA):
            self.ledger.add(Event(kind=kind, at=self.now, **fields))  # type: ignore[arg-type]

    @contextmanager
    def writing(self, writer: Writer) -> Iterator[None]:
        kept, self.ledger.as_writer = self.ledger.as_writer, writer
        try:
            yield
        finally:
            self.ledger.as_writer = kept

    def clock(self, zones: Iterable[str]) -> Clock:
        del zones
        return Clock(self.now, {"UTC": UTC})

    def events(self, name: str = "store", environment: str = "") -> list[Event]:
        found = self.ledger.history(branch_of("", name)).events
        return [each for each in found if environment in ("", each.environment)]

    def kinds(self, name: str = "store", environment: str = "production") -> list[str]:
        return [each.kind for each in self.events(name, environment)]

    def values(self, bench: rollouts.Bench, name: str = "store") -> Mapping[str, Any]:
        """What a component's newest revision was given in a cluster."""
        records = bench.cluster.records[f"{name}s", name]
        return records[max(records)].values


def _nobodys(release: Release) -> AbstractContextManager[Commits]:
    raise AssertionError(f"{release.name} is a component: no repository has its commits")
