"""A component as the line takes it: the same plan as an application's, without an image of its own."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipelinekit.model.app import INTERNET, App, Build
from pipelinekit.model.platform.document import ComponentEntry, Environment, Platform
from pipelinekit.model.platform.network import PRIVATE
from pipelinekit.model.pointer import MISSING, at
from pipelinekit.model.release import ImageRef, Key, ReleasePlan, Revision, Target
from pipelinekit.model.rollout.component import Component

TEAM = "platform"
"""Whose charts they are in the chart repository."""
POLICIES = "-policies"
"""How the release of a component's policies is called after it."""
CHART, VERSION, SERVER = "pipelinekit.dev/chart", "pipelinekit.dev/version", "pipelinekit.dev/app-version"
"""Keys among the global values: what a release was made from, so that another one differs."""
MARKS = (CHART, VERSION, SERVER)


def release_plan(
    name: str, platform: Platform, chart: str, version: str, *, document: bytes, content: str
) -> ReleasePlan:
    """The plan of a component's release; `chart` is the chart's own name, `content` a digest of the chart."""
    descriptor = "sha256:" + hashlib.sha256(document).hexdigest()
    place = platform.charts.place_of(TEAM, chart)
    where = hashlib.sha256("\n".join(place).encode()).hexdigest()
    return ReleasePlan(
        app=App(name=name, team=TEAM, build=Build(language="dockerfile"), processes={}),
        platform=platform,
        revision=Revision(tree=content, dirty=False),
        key=Key(content, descriptor, f"sha256:{where}"),
        version=version,
        image=ImageRef("", ""),
        chart=ImageRef(*place, version),
        chart_folder="",
    )


def target_of(component: Component, platform: Platform, environment: Environment, suffix: str = "") -> Target:
    """Where a component is: the environment names the cluster, the component the namespace."""
    return Target(
        name=component.name + suffix,
        environment=environment,
        namespace=component.namespace,
        context=platform.cluster_of(environment).context,
    )


def marks(chart_digest: str, version: str, server: str) -> str:
    """The values text that goes on top: what the release is made from."""
    return json.dumps({"global": {CHART: chart_digest, VERSION: version, SERVER: server}})


def text(values: Mapping[str, object]) -> str:
    """One spelling of values, for a digest."""
    return json.dumps(values, sort_keys=True)


def server_of(component: Component, values: Mapping[str, object], about: Mapping[str, object]) -> str:
    """The version of the server that a chart runs: what its values say where the component points to, else
    the appVersion of its Chart.yaml, which is `about`."""
    named = at(values, component.version.value) if component.version and component.version.value else MISSING
    return str(named if isinstance(named, str | int | float) else about.get("appVersion", ""))


def marked(values: Mapping[str, object], key: str) -> str:
    """What an installed release's values say there, or empty."""
    given: Any = values.get("global")
    return str(given.get(key, "")) if isinstance(given, Mapping) else ""


def scrapes(components: Iterable[Component]) -> list[dict[str, object]]:
    """Whom a component with `monitoring` asks: each port with metrics that is declared."""
    return [
        {"name": each.name, "namespace": each.namespace, "port": one.port, "path": one.path}
        for each in components
        for one in each.flows.scrape
    ]


def reaches(entry: ComponentEntry, platform: Platform) -> list[dict[str, object]]:
    """The ways out that the platform opens to a component, as a policy says them: blocks and a port."""
    inside = (*PRIVATE, *(platform.network.inside if platform.network else ()))
    told: list[dict[str, object]] = []
    for each in entry.reaches:
        to, _, port = each.rpartition(":")
        if to == INTERNET:
            blocks = [
                {"cidr": block, "except": [one for one in inside if (":" in one) == (":" in block)]}
                for block in ("0.0.0.0/0", "::/0")
            ]
        else:
            blocks = [{"cidr": str(ipaddress.ip_network(to.strip("[]"), strict=False)), "except": []}]
        told.append({"blocks": blocks, "port": int(port)})
    return told


def cluster_grounds(component: Component, platform: Platform, environment: Environment) -> dict[str, object]:
    """What policies are told of a cluster: addresses, which no label says."""
    said = platform.cluster_of(environment).network
    told: dict[str, object] = {"apiServers": list(said.api_servers)} if said and said.api_servers else {}
    return told | ({"nodes": list(said.nodes if said else ())} if component.flows.monitoring else {})


_NUMBERS = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")


def numbers(version: str) -> tuple[int, int, int] | None:
    """A version's three numbers, or None for what has none."""
    match = _NUMBERS.match(version)
    return (int(match[1]), int(match[2] or 0), int(match[3] or 0)) if match else None


def path_fault(component: Component, installed: str, wanted: str) -> str:
    """Why there is no way from the installed version to the wanted one, with the next step; or empty."""
    before, after = numbers(installed), numbers(wanted)
    if component.steps == "any" or before is None or after is None or before == after:
        return ""
    counted = 1 if component.steps == "major" else 2
    if after < before:
        lost = bool(component.data) and after[:counted] != before[:counted]
        return f"{component.name} {installed} holds data that {wanted} may not read" if lost else ""
    if after[0] > before[0] + 1:
        return f"{component.name} {installed} must not skip major {before[0] + 1}: go to it before {wanted}"
    if component.steps == "minor" and after[0] == before[0] and after[1] > before[1] + 1:
        step = f"{before[0]}.{before[1] + 1}"
        return f"{component.name} {installed} must not skip {step}: go to it before {wanted}"
    return ""
