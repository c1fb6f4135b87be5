"""What releases render, to one cluster; with stand-ins for what the platform does not run itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import Any

from pipelinekit.errors import failed
from pipelinekit.model.network.cluster import Cluster
from pipelinekit.model.network.ends import ContainerPort, Grounds, Outside, Pod
from pipelinekit.model.network.mesh import AuthorizationPolicy, Mesh, PeerAuthentication
from pipelinekit.model.network.policies import NetworkPolicy
from pipelinekit.plan.network.rendered.identities import read_authentication, read_authorization
from pipelinekit.plan.network.rendered.policies import is_policy, read_policy
from pipelinekit.plan.network.rendered.workloads import pods_of, require_no_ambient
from pipelinekit.records import dataclass

Object = Mapping[str, Any]

ROLE, SERVICE = "pipelinekit.dev/role", "pipelinekit.dev/service"
"""Labels of namespaces: what somebody in it is to all others."""
INGRESS, MONITORING = "ingress", "monitoring"
STRANGER = "(stranger)"
DNS = "kube-system/kube-dns"
_KUBE_SYSTEM = "kube-system"
_USUAL = {INGRESS: "istio-ingress", MONITORING: "monitoring"}
"""The namespaces that generated charts take for these where nobody says another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One release's objects, each with the file that it was rendered from; `owner` is whose they are."""

    owner: str
    release: str
    namespace: str
    objects: Sequence[tuple[Object, str]]


def cluster_of(
    rendered: Sequence[Rendered],
    namespaces: Mapping[str, Mapping[str, str]],
    grounds: Grounds,
    kinds: Iterable[str] = (),
) -> Cluster:
    """Everything rendered as one cluster. `namespaces` are labels that somebody gives them besides.

    `kinds` are the backing services that somebody asks for. Raises `Refused` for an ambient mesh, and for
    objects about which nothing can be proven; `ToolFailed` for those that no API server would take.
    """
    labels = _labels(rendered, namespaces, grounds)
    for name, said in labels.items():
        require_no_ambient(f"namespace {name}", said)
    read = _Read()
    for each in rendered:
        read.add(each, labels)
    pods = read.pods
    for pod in pods:
        labels.setdefault(pod.namespace, {})
    stand_ins = list(_stand_ins(labels, pods, kinds))
    for pod in stand_ins:
        labels.setdefault(pod.namespace, {})
    strangers = [
        Pod(name=f"{each}/{STRANGER}", namespace=each, owner=STRANGER) for each in ("(elsewhere)", *labels)
    ]
    return Cluster(
        pods=(*pods, *stand_ins, *strangers),
        outside=tuple(_outside(grounds)),
        namespaces=labels,
        policies=tuple(read.policies),
        mesh=Mesh(authorizations=tuple(read.authorizations), authentications=tuple(read.authentications)),
        grounds=grounds,
    )


@dataclass
class _Read:
    """What releases say, each asked once for its objects: many are made anew whenever they are."""

    pods: list[Pod] = field(default_factory=list)
    policies: list[NetworkPolicy] = field(default_factory=list)
    authorizations: list[AuthorizationPolicy] = field(default_factory=list)
    authentications: list[PeerAuthentication] = field(default_factory=list)

    def add(self, release: Rendered, labels: Mapping[str, Mapping[str, str]]) -> None:
        home = release.namespace
        for made, source in release.objects:
            with formed(made, source):
                self.pods += pods_of([made], home, release.owner, release.release, labels)
                if is_policy(made, source):
                    self.policies.append(read_policy(made, home, release.release, source))
                if "istio.io/" not in str(made.get("apiVersion")):
                    continue
                if made.get("kind") == "AuthorizationPolicy":
                    self.authorizations.append(read_authorization(made, home))
                if made.get("kind") == "PeerAuthentication":
                    self.authentications.append(read_authentication(made, home))


@contextmanager
def formed(made: Object, source: str = "") -> Iterator[None]:
    """Raise `ToolFailed` where an object has a text for a mapping, or the like."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        where = f"{made.get('kind')} ({source})" if source else f"a {made.get('kind')}"
        hint = "mend what renders it; `kubectl apply --dry-run=server` says more"
        raise failed("object-invalid", f"{where}: no API server takes its form", hint=hint) from error


def _labels(
    rendered: Sequence[Rendered], given: Mapping[str, Mapping[str, str]], grounds: Grounds
) -> dict[str, dict[str, str]]:
    labels = {name: dict(each) for name, each in given.items()}
    for name, each in grounds.namespaces.items():
        labels.setdefault(name, {}).update(each)
    for release in rendered:
        for made, source in release.objects:
            if made.get("kind") == "Namespace":
                with formed(made, source):
                    about = made.get("metadata") or {}
                    said = {str(key): str(value) for key, value in (about.get("labels") or {}).items()}
                    labels.setdefault(str(about.get("name")), {}).update(said)
    return labels


def _stand_ins(labels: dict[str, dict[str, str]], pods: Sequence[Pod], kinds: Iterable[str]) -> Iterator[Pod]:
    """A pod for each role that somebody has to have and no pod here does."""
    there = {each.namespace for each in pods}
    wanted = [(ROLE, role, _USUAL[role]) for role in (INGRESS, MONITORING)]
    wanted += [(SERVICE, kind, f"({kind})") for kind in sorted(set(kinds))]
    for key, value, usual in wanted:
        named = [name for name, each in labels.items() if each.get(key) == value] or [usual]
        for name in named:
            labels.setdefault(name, {})[key] = value
        if there & set(named):
            continue
        for name in named:
            yield Pod(name=f"{name}/({value})", namespace=name, owner=f"({value})", sidecar=key == ROLE)
    if not any(each.namespace == _KUBE_SYSTEM and each.labels.get("k8s-app") == "kube-dns" for each in pods):
        ports = tuple(ContainerPort(name="dns", number=53, protocol=each) for each in ("UDP", "TCP"))
        yield Pod(
            name=DNS, namespace=_KUBE_SYSTEM, labels={"k8s-app": "kube-dns"}, owner="(dns)", ports=ports
        )


def _outside(grounds: Grounds) -> Iterator[Outside]:
    for each in grounds.api_servers:
        yield api_server(each)


def api_server(address: str) -> Outside:
    """The end that an address of an API server, `10.0.0.5:6443`, is."""
    host, _, _ = address.rpartition(":")
    host = host.strip("[]")
    return Outside(
        name=f"API server {address}",
        networks=(f"{host}/{128 if ':' in host else 32}",),
        owner="(API server)",
    )
