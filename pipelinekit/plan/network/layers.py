"""Which layer closes a flow, or opens it: by which object, and what to change there."""

from __future__ import annotations

from collections.abc import Iterator

from pipelinekit.model.network.cluster import Opened
from pipelinekit.model.network.ends import End, Outside, Pod
from pipelinekit.model.network.mesh import STRICT
from pipelinekit.model.network.policies import EGRESS, INGRESS
from pipelinekit.model.network.ports import NONE, Ports
from pipelinekit.plan.network.mesh import Proxies
from pipelinekit.plan.network.semantics import EVERYTHING, Match, Semantics, ports_of


class Layers:
    """The layers between two ends: the caller's way out, the server's way in, the server's proxy."""

    def __init__(self, semantics: Semantics, proxies: Proxies) -> None:
        self.semantics = semantics
        self.proxies = proxies

    def opened(self, caller: End, server: End) -> Opened:
        """What all of them leave open together."""
        opened = EVERYTHING
        for _, each in self.each(caller, server):
            opened = opened & each
            if not opened.possible:
                # What one layer closes whole, no other one opens.
                break
        return opened

    def each(self, caller: End, server: End) -> Iterator[tuple[str, Opened]]:
        """One by one; an end outside has none of its own."""
        if isinstance(caller, Pod):
            yield EGRESS, self.semantics.side(caller, EGRESS, server, server)
        if isinstance(server, Pod):
            yield INGRESS, self.semantics.side(server, INGRESS, caller, server)
            if server.sidecar:
                yield "mesh", self.proxies.admits(caller, server)

    # --- why --------------------------------------------------------------------------------------

    def closing(self, caller: End, server: End, ports: Ports) -> list[str]:
        """A line for each layer that closes some of the ports."""
        found = []
        for layer, opened in self.each(caller, server):
            closed = ports - opened.sure
            if closed:
                if closed & opened.possible == closed:
                    word, why = "is open at times or for some addresses alone,", self._why_open
                else:
                    word, why = "is closed:", self._why_closed
                found.append(f"{layer}: {closed} {word} {why(layer, caller, server, closed)}")
        return found

    def opening(self, caller: End, server: End, ports: Ports) -> list[str]:
        """A line for each layer: what of it opens the ports."""
        lines = []
        for layer, _ in self.each(caller, server):
            lines.append(f"{layer}: open, {self._why_open(layer, caller, server, ports)}")
        return lines

    def _why_closed(self, layer: str, caller: End, server: End, ports: Ports) -> str:
        if layer == "mesh" and isinstance(server, Pod):
            return self._refusing(caller, server, ports)
        at, other = (caller, server) if layer == EGRESS else (server, caller)
        if isinstance(at, Outside):
            return ""
        moments = self.semantics.chosen(at, layer)
        policies = {each.origin: each for moment in moments for each in moment}
        told = list(policies)
        text = f"{_list(told)} of {at.name} names no such port for it"
        if isinstance(server, Pod):
            for each in self.semantics.misnamed(list(policies.values()), layer, other, server):
                has = f"has it as {_list(list(each.others))}" if each.others else "has no port of that name"
                there = server.origin or server.name
                text += f"; {each.policy} opens '{each.name}' ({each.protocol}), and {there} {has}"
        return text

    def _refusing(self, caller: End, server: Pod, ports: Ports) -> str:
        strict = [each.origin for each in self.proxies.authentications(server)]
        policies = [each.origin for each in self.proxies.authorizations(server)]
        if not (isinstance(caller, Pod) and caller.sidecar):
            reason = f"the caller has no sidecar, and so no identity ({STRICT} or a principal is asked for)"
            return f"{_list([*strict, *policies])}: {reason}"
        identity = f"{caller.namespace}/{caller.account}"
        return f"{_list(policies)} names neither its identity {identity} nor everybody, at {ports}"

    def _why_open(self, layer: str, caller: End, server: End, ports: Ports) -> str:
        if layer == "mesh" and isinstance(server, Pod):
            policies = [each.origin for each in self.proxies.authorizations(server)]
            return f"by {_list(policies)}" if policies else "no AuthorizationPolicy selects it"
        at, other = (caller, server) if layer == EGRESS else (server, caller)
        if isinstance(at, Outside):
            return ""
        found = [
            policy.origin
            for moment in self.semantics.chosen(at, layer)
            for policy in moment
            for rule in policy.rules(layer)
            if self.semantics.match(rule, policy.namespace, other) is not Match.NO
            and ports_of(rule.ports, server) & ports != NONE
        ]
        if not all(self.semantics.chosen(at, layer)):
            return "no policy selects it" + (" ahead of its own release" if at.hook else "")
        return f"by {_list(found)}"


def _list(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
