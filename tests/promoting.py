"""Releases of applications, three environments, and who acts there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelinekit.model.ledger import PLATFORM, Digests, Event, Writer, branch_of
from pipelinekit.model.platform.document import Charts as ChartPlace
from pipelinekit.model.platform.document import Environment, Images, Platform
from pipelinekit.model.platform.gates import Watch
from pipelinekit.model.platform.zone import UTC, Clock
from pipelinekit.model.promotion import Release, Request, Watched
from pipelinekit.model.release import ImageRef, Target
from pipelinekit.model.releaseset.document import Member, ReleaseSet
from pipelinekit.plan.gates.records import living
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.promotion import promote as promotion
from pipelinekit.steps.promotion import rollback as backwards
from pipelinekit.steps.promotion.looks.around import Around
from pipelinekit.steps.promotion.sets import bring
from tests import examples
from tests.commits import Commits
from tests.counting import CountedLedger, CountedReleases, Effects
from tests.doubles import Charts, Cluster, Receipts, Registry, Workspace, digest
from tests.promotions import BRANCH, PIPELINE, person

RITA = person("rita", "release-managers")
APP = "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: payments}\n"
APP += "build: {language: python}\nrun: {port: 8080}\n"
CALLS = {"web": ("orders",), "orders": ("stock",), "stock": ()}
"""The applications of a set, each with what it calls."""
SET = tuple((name, "1.0.0") for name in CALLS)
NEXT = tuple((name, "1.1.0") for name in CALLS)


@dataclass
class Bench:
    """The world, and who acts in it."""

    root: Path
    effects: Effects = field(default_factory=Effects)
    now: int = 1_790_000_000
    production: dict[str, Any] = field(default_factory=dict)
    holder: str = "me"
    living: set[str] = field(default_factory=set)
    watched: tuple[Watched, ...] = ()
    written: dict[tuple[str, str], tuple[str, ...] | None] = field(default_factory=dict)
    """Who wrote a version since a commit, where it was not arno."""
    origin: dict[str, str] = field(default_factory=dict)
    """Why a version is not of the commit that its pipeline names."""
    everybody: tuple[str, ...] | None = ("arno", "bea")
    """Who wrote any of the application's branch."""
    told_commit: str = ""
    """The commit that pipelines name, where it is not a version's own."""
    told_place: str = ""
    """Where pipelines say that images are, where that is not their place."""
    told_registry: str = "r:5000"
    """The same of the registry that an image is in."""
    told_chart: tuple[str, str] | None = None
    """Registry and repository of a chart, where pipelines say another place than its own."""
    told_image: str = ""
    """The digest of the image that charts name, where that is not the one that pipelines tell."""
    before: str = ""
    """Tasks of the releases that are made from now on."""

    def __post_init__(self) -> None:
        self.ledger = CountedLedger(gated=frozenset({"staging", "production"}))
        self.ledger.effects = Effects()
        self.cluster = Cluster()
        self.releases = CountedReleases(self.cluster)
        self.releases.effects = Effects()
        self.registry = Registry()
        self.charts = Charts()
        self.copies: list[str] = []
        self.said: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self.opened = 0
        self.anchors: list[tuple[str, str]] = []
        self.signed: set[str] | None = None
        self.workspace = Workspace(self.root)

    @property
    def platform(self) -> Platform:
        return examples.platform(
            images=Images(registry="r:5000"),
            charts=ChartPlace(repository="oci://r:5000/charts"),
            environments=(
                examples.DEV,
                examples.environment("staging", after="dev"),
                replace(examples.environment("production", after="staging"), **self.production),
            ),
        )

    def environment(self, name: str) -> Environment:
        found = self.platform.environment(name)
        assert found
        return found

    def around(self) -> Around:
        return Around(
            platform=self.platform,
            commit="p" * 40,
            ledger=self.ledger,
            clock=self.clock,
            copy=self._copy,
            images=self.registry,
            charts=lambda _: self.registry,
            signed=None if self.signed is None else lambda ref: ref.digest in (self.signed or ()),
            archives=self.charts,
            workspace=self.workspace,
            receipts=Receipts(),
            releases=self.releases,
            cluster=self.cluster,
            objects=self.cluster.things,
            survey=None,
            watch=self._watch,
            commits=self._commits,
            anchor=lambda target, made: self.anchors.append((target.namespace, made.commit)),
            holder=self.holder,
            alive=lambda holder: holder in self.living,
            timeout=10,
            say=self.said.append,
        )

    def clock(self, zones: Iterable[str]) -> Clock:
        del zones
        return Clock(self.now, {"UTC": UTC})

    def release(self, version: str, name: str = "orders", calls: Sequence[str] = (), **texts: str) -> None:
        """Push and publish a version, and record it as its pipeline does; it is verified in dev."""
        folder = self.root / f"chart-{name}-{version}"
        folder.mkdir(parents=True)
        image = self.registry.store(ImageRef("r:5000", f"payments/{name}", version), {"image": version})
        own = {
            "image": {"digest": self.told_image or image},
            "before": {"migrate": ["x"]} if self.before else {},
        }
        for path, text in {
            "Chart.yaml": f"name: {name}\nversion: {version}\n",
            "values.yaml": json.dumps(own),
            **texts,
        }.items():
            (folder / path).write_text(text)
        archive = self.charts.package(folder, {}, "{}", self.root, name, root=self.root)
        place = ImageRef("r:5000", f"charts/payments/{name}", version)
        chart = self.registry.publish_chart(place, archive, {})
        descriptor = APP.replace("orders", name) + (
            f"before: {{migrate: [{self.before}]}}\n" if self.before else ""
        )
        descriptor += f"calls: [{', '.join(calls)}]\n" if calls else ""
        details = {
            "commit": self.told_commit or digest(version)[7:47],
            "image": {"registry": self.told_registry, "repository": self.told_place or f"payments/{name}"},
            "chart": {
                "registry": (self.told_chart or (place.registry,))[0],
                "repository": (self.told_chart or ("", place.repository))[1],
                "archive": digest(archive.read_bytes()),
            },
            "descriptor": {"text": descriptor},
        }
        found = Digests(image=image, chart=chart, descriptor=digest(descriptor))
        for kind, where in (("released", ""), ("deployed", "dev"), ("verified", "dev")):
            self.write(
                PIPELINE,
                Event(
                    kind=kind,  # type: ignore[arg-type]
                    team="payments",
                    name=name,
                    version=version,
                    environment=where,
                    digests=found,
                    at=self.now,
                    details=details if kind == "released" else {},
                ),
            )

    def release_all(self, version: str) -> None:
        """The same, of each application of the set."""
        for name, calls in CALLS.items():
            self.release(version, name, calls)

    def write(self, writer: Writer, *events: Event) -> None:
        """Somebody writes, which is no effect of ours."""
        self.ledger.as_writer = writer
        kept, self.ledger.effects = self.ledger.effects, Effects()
        self.ledger.add(*events)
        self.ledger.effects = kept

    def promote(
        self, version: str = "", to: str = "staging", writer: Writer = RITA, **request: Any
    ) -> tuple[Did, ...]:
        """Promote as that person."""
        return self._as(
            writer,
            lambda: promotion.promote(
                self.around(), "payments", "orders", version, self.environment(to), Request(**request)
            )[1],
        )

    def together(
        self,
        *members: tuple[str, str],
        to: str = "staging",
        writer: Writer = RITA,
        take_back: bool = False,
        name: str = "checkout",
        **request: Any,
    ) -> bring.Brought:
        """Promote a set as that person."""
        chosen, found = self.set_of(*members, name=name), list[bring.Brought]()

        def act() -> tuple[Did, ...]:
            where, asked = self.environment(to), Request(**request)
            found.append(bring.promote(self.around(), chosen, where, asked, take_back=take_back))
            return found[0].did

        self._as(writer, act)
        return found[0]

    def set_of(self, *members: tuple[str, str], name: str = "checkout") -> ReleaseSet:
        """A set of these applications of the team at these versions."""
        rows = tuple(Member(name=each, version=version, team="payments") for each, version in members)
        return ReleaseSet(name=name, members=rows)

    def runs(self, name: str, environment: str = "staging") -> str:
        """The version that an environment has by the ledger."""
        there = living(self.ledger.history(branch_of("payments", name)), environment)
        return there.event.version if there else ""

    def plan(self, version: str = "", to: str = "staging", **request: Any) -> promotion.Planned:
        """What promoting would do."""
        return promotion.plan(
            self.around(), "payments", "orders", version, self.environment(to), Request(**request)
        )

    def rollback(self, env: str = "staging", to: str = "", *, tasks: bool = False) -> tuple[Did, ...]:
        """Go back."""
        return self._as(
            RITA,
            lambda: backwards.rollback(
                self.around(), "payments", "orders", self.environment(env), to, "slow", tasks=tasks
            )[1],
        )

    def stop(self, kind: str, **fields: Any) -> None:
        """A freeze on the platform's branch."""
        self.write(person("ann"), Event(kind=kind, at=self.now, **fields))  # type: ignore[arg-type]

    def outrun(self) -> None:
        """Ann takes up what was left, just before we say that we do."""
        left = self.ledger.history(BRANCH).entries[-1]
        self.living.add("other")

        def quicker(_: object) -> None:
            taken = {**left.event.details, "holder": "other", "takes": left.commit}
            self.write(person("ann"), replace(left.event, details=taken))

        self.ledger.meddler = quicker

    def kinds(self, environment: str = "staging") -> list[str]:
        """What the application's branch says of an environment."""
        events = self.ledger.history(BRANCH).events
        return [each.kind for each in events if each.environment == environment]

    def ends(self) -> tuple[list[Any], list[Any], list[Any]]:
        """How everything stands, but for what only counts tries: revisions, commits, and who took it up."""
        records = self.cluster.records.values()
        runs = [record.values for each in records for record in [each[max(each)]]]
        told = [
            (each.kind, each.version, each.environment, each.reason)
            for branch in (BRANCH, PLATFORM)
            for each in self.ledger.history(branch).events
            if "takes" not in each.details
        ]
        return runs, told, sorted(self.registry.tags.items())

    def _as(self, writer: Writer, act: Callable[[], tuple[Did, ...]]) -> tuple[Did, ...]:
        self.ledger.as_writer = writer
        self.ledger.effects = self.releases.effects = self.effects
        return act()

    def _copy(self, ref: ImageRef, to: ImageRef) -> None:
        self.effects(f"copy {to}")
        manifest = self.registry.manifests[ref.registry, ref.repository, ref.digest]
        self.registry.store(to, manifest)
        self.copies.append(str(to))

    @contextmanager
    def _commits(self, release: Release) -> Iterator[Commits]:
        self.opened += 1
        yield Commits(self, release)

    def _watch(self, watch: Watch, target: Target, seconds: int) -> tuple[Watched, ...]:
        del watch, target, seconds
        return self.watched
