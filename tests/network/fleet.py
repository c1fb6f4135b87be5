"""Applications that call each other, made by a seed; and their clusters as their charts render them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import chart as chart_generator
from pipelinekit.model.app import App, Process, Reach, Service
from pipelinekit.model.network.cluster import Cluster
from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.network.flows import Flow
from pipelinekit.model.platform.document import Environment, Platform, Registration
from pipelinekit.plan.network.flows.applications import Applications
from pipelinekit.plan.network.flows.declared import Ground
from pipelinekit.plan.network.rendered.assembly import Rendered, cluster_of
from pipelinekit.plan.release import peers_of, target_of
from pipelinekit.reading.chart.manifest import read_manifest_with_sources
from pipelinekit.render import render
from tests import examples
from tests.charts.helm import Helm
from tests.charts.test_family import GIVEN
from tests.golden import trees
from tests.network.worlds import GROUNDS

DEV = Environment(name="dev", cluster="nonprod", namespace="{team}-dev")
TEAMS = ("pay", "ship", "web")
KINDS = ("sql", "cache", "queue")
_NAMES = (
    "orders",
    "stock",
    "shop",
    "desk",
    "till",
    "mail",
    "search",
    "rates",
    "tax",
    "users",
    "carts",
    "prices",
    "labels",
    "returns",
    "audit",
    "media",
    "quotes",
    "routes",
    "slots",
    "loyalty",
)


def apps(seed: int, count: int = 20) -> list[App]:
    """Applications of three teams: calls that are accepted, at main and named ports, and all that opens."""
    chance = random.Random(seed)  # noqa: S311 - a seed is the point
    names = _NAMES[:count]
    titles = {name: f"{chance.choice(TEAMS)}/{name}" for name in names}
    ports = {name: chance.random() < 0.5 for name in names}
    calls: dict[str, list[str]] = {name: [] for name in names}
    accepts: dict[str, list[str]] = {name: [] for name in names}
    for caller in names:
        for callee in chance.sample([each for each in names if each != caller], chance.randint(0, 3)):
            suffix = ":admin" if ports[callee] and chance.random() < 0.5 else ""
            calls[caller].append(titles[callee] + suffix)
            accepts[callee].append(titles[caller] + suffix)
    return [_app(chance, titles[name], ports[name], calls[name], accepts[name]) for name in names]


def _app(chance: random.Random, title: str, admin: bool, calls: list[str], accepts: list[str]) -> App:
    team, _, name = title.partition("/")
    number = chance.randint(3000, 3099)
    more = {"admin": 9000} if admin else {}
    if chance.random() < 0.5:
        more["metrics"] = 9100
    processes = {
        "web": Process(
            name="web",
            port=number,
            ports=more,
            metrics="/metrics" if "metrics" in more else "",
            host=f"{name}.example.com" if chance.random() < 0.4 else "",
        )
    }
    if chance.random() < 0.4:
        processes["worker"] = Process(name="worker", port=chance.choice([None, 3200]))
    return examples.app(
        name,
        team,
        processes=processes,
        before={"migrate": ("x",)} if chance.random() < 0.3 else {},
        services=tuple(Service(type=each, name=each) for each in KINDS if chance.random() < 0.3),
        reaches=(Reach(to="internet", port=443),) if chance.random() < 0.3 else (),
        calls=tuple(calls),
        accepts=tuple(accepts),
    )


def platform_of(applications: Sequence[App]) -> Platform:
    """The platform that they are registered in."""
    return examples.platform(
        environments=(DEV,),
        applications=tuple(
            Registration(name=each.name, team=each.team, repository=f"https://git.example.com/{each.name}")
            for each in applications
        ),
    )


def rendered(helm: Helm, folder: Path, applications: Sequence[App], *, mesh: bool = False) -> list[Rendered]:
    """Each one's chart, as a deployment renders it."""
    platform = platform_of(applications)
    found = []
    for app in applications:
        place = folder / app.team / app.name
        trees.rewrite(place, render(chart_generator.plan(app, examples.site()), templates()))
        target = target_of(app, platform, DEV)
        values = {**GIVEN, "peers": peers_of(app, platform, DEV), "mesh": {"enabled": mesh}}
        words = ("template", app.name, str(place / "charts" / app.name), "--namespace", target.namespace)
        said = helm.run(*words, values=values)
        assert said.code == 0, said.err
        found.append(
            Rendered(
                owner=f"{app.team}/{app.name}",
                release=app.name,
                namespace=target.namespace,
                objects=read_manifest_with_sources(said.out),
            )
        )
    return found


def world(
    releases: Sequence[Rendered], applications: Sequence[App], grounds: Grounds = GROUNDS
) -> tuple[Cluster, tuple[Flow, ...]]:
    """The cluster that they make, and what is declared of it."""
    kinds = {each.type for app in applications for each in app.services}
    cluster = cluster_of(releases, {}, grounds, kinds)
    return cluster, tuple(Applications(applications, "dev", Ground.of(cluster)).flows())
