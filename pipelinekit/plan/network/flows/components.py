"""The flows of a component, and the pods behind what it offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

from pipelinekit.model.network.ends import Outside, Pod
from pipelinekit.model.network.flows import UNCLEAR, Finding, Flow
from pipelinekit.model.network.policies import Selector
from pipelinekit.model.network.ports import NONE, Ports
from pipelinekit.model.rollout.component import ANYBODY, APPLICATIONS, INGRESS, Component, Offer
from pipelinekit.plan.network.flows import declared
from pipelinekit.plan.network.flows.declared import Ground, staying
from pipelinekit.plan.network.rendered.assembly import INGRESS as GATE
from pipelinekit.plan.network.rendered.assembly import MONITORING, api_server, formed

Object = Mapping[str, Any]

KUBELET = 10250
"""Where a node tells its metrics."""
SLICE_OF = "kubernetes.io/service-name"
"""The label by which an EndpointSlice says whose it is."""


class Parts:
    """The components that are on, with the Services that their charts render."""

    def __init__(
        self, components: Sequence[Component], services: Mapping[str, Sequence[Object]], ground: Ground
    ) -> None:
        self.known = {each.name: each for each in components}
        self.services = services
        self.ground = ground

    def flows(self) -> Iterator[Flow]:
        """Those of all of them."""
        for each in self.known.values():
            yield from self._flows(each)

    def unclear(self) -> Iterator[Finding]:
        """What is declared and leads nowhere: offers without pods, names of ports that no pod has, calls that
        nobody accepts."""
        for each in self.known.values():
            for offer in each.offers:
                yield from self._unclear_offer(each, offer)
            for call in each.flows.calls:
                callee = self.known.get(call.component)
                wanted = callee.offer(call.offer) if callee else None
                if callee and wanted and not accepts(callee, each.name, wanted):
                    yield Finding(
                        code=UNCLEAR,
                        caller=each.name,
                        server=callee.name,
                        ports=self.target(callee, wanted),
                        layers=(f"{each.name} calls {call}, and {callee.name} does not accept it",),
                        hint=f"accepts: [{each.name}] in {callee.name}'s component.yaml, or no such call",
                    )

    def _unclear_offer(self, component: Component, offer: Offer) -> Iterator[Finding]:
        if self._elsewhere(component, offer.service):
            # Whoever it is runs outside: callers have it among their `reaches`.
            return
        pods = self.behind(component, offer)
        what = f"offer '{offer.name}'"
        if not pods:
            layer = f"{what}: no pod of {component.name} is behind Service {offer.service}"
            hint = "name the Service that the chart renders, or its pods' labels under `pods`"
        elif not all(_target(offer, each) for each in pods):
            has = sorted({f"{one.name} ({one.protocol})" for each in pods for one in each.ports if one.name})
            layer = f"{what}: no {offer.protocol} port '{offer.target}' in {pods[0].origin}"
            hint = f"its named ports are {', '.join(has) or 'none'}: mend `target`, or the chart"
        else:
            return
        yield Finding(
            code=UNCLEAR, caller="anybody", server=component.name, ports=NONE, layers=(layer,), hint=hint
        )

    # --- offers -----------------------------------------------------------------------------------

    def _elsewhere(self, component: Component, service: str) -> bool:
        named = _spec(self._service(component, service)).get("type") == "ExternalName"
        return named or any(self._slices(component, service))

    def _slices(self, component: Component, service: str) -> Iterator[Object]:
        """What the chart itself says of who is behind a Service."""
        for each in self.services.get(component.name, ()):
            with formed(each):
                labels = (each.get("metadata") or {}).get("labels") or {}
                if each.get("kind") == "EndpointSlice" and labels.get(SLICE_OF) == service:
                    yield each

    def outside(self, component: Component, offer: Offer) -> list[tuple[Outside, Ports]]:
        """The addresses outside of the cluster that are behind an offer, so far as the chart names them."""
        found: list[tuple[Outside, Ports]] = []
        spec = _spec(self._service(component, offer.service))
        for each in self._slices(component, offer.service):
            with formed(each):
                names = {one.get("name") for one in spec.get("ports") or () if one["port"] == offer.port}
                listed = [one for one in each.get("ports") or () if one.get("name") in names]
                ports = Ports.union(Ports.one(one["port"], offer.protocol) for one in listed)
                # A name is nobody's way: what opens it is among the callers' `reaches`.
                for one in each["endpoints"] if each.get("addressType") != "FQDN" else ():
                    # A network, or a number, is no address: declared by one, all of it were open.
                    networks = tuple(str(ip_network(ip_address(str(text)))) for text in one["addresses"])
                    found.append(
                        (Outside(name=f"{component.name} at {networks[0]}", networks=networks), ports)
                    )
        return found

    def elsewhere(self) -> dict[str, list[tuple[Outside, Ports]]]:
        """By namespace: the ends outside at which its component accepts applications."""
        found: dict[str, list[tuple[Outside, Ports]]] = {}
        for each in self.known.values():
            for offer in each.offers:
                if accepts(each, APPLICATIONS, offer):
                    found.setdefault(each.namespace, []).extend(self.outside(each, offer))
        return found

    def behind(self, component: Component, offer: Offer) -> list[Pod]:
        """The pods behind an offer: those of its labels, else those that its Service selects."""
        own = list(staying(self.ground.owned.get(component.name, ())))
        labels = dict(offer.pods) or self._selected(component, offer.service)
        if not labels:
            return []
        selector = Selector(tuple(labels.items()))
        return [each for each in own if selector.selects(each.labels)]

    def _selected(self, component: Component, service: str) -> Mapping[str, str]:
        found = self._service(component, service)
        with formed(found):
            return {str(key): str(value) for key, value in (_spec(found).get("selector") or {}).items()}

    def _service(self, component: Component, name: str) -> Object:
        for each in self.services.get(component.name, ()):
            with formed(each):
                if each["kind"] == "Service" and (each.get("metadata") or {}).get("name") == name:
                    return each
        return {}

    def target(self, component: Component, offer: Offer) -> Ports:
        """The ports of the pods behind an offer."""
        return Ports.union(_target(offer, each) for each in self.behind(component, offer))

    def served(self, name: str) -> Iterator[tuple[Offer, Pod, Ports]]:
        """Each offer of a component with each pod behind it."""
        component = self.known[name]
        for offer in component.offers:
            for pod in self.behind(component, offer):
                yield offer, pod, _target(offer, pod)

    def accepting(self) -> dict[str, Ports]:
        """By the name of a pod: the ports at which its component accepts applications."""
        found: dict[str, Ports] = {}
        for component in self.known.values():
            for offer, pod, ports in self.served(component.name):
                if accepts(component, APPLICATIONS, offer):
                    found[pod.name] = found.get(pod.name, NONE) | ports
        return found

    # --- flows ------------------------------------------------------------------------------------

    def _flows(self, component: Component) -> Iterator[Flow]:
        name, flows, ground = component.name, component.flows, self.ground
        own = list(staying(ground.owned.get(name, ())))
        # Whose servers are outside has none here that tell of themselves, only Jobs.
        gone = any(self._elsewhere(component, each.service) for each in component.offers)
        yield from declared.names(name, ground, needed=bool(flows.calls))
        yield from declared.control(name, ground)
        yield from self._calls(component)
        yield from self._accepted(component)
        for peer in flows.peers:
            ports = Ports.one(peer.port, peer.protocol)
            for pod in own:
                yield Flow(caller=name, server=pod, ports=ports, why=f"peers of {name}")
        for scrape in flows.scrape:
            listening = [each for each in own if any(one.number == scrape.port for one in each.ports)]
            # A container need not say at which port it listens; what only ends does at none.
            for pod in listening or ([] if gone else [each for each in own if not each.job]):
                more = declared.SIDECAR_METRICS if pod.sidecar else NONE
                ports, why = Ports.one(scrape.port) | more, f"scrape of {name}"
                yield from declared.from_role(MONITORING, [pod], ports, why, ground)
        for offer in component.offers:
            for end, ports in self.outside(component, offer):
                yield Flow(caller=name, server=end, ports=ports, why=f"{name}'s own servers, outside")
        for text in flows.reaches:
            to, _, port = text.rpartition(":")
            yield declared.out(name, to.strip("[]"), int(port), ground)
        if flows.monitoring:
            for network in ground.cluster.grounds.nodes:
                nodes = Outside(name=f"nodes {network}", networks=(network,))
                why = f"monitoring of {name}"
                yield Flow(caller=name, server=nodes, ports=Ports.one(KUBELET), why=why)
        yield from self._api(component, own)

    def _api(self, component: Component, own: Sequence[Pod]) -> Iterator[Flow]:
        name, flows = component.name, component.flows
        for address in self.ground.cluster.grounds.api_servers:
            ports = Ports.one(int(address.rpartition(":")[2]))
            if flows.api_server:
                yield Flow(caller=name, server=api_server(address), ports=ports, why=f"apiServer of {name}")
        for port in flows.webhooks:
            for pod in own:
                if any(each.number == port for each in pod.ports):
                    yield Flow(
                        caller="(API server)", server=pod, ports=Ports.one(port), why=f"webhooks of {name}"
                    )

    def _calls(self, component: Component) -> Iterator[Flow]:
        for call in component.flows.calls:
            callee = self.known.get(call.component)
            offer = callee.offer(call.offer) if callee else None
            if callee is None or offer is None or not accepts(callee, component.name, offer):
                continue
            why = f"{component.name} calls {call}, {callee.name} accepts it"
            for pod in self.behind(callee, offer):
                yield Flow(caller=component.name, server=pod, ports=_target(offer, pod), why=why)
            for end, ports in self.outside(callee, offer):
                yield Flow(caller=component.name, server=end, ports=ports, why=why)

    def _accepted(self, component: Component) -> Iterator[Flow]:
        for offer, pod, ports in self.served(component.name):
            why = f"accepts of {component.name}"
            if accepts(component, APPLICATIONS, offer):
                yield Flow(caller=declared.APPLICATIONS, server=pod, ports=ports, why=why, needed=False)
            if accepts(component, ANYBODY, offer):
                yield Flow(caller=ANYBODY, server=pod, ports=ports, why=why)
            if accepts(component, INGRESS, offer):
                yield from declared.from_role(GATE, [pod], ports, why, self.ground)


def _spec(each: Object) -> Object:
    with formed(each):
        return dict(each.get("spec") or {})


def accepts(component: Component, caller: str, offer: Offer) -> bool:
    """Whether a component accepts a caller at an offer."""
    return bool({caller, f"{caller}:{offer.name}"} & set(component.flows.accepts))


def _target(offer: Offer, pod: Pod) -> Ports:
    if isinstance(offer.target, int):
        return Ports.one(offer.target, offer.protocol)
    return Ports.union(
        Ports.one(each.number, each.protocol)
        for each in pod.named(offer.target)
        if each.protocol == offer.protocol
    )
