"""Components and applications of the generator under names of their own, with a real cluster's addresses."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from pathlib import Path
from subprocess import run

from pipelinekit.model.network.ends import Grounds, Outside
from pipelinekit.plan.network.rendered.assembly import INGRESS, MONITORING, ROLE, SERVICE, Rendered
from pipelinekit.reading import needs
from pipelinekit.steps.network.closure import Closure
from tests.charts.helm import Helm
from tests.network import fleet, site
from tests.network.live import door

PORTS = (443, 8443)
"""Where somebody listens outside."""


@dataclass(frozen=True)
class Town:
    """What is rendered and declared, and the ends outside that somebody listens at."""

    closure: Closure
    outside: Sequence[tuple[Outside, str, int]]
    addresses: Sequence[str]
    """That the machine has while the town runs: one of the internet's, one of a company's."""

    def changed(self, rendered: Sequence[Rendered]) -> Closure:
        """The same declarations with other objects."""
        return replace(self.closure, rendered=rendered)


def town(helm: Helm, folder: Path, prefix: str, applications: int, seed: int, grounds: Grounds) -> Town:
    """Three components and so many applications, in namespaces that begin with the prefix."""
    apps = fleet.apps(seed, applications)
    teams = {f'"{each}-dev"': f'"{prefix}-{each}-dev"' for each in fleet.TEAMS}
    host, _, port = grounds.api_servers[0].rpartition(":")
    words = {
        **{f'"{each}"': f'"{prefix}-{each}"' for each in site.PORTS},
        '"192.0.2.1/32"': f'"{host}/32"',
        '"port": 6443': f'"port": {port}',
    }
    plain = site.closure()
    named = {
        f"{prefix}-postgres": {SERVICE: "sql"},
        f"{prefix}-cache": {SERVICE: "cache"},
        f"{prefix}-queue": {SERVICE: "queue"},
        f"{prefix}-ingress": {ROLE: INGRESS},
        f"{prefix}-monitoring": {ROLE: MONITORING},
    }
    cluster = replace(plain.platform.clusters[0], network=replace(grounds, namespaces=named))
    components = [
        needs.describe(_said(json.dumps(site.component(each)), words), each, f"{prefix}-{each}").component
        for each in site.DECLARED
    ]
    closure = replace(
        plain,
        platform=replace(plain.platform, clusters=(cluster,)),
        components=components,
        apps=apps,
        rendered=[
            *(_moved(each, words) for each in plain.rendered),
            *(_moved(each, teams) for each in fleet.rendered(helm, folder, apps)),
        ],
    )
    api = next(each for each in closure.cluster.outside if each.owner == "(API server)")
    # Others may run one at the same time.
    number = 100 + secrets.randbelow(150)
    addresses = (f"203.0.113.{number}", f"10.254.91.{number}")
    near = ((Outside(name=each, networks=(f"{each}/32",)), each, at) for each in addresses for at in PORTS)
    return Town(closure, [(api, host, int(port)), *near], addresses)


def _moved(release: Rendered, words: Mapping[str, str]) -> Rendered:
    objects = [(json.loads(_said(json.dumps(made), words)), source) for made, source in release.objects]
    owner, namespace = (_said(f'"{each}"', words).strip('"') for each in (release.owner, release.namespace))
    return replace(release, owner=owner, namespace=namespace, objects=objects)


def _said(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def grounds_of(pods: str, services: str, node: str, api_port: int) -> Grounds:
    """What a document says of a cluster of one node, whose own address lies between those of its pods."""
    own = IPv4Network(f"{node}/32")
    return Grounds(
        api_servers=(f"{node}:{api_port}",),
        nodes=(f"{node}/32",),
        pods=tuple(map(str, IPv4Network(pods).address_exclude(own))),
        services=(services,),
    )


@contextmanager
def neighbours(addresses: Sequence[str]) -> Iterator[None]:
    """The addresses outside, and somebody who listens there."""
    for each in addresses:
        run(["ip", "address", "add", f"{each}/32", "dev", "lo"], check=True)
    try:
        with door.listening([(each, port) for each in addresses for port in PORTS]):
            yield
    finally:
        for each in addresses:
            run(["ip", "address", "del", f"{each}/32", "dev", "lo"], check=True)
