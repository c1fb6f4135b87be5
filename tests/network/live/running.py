"""Rendered objects on a real cluster: their own policies, Services and labels, with pods that only listen.

Each workload becomes one pod with its template's labels, account and ports; what runs in it answers at these
ports and at some that nobody declares. Everything is in namespaces that begin with one prefix.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from subprocess import CompletedProcess
from typing import Any

from pipelinekit.model.network.ends import TEST, End, Outside, Pod
from pipelinekit.plan.network.proof import Prover
from pipelinekit.plan.network.rendered.assembly import STRANGER, Rendered
from tests.network.live import pods
from tests.network.live.programs import ASK
from tests.network.live.questions import Question
from tests.real.kube import Kube, eventually

Object = dict[str, Any]

KEPT = ("NetworkPolicy", "Service", "ServiceAccount")
PATIENCE = 40.0
"""Seconds until a network has to have followed a change of policies, on a machine that does other things."""
_AT_ONCE = 4


@dataclass
class Live:
    """A cluster that was rendered, as it runs. `outside` are addresses with a listener each, and its port."""

    env: Mapping[str, str]
    image: str
    prefix: str
    rendered: Sequence[Rendered]
    prover: Prover
    outside: Sequence[tuple[Outside, str, int]] = ()
    addresses: dict[str, str] = field(default_factory=dict)
    """By the name of an end: where it is."""

    def listening(self, pod: Pod) -> list[tuple[str, int]]:
        """Protocols and ports that a pod answers at."""
        return pods.listening(pod, self.rendered, self.prover.flows)

    @cached_property
    def kube(self) -> Kube:
        """The cluster; objects say their namespace themselves."""
        return Kube(self.env, "default")

    @cached_property
    def pods(self) -> dict[str, Pod]:
        """The ends that run here, by the name of their pod and its namespace: `namespace/pod`.

        Of strangers and of tests one each is enough: no declaration is about a single one of them.
        """
        found: dict[str, Pod] = {}
        seen: set[str] = set()
        for each in self.prover.cluster.pods:
            kind = _kind(each)
            if kind in seen:
                continue
            home = f"{self.prefix}-elsewhere" if each.namespace == "(elsewhere)" else each.namespace
            if home.startswith(self.prefix):
                found[f"{home}/{_dns(each.name.partition('/')[2])}"] = each
                seen |= {kind} - {""}
        return found

    # --- up and down ------------------------------------------------------------------------------

    def start(self) -> None:
        """Everything applied, and every pod ready."""
        labels = self.prover.cluster.namespaces
        homes = sorted({each.partition("/")[0] for each in self.pods})
        self._apply([_namespace(each, labels.get(each, {})) for each in homes])
        self.apply(self.rendered)
        made = [
            pods.pod(name, pod, self.listening(pod), self.image, self.rendered)
            for name, pod in self.pods.items()
        ]
        # A namespace has its account a moment after it is there, and takes no pod before.
        assert eventually(lambda: self._attempt(made).returncode == 0), self._attempt(made).stderr
        for home in homes:
            ready = ("wait", "--for=condition=Ready", "pod", "--all", "--timeout=240s")
            self.kube.run("kubectl", "--namespace", home, *ready, timeout=300)
        for each in self._listed("pods"):
            place = f"{each['metadata']['namespace']}/{each['metadata']['name']}"
            if place in self.pods:
                self.addresses[self.pods[place].name] = each["status"]["podIP"]
            elif each["metadata"]["labels"].get("k8s-app") == "kube-dns":
                self.addresses["kube-system/kube-dns"] = each["status"]["podIP"]

    def apply(self, rendered: Sequence[Rendered], kinds: Sequence[str] = KEPT) -> None:
        """The objects of these kinds, in the namespaces that they are rendered for."""
        made = [
            {**each, "metadata": {**each["metadata"], "namespace": pods.home_of(each, release)}}
            for release in rendered
            for each, _ in release.objects
            if each["kind"] in kinds
        ]
        self._apply(made)

    def _apply(self, made: Sequence[Object]) -> None:
        done = self._attempt(made)
        assert done.returncode == 0, done.stderr

    def _attempt(self, made: Sequence[Object]) -> CompletedProcess[str]:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(made)})
        return self.kube.attempt("kubectl", "apply", "-f", "-", stdin=text)

    def open_all(self) -> None:
        """Take every policy away."""
        for home in sorted({each.partition("/")[0] for each in self.pods}):
            self.kube.run("kubectl", "--namespace", home, "delete", "networkpolicies", "--all")

    def stop(self) -> None:
        """Our namespaces away, without waiting for it."""
        names = self.kube.kubectl("get", "namespaces", "--output", "name").split()
        mine = [each for each in names if each.startswith(f"namespace/{self.prefix}")]
        if mine:
            self.kube.kubectl("delete", "--wait=false", *mine)

    def _listed(self, kind: str) -> list[Object]:
        text = self.kube.kubectl("get", kind, "--all-namespaces", "--output", "json")
        items: list[Object] = json.loads(text)["items"]
        return [
            each
            for each in items
            if each["metadata"]["namespace"].startswith(self.prefix)
            or each["metadata"]["namespace"] == "kube-system"
        ]

    # --- questions --------------------------------------------------------------------------------

    def questions(self) -> Iterator[Question]:
        """From each pod to each end, at each port that something listens on; Services besides."""
        servers: list[tuple[End, str, list[tuple[str, int]]]] = [
            (each, self.addresses[each.name], self.listening(each))
            for each in self.prover.cluster.pods
            if each.name in self.addresses
        ]
        servers += [(end, host, [("TCP", port)]) for end, host, port in self.outside]
        for caller in self.pods.values():
            for server, host, listening in servers:
                for protocol, port in listening if server is not caller else ():
                    yield Question(
                        caller=caller, server=server, port=port, protocol=protocol, host=host, at=port
                    )
            for server, host, port, at in self._services:
                if server is not caller:
                    yield Question(caller=caller, server=server, port=port, protocol="TCP", host=host, at=at)

    @cached_property
    def _services(self) -> list[tuple[Pod, str, int, int]]:
        """Each port of each Service with one pod behind it: the pod, the address, its port, the Service's."""
        found = []
        for each in self._listed("services"):
            home, spec = each["metadata"]["namespace"], each["spec"]
            wanted = (spec.get("selector") or {}).items()
            behind = [
                pod for pod in self.pods.values() if pod.namespace == home and wanted <= pod.labels.items()
            ]
            if len(behind) != 1 or not wanted or spec.get("clusterIP") == "None":
                continue
            for port in spec["ports"]:
                target = port.get("targetPort", port["port"])
                numbers = (
                    [target] if isinstance(target, int) else [one.number for one in behind[0].named(target)]
                )
                found += [(behind[0], spec["clusterIP"], number, port["port"]) for number in numbers]
        return found

    def asked(self, questions: Sequence[Question]) -> dict[Question, bool]:
        """What the network says; one question after the other from each pod, some pods at a time."""
        by_caller: dict[str, list[Question]] = {}
        for each in questions:
            by_caller.setdefault(each.caller.name, []).append(each)
        places = {pod.name: place for place, pod in self.pods.items()}

        def ask(name: str) -> list[tuple[Question, bool]]:
            home, _, own = places[name].partition("/")
            mine = by_caller[name]
            told = json.dumps([(each.host, each.at, each.protocol) for each in mine])
            words = ("kubectl", "-n", home, "exec", "-i", own, "--", "python", "-S", "-c", ASK)
            answers = json.loads(self.kube.run(*words, stdin=told))
            return [(each, bool(one)) for each, one in zip(mine, answers, strict=True)]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return dict(each for found in pool.map(ask, by_caller) for each in found)

    def _unlike(self, expected: Mapping[Question, bool]) -> dict[Question, bool]:
        """Those that are answered otherwise."""
        answers = self.asked(list(expected))
        return {each: wanted for each, wanted in expected.items() if answers[each] != wanted}

    def settle(self, expected: Mapping[Question, bool], patience: float = PATIENCE) -> list[str]:
        """Ask, and ask again until all is as expected or patience ends: what still is not."""
        left = self._unlike(expected)
        until = time.monotonic() + patience
        while left and time.monotonic() < until:
            left = self._unlike(left)
        return [
            f"{each}: {'closed, not open' if wanted else 'open, not closed'}" for each, wanted in left.items()
        ]


def _namespace(name: str, labels: Mapping[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}}


def _kind(pod: Pod) -> str:
    if pod.owner == STRANGER:
        return f"{STRANGER} {pod.namespace == '(elsewhere)'}"
    return pod.hook if pod.hook == TEST else ""


def _dns(name: str) -> str:
    return name.replace("(", "as-").replace(")", "").replace(".", "-")
