"""The proof: each declared flow is open on both ends, and no other is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipelinekit.errors import refused
from pipelinekit.model.network.cluster import Cluster
from pipelinekit.model.network.ends import End, Outside, Pod
from pipelinekit.model.network.flows import CLOSED, OPEN, UNDECIDED, Finding, Flow, Proof
from pipelinekit.model.network.policies import EGRESS, INGRESS, NetworkPolicy
from pipelinekit.model.network.ports import ALL, NONE, Ports
from pipelinekit.model.rollout.component import ANYBODY
from pipelinekit.plan.network import addresses
from pipelinekit.plan.network.flows.declared import APPLICATIONS
from pipelinekit.plan.network.layers import Layers
from pipelinekit.plan.network.mesh import Proxies
from pipelinekit.plan.network.people import People
from pipelinekit.plan.network.rendered.assembly import ROLE, STRANGER
from pipelinekit.plan.network.semantics import Semantics

_EVERYWHERE = addresses.networks(("0.0.0.0/0", "::/0"))
ON_NODE = "has the node's network: not decidable by pod policies, which see the node and not the pod"


def require_grounds(cluster: Cluster) -> None:
    """Raise `Refused` where policies speak of addresses and nobody has said which are the pods'."""
    blocks = [
        policy.origin
        for policy in cluster.policies
        for rule in (*policy.ingress, *policy.egress)
        if any(peer.cidr for peer in rule.peers or ())
    ]
    if blocks and not cluster.grounds.pods:
        raise refused(
            "network-unsaid",
            f"{blocks[0]} opens addresses, and nobody has said which of them are pods'",
            hint="name them in platform.yaml: clusters[].network.pods, and apiServers, nodes, services",
        )


