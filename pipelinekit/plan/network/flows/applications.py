"""The flows of applications, as their descriptors declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from pipelinekit.model.app import METRICS, WEB, App, Process, partner_of
from pipelinekit.model.network.ends import End, Pod
from pipelinekit.model.network.flows import Flow
from pipelinekit.model.network.ports import NONE, Ports
from pipelinekit.model.platform.network import SERVICE_PORTS
from pipelinekit.plan.network.flows import declared
from pipelinekit.plan.network.flows.declared import Ground
from pipelinekit.plan.network.rendered.assembly import INGRESS, MONITORING, SERVICE

COMPONENT = "app.kubernetes.io/component"
VAULT, VAULT_PORT = "vault", 8200


class Applications:
    """Registered applications in one environment, with the pods that their charts make."""

    def __init__(
        self,
        apps: Sequence[App],
        environment: str,
        ground: Ground,
        services: Mapping[str, Sequence[int]] | None = None,
        vault: str = "",
        accepting: Mapping[str, Ports] | None = None,
        elsewhere: Mapping[str, Sequence[tuple[End, Ports]]] | None = None,
    ) -> None:
        self.apps = {f"{each.team}/{each.name}": each for each in apps}
        self.by_name: dict[str, list[str]] = {}
        for title, each in self.apps.items():
            self.by_name.setdefault(each.name, []).append(title)
        self.environment = environment
        self.ground = ground
        self.services = {**SERVICE_PORTS, **(services or {})}
        self.vault = vault
        self.accepting = accepting or {}
        """By the name of a component's pod: the ports at which it accepts applications."""
        self.elsewhere = elsewhere or {}
        """By namespace: the ends outside at which its component accepts them."""

    def flows(self) -> Iterator[Flow]:
        """Those of all of them."""
        for title, app in self.apps.items():
            yield from self._flows(title, app)

    def _flows(self, title: str, app: App) -> Iterator[Flow]:
        ground = self.ground
        yield from declared.among(title, ground)
        yield from declared.names(title, ground, needed=True)
        yield from declared.control(title, ground)
        for word in app.calls:
            yield from self._called(title, word)
        for process in app.processes_in(self.environment).values():
            yield from self._offered(title, process)
        for kind in dict.fromkeys(each.type for each in app.services):
            ports = Ports.union(Ports.one(each) for each in self.services.get(kind, ()))
            yield from self._to_service(title, kind, ports)
        if self.vault and _uses_vault(app, self.environment):
            ports = Ports.one(_port_of(self.vault)) | Ports.one(VAULT_PORT)
            yield from self._to_service(title, VAULT, ports)
        for reach in app.reaches_in(self.environment):
            yield declared.out(title, reach.to, reach.port, ground)

    def resolve(self, word: str) -> tuple[str, ...]:
        """The titles of the applications that a word of `calls` or `accepts` names."""
        name, _ = partner_of(word)
        if "/" in name:
            return (name,) if name in self.apps else ()
        return tuple(self.by_name.get(name, ()))

    def _called(self, title: str, word: str) -> Iterator[Flow]:
        port = partner_of(word)[1]
        for callee in self.resolve(word):
            app = self.apps[callee]
            accepted = any(
                partner_of(each)[1] == port and title in self.resolve(each) for each in app.accepts
            )
            if not accepted:
                continue
            for name, process in app.processes_in(self.environment).items():
                number = process.ports.get(port) if port else (process.port if name == WEB else None)
                if number:
                    why = f"{title} calls {word}, {callee} accepts it"
                    for pod in self._pods(callee, name):
                        yield Flow(caller=title, server=pod, ports=Ports.one(number), why=why)

    def _offered(self, title: str, process: Process) -> Iterator[Flow]:
        pods = self._pods(title, process.name)
        if process.host and process.port:
            why = f"run.expose of {title}"
            yield from declared.from_role(INGRESS, pods, Ports.one(process.port), why, self.ground)
        scraped = process.ports.get(METRICS) or (process.port if process.metrics else None)
        if scraped:
            for pod in pods:
                more = declared.SIDECAR_METRICS if pod.sidecar else NONE
                ports, why = Ports.one(scraped) | more, f"run.metrics of {title}"
                yield from declared.from_role(MONITORING, [pod], ports, why, self.ground)

    def _to_service(self, title: str, kind: str, ports: Ports) -> Iterator[Flow]:
        """The way out is open to the whole namespace; what is behind it decides what it lets in."""
        for pod in self.ground.labelled(SERVICE, kind):
            open_there = ports if pod.owner.startswith("(") else ports & self.accepting.get(pod.name, NONE)
            yield Flow(caller=title, server=pod, ports=open_there, why=f"services of {title}: {kind}")
        for name, labels in self.ground.cluster.namespaces.items():
            for end, there in self.elsewhere.get(name, ()) if labels.get(SERVICE) == kind else ():
                yield Flow(caller=title, server=end, ports=there, why=f"services of {title}: {kind}, outside")

    def _pods(self, title: str, process: str) -> list[Pod]:
        return [
            each
            for each in self.ground.owned.get(title, ())
            if not each.hook and each.labels.get(COMPONENT, process) == process
        ]


def _uses_vault(app: App, environment: str) -> bool:
    processes = app.processes_in(environment).values()
    return any(one.kind == VAULT for each in processes for one in each.secrets.values())


def _port_of(address: str) -> int:
    there = urlsplit(address)
    return there.port or (80 if there.scheme == "http" else 443)
