"""What Istio's proxies let in, by identity: AuthorizationPolicy, and PeerAuthentication by port.

A proxy decides about TCP alone, and about nothing that does not go through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipelinekit.model.network.cluster import Cluster, Opened
from pipelinekit.model.network.ends import End, Outside, Pod
from pipelinekit.model.network.mesh import (
    DISABLE,
    PERMISSIVE,
    ROOT,
    STRICT,
    UNSET,
    AuthorizationPolicy,
    MeshRule,
    PeerAuthentication,
    Source,
)
from pipelinekit.model.network.ports import ALL, HIGHEST, NONE, Ports

OWN = (15008, 15020, 15021, 15090)
"""The proxy's own ports: no policy of the mesh is asked there."""
_TCP = Ports.of(("TCP", 1, HIGHEST))
_PAST = ALL - _TCP


class Proxies:
    """The mesh of a cluster, asked pair by pair."""

    def __init__(self, cluster: Cluster) -> None:
        self.mesh = cluster.mesh
        self._authorized: dict[int, tuple[AuthorizationPolicy, ...]] = {}

    def admits(self, caller: End, server: Pod) -> Opened:
        """The ports of `server` that its proxy lets the caller's identity in at; all where it has none."""
        if not server.sidecar:
            return Opened(ALL, ALL)
        past = _PAST | Ports.union(Ports.one(each) for each in (*OWN, *server.past))
        through = ALL - past
        sure = possible = NONE
        for ports, mode in self._modes(server):
            principal = self._principal(caller) if mode != DISABLE else ""
            if mode == STRICT and not principal:
                continue
            allowed = self._allowed(server, principal)
            sure, possible = sure | (ports & allowed.sure), possible | (ports & allowed.possible)
        return Opened(past | (through & sure), past | (through & possible))

    def _principal(self, caller: End) -> str:
        if isinstance(caller, Outside) or not caller.sidecar:
            return ""
        return f"{self.mesh.trust_domain}/ns/{caller.namespace}/sa/{caller.account}"

    # --- who ------------------------------------------------------------------------------------

    def authorizations(self, server: Pod) -> tuple[AuthorizationPolicy, ...]:
        """The AuthorizationPolicies that a pod's proxy is told."""
        if id(server) not in self._authorized:
            self._authorized[id(server)] = tuple(
                each for each in self.mesh.authorizations if _is_for(each, server)
            )
        return self._authorized[id(server)]

    def _allowed(self, server: Pod, principal: str) -> Opened:
        policies = self.authorizations(server)
        denied = _matched([each for each in policies if each.action == "DENY"], principal)
        allowing = [each for each in policies if each.action == "ALLOW"]
        allowed = _matched(allowing, principal) if allowing else Opened(ALL, ALL)
        return Opened(allowed.sure - denied.possible, allowed.possible - denied.sure)

    # --- how ------------------------------------------------------------------------------------

    def _modes(self, server: Pod) -> Iterator[tuple[Ports, str]]:
        """Ports that are alike, and what is asked of who calls them."""
        if server.gateway:
            yield ALL, PERMISSIVE
            return
        own = self.authentications(server)
        mode = next((each.mode for each in own if each.mode != UNSET), PERMISSIVE)
        rest = ALL
        for policy in own:
            # Without a selector Istio does not look at ports.
            for port, special in policy.ports.items() if policy.pods is not None else ():
                rest = rest - Ports.one(port)
                yield Ports.one(port), mode if special == UNSET else special
        yield rest, mode

    def authentications(self, server: Pod) -> list[PeerAuthentication]:
        """Those that hold for a pod, the nearest first: its own, its namespace's, the mesh's."""
        mine = [each for each in self.mesh.authentications if _is_for(each, server)]
        return sorted(mine, key=lambda each: (each.pods is None, each.namespace != server.namespace))


def _is_for(policy: AuthorizationPolicy | PeerAuthentication, server: Pod) -> bool:
    if policy.namespace not in (server.namespace, ROOT):
        return False
    return policy.pods is None or policy.pods.selects(server.labels)


def _matched(policies: Sequence[AuthorizationPolicy], principal: str) -> Opened:
    """The ports at which a rule means the identity: `sure` where nothing else is asked of a request.

    In a rule that allows, what is asked of HTTP does not make it unsure: that much of the flow is open.
    """
    sure, possible = [], []
    for policy in policies:
        for rule in policy.rules:
            for ports, certain in _rule(rule, principal, http=policy.action == "ALLOW"):
                possible.append(ports)
                if certain:
                    sure.append(ports)
    return Opened(Ports.union(sure), Ports.union(possible))


def _rule(rule: MeshRule, principal: str, *, http: bool) -> Iterable[tuple[Ports, bool]]:
    sources = [
        each for each in (rule.sources if rule.sources is not None else (Source(),)) if _is(each, principal)
    ]
    if not sources:
        return
    certain = not rule.further and any(not each.further for each in sources)
    if rule.operations is None:
        yield ALL, certain
        return
    for each in rule.operations:
        yield each.ports, certain and (http or not each.http)


def _is(source: Source, principal: str) -> bool:
    namespace = principal.partition("/ns/")[2].partition("/")[0]
    return source.principals.fits(principal) and source.namespaces.fits(namespace)