class Prover:
    """A cluster and what is declared of it."""

    def __init__(self, cluster: Cluster, flows: Iterable[Flow]) -> None:
        require_grounds(cluster)
        self.cluster = cluster
        self.semantics = Semantics(cluster)
        self.layers = Layers(self.semantics, Proxies(cluster))
        self.people = People(cluster)
        self.flows = tuple(flows)
        self._owned: dict[str, list[Pod]] = {}
        self._homes: dict[str, set[str]] = {}
        for each in cluster.pods:
            self._owned.setdefault(each.owner, []).append(each)
            if each.owner != STRANGER:
                self._homes.setdefault(each.namespace, set()).add(each.owner)
        self._declared: dict[tuple[str, str], Ports] = {}
        self._roles: dict[tuple[str, str], Ports] = {}
        self._outward: dict[str, list[tuple[addresses.Addresses, Ports]]] = {}
        for flow in self.flows:
            key = (flow.caller, flow.server.name)
            self._declared[key] = self._declared.get(key, NONE) | flow.ports
            if flow.role:
                key = (flow.role, flow.server.name)
                self._roles[key] = self._roles.get(key, NONE) | flow.ports
            if isinstance(flow.server, Outside):
                there = addresses.networks(flow.server.networks, flow.server.excepted)
                self._outward.setdefault(flow.caller, []).append((there, flow.ports))

    def prove(self) -> Proof:
        """Everything that is not as declared."""
        findings = [*self._closed(), *self._opened()]
        notes = [
            Finding(
                code=UNDECIDED,
                caller=ANYBODY,
                server=each.name,
                ports=ALL,
                layers=(f"{each.origin} {ON_NODE}",),
            )
            for each in self.cluster.pods
            if each.host_network
        ]
        ours = sum(1 for each in self.cluster.pods if not _foreign(each))
        return Proof(findings=tuple(findings), notes=tuple(notes), flows=len(self.flows), pods=ours)

    # --- declared, and closed ---------------------------------------------------------------------

    def _closed(self) -> Iterator[Finding]:
        for flow in self.flows:
            for caller in self.callers(flow) if flow.needed and flow.ports else ():
                if _on_node(caller) or _on_node(flow.server):
                    continue
                missing = flow.ports - self.layers.opened(caller, flow.server).sure
                if missing:
                    yield Finding(
                        code=CLOSED,
                        caller=caller.name,
                        server=flow.server.name,
                        ports=missing,
                        layers=(f"declared: {flow.why}", *self.layers.closing(caller, flow.server, missing)),
                        hint="open it there, for that port of the container and that protocol",
                    )

    def callers(self, flow: Flow) -> Sequence[End]:
        """The ends that a flow begins at."""
        if flow.caller == ANYBODY:
            return self._owned.get(STRANGER, ())[:1]
        outside = [each for each in self.cluster.outside if each.owner == flow.caller]
        return outside or self._owned.get(flow.caller, ())

    # --- open, and not declared -------------------------------------------------------------------

    def _opened(self) -> Iterator[Finding]:
        strangers = [number for number, each in enumerate(self.cluster.pods) if each.owner == STRANGER]
        for server in self.cluster.pods:
            if server.host_network:
                continue
            if not _foreign(server):
                yield from self._into(server, strangers)
                yield from self._blocks(server, INGRESS)
                yield from self._blocks(server, EGRESS)
            else:
                yield from self._to_foreign(server)

    def _into(self, server: Pod, strangers: Sequence[int]) -> Iterator[Finding]:
        """Whom a pod lets in; where that is everybody, one stranger stands for them all."""
        meant: set[int] = set()
        everybody = False
        for policies in self.semantics.chosen(server, INGRESS):
            found, open_to_all = self.people.let_in(policies, INGRESS) if policies else (set(), True)
            meant |= found
            everybody = everybody or open_to_all
        told = NONE
        if everybody:
            anybody = list(self._undeclared(server, strangers[:1]))
            told = Ports.union(each.ports for each in anybody)
            yield from anybody
        yield from self._undeclared(server, sorted(meant), told)

    def _undeclared(self, server: Pod, callers: Iterable[int], told: Ports = NONE) -> Iterator[Finding]:
        for number in callers:
            caller = self.cluster.pods[number]
            if caller.host_network:
                continue
            extra = self.layers.opened(caller, server).possible - self.declared(caller, server) - told
            if extra:
                yield self._open(caller, server, extra)

    def _to_foreign(self, server: Pod) -> Iterator[Finding]:
        """What the ways out of our own pods open towards somebody whose policies nobody knows."""
        if server.owner == STRANGER and server.namespace != "(elsewhere)":
            return
        for caller in self.cluster.pods:
            if _foreign(caller) or caller.host_network or not self.semantics.isolated(caller, EGRESS):
                continue
            extra = self.layers.opened(caller, server).possible - self.declared(caller, server)
            if extra:
                yield self._open(caller, server, extra)

    def _open(self, caller: Pod, server: Pod, extra: Ports) -> Finding:
        name = ANYBODY if caller.name.startswith("(elsewhere)/") else caller.name
        there = ANYBODY if server.owner == STRANGER else server.name
        return Finding(
            code=OPEN,
            caller=name,
            server=there,
            ports=extra,
            layers=("nobody declares it", *self.layers.opening(caller, server, extra)),
            hint=self._hint(caller, server),
        )

    def _hint(self, caller: Pod, server: Pod) -> str:
        if _foreign(server):
            return f"narrow the policy of {caller.owner} that opens it"
        if not self.semantics.isolated(server, INGRESS):
            return _closing(server)
        if caller.owner == server.owner:
            return f"narrow the policies of {server.owner}, or declare it (`peers` of a component)"
        if _foreign(caller):
            return f"narrow the policy of {server.owner} that opens it"
        return f"narrow the policy, or declare it: `calls` of {caller.owner} and `accepts` of {server.owner}"

    def declared(self, caller: Pod, server: End) -> Ports:
        """The ports that are declared between two ends."""
        found = self._declared.get((caller.owner, server.name), NONE)
        if isinstance(server, Outside):
            there = addresses.networks(server.networks, server.excepted)
            known = self._outward.get(caller.owner, ())
            return Ports.union(ports for each, ports in known if not addresses.minus(there, each))
        if caller.owner == STRANGER:
            found = self._of_namespace(caller.namespace, server)
        if "/" in caller.owner:
            found = found | self._declared.get((APPLICATIONS, server.name), NONE)
        return found | self._declared.get((ANYBODY, server.name), NONE)

    def _of_namespace(self, namespace: str, server: End) -> Ports:
        """What is declared of whoever is in a namespace: its role, and the component that is alone there."""
        role = self.cluster.labels_of(namespace).get(ROLE, "")
        owners = self._homes.get(namespace, set())
        alone = next(iter(owners)) if len(owners) == 1 else ""
        own = (
            NONE if "/" in alone or alone.startswith("(") else self._declared.get((alone, server.name), NONE)
        )
        return own | self._roles.get((role, server.name), NONE)

    # --- addresses --------------------------------------------------------------------------------

    def _blocks(self, pod: Pod, way: str) -> Iterator[Finding]:
        """Addresses that are no pods', opened by a rule and declared by nobody."""
        moments = self.semantics.chosen(pod, way)
        if not all(moments):
            if way == EGRESS:
                layer = f"{way}: open, no policy selects it"
                yield Finding(
                    code=OPEN,
                    caller=pod.name,
                    server=ANYBODY,
                    ports=ALL,
                    layers=("nobody declares it", layer),
                    hint=_closing(pod),
                )
            return
        for policy in dict.fromkeys(each for moment in moments for each in moment):
            yield from self._of_policy(pod, policy, way)

    def _of_policy(self, pod: Pod, policy: NetworkPolicy, way: str) -> Iterator[Finding]:
        for rule in policy.rules(way):
            ports = rule.ports.numbered if rule.ports else ALL
            for peer in rule.peers or ():
                if not peer.cidr or not ports:
                    continue
                block = addresses.block(peer.cidr, peer.excepted)
                left = addresses.minus(block, addresses.networks(self.cluster.grounds.pods))
                for known, allowed in self._known(pod, way):
                    if not ports - allowed:
                        left = addresses.minus(left, known)
                if left:
                    there = addresses.text(left)
                    yield Finding(
                        code=OPEN,
                        caller=pod.name if way == EGRESS else there,
                        server=there if way == EGRESS else pod.name,
                        ports=ports,
                        layers=("nobody declares it", f"{way}: open, by {policy.origin}"),
                        hint=f"narrow {peer.cidr} there, or declare it (`reaches`, `apiServer`, `webhooks`)",
                    )

    def _known(self, pod: Pod, way: str) -> Iterator[tuple[addresses.Addresses, Ports]]:
        if way == EGRESS:
            yield from self._outward.get(pod.owner, ())
            return
        yield _EVERYWHERE, self._declared.get((ANYBODY, pod.name), NONE)
        for each in self.cluster.outside:
            yield addresses.networks(each.networks), self._declared.get((each.owner, pod.name), NONE)


def _foreign(pod: Pod) -> bool:
    return pod.owner.startswith("(") or not pod.owner


def _on_node(end: End) -> bool:
    return isinstance(end, Pod) and end.host_network


def _closing(pod: Pod) -> str:
    return f"a policy that selects {pod.origin}, with policyTypes [Ingress, Egress]"
