"""A namespace for a moment, and pods in it that find out what no question tells."""

from __future__ import annotations

import contextlib
import json
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.running import process
from pipelinekit.model.ground.inspection import Object, Pull, Tried, Wants
from pipelinekit.model.release import Target
from pipelinekit.plan.moment import seconds_of
from pipelinekit.plan.preflight import probes

NODES = 20
"""So many nodes get a pod; of the others nothing is said."""
STALE = 900
"""Seconds after which a namespace is what a killed run left."""
REFUSED = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "RegistryUnavailable")
SURE = 3
"""So many answers in a row count: one may be lost."""
SETTLING = 30
"""Seconds that a network has for a policy."""


class Trial:
    """One attempt; `deny` is the policy that it tries."""

    def __init__(
        self, env: Mapping[str, str], target: Target, wants: Wants, *, deny: Object = probes.DENY
    ) -> None:
        self.env, self.wants, self.deny = env, wants, deny
        self.target = replace(target, namespace=f"pipelinekit-preflight-{uuid4().hex[:8]}")
        self.until = time.monotonic() + wants.timeout

    def run(self) -> Tried:
        """Make the namespace, look, and take it away again, whatever happens."""
        self._tidy()
        before = time.time()
        try:
            made = self._do("create", "--output", "json", given=[probes.namespace(self.target.namespace)])
            if made.code:
                return Tried(problem=made.reason())
            found = answers.document(self.target.context, made.out)["metadata"].get("creationTimestamp")
            if not isinstance(found, str):
                raise answers.not_kubernetes(self.target.context, made.out[:80])
            born = seconds_of(found)
            return replace(self._tried(), skew=_apart(born, before, time.time()))
        finally:
            # Whoever presses Ctrl-C once more would leave it behind.
            with _undisturbed():
                self._do("delete", "namespace", self.target.namespace, "--wait=false", "--ignore-not-found")

    def _tried(self) -> Tried:
        image, nodes = self.wants.image, self._nodes()
        pods = [probes.server(image)]
        pods += [probes.on_node(at, each, image, self.wants.sysctls) for at, each in enumerate(nodes)]
        pods += [probes.pulling(at, each) for at, each in enumerate(self.wants.pulls)]
        made = self._do("create", given=[*probes.account(self.wants.login), *pods])
        if made.code:
            return Tried(problem=made.reason())
        pulls: dict[str, Pull] = {}
        there: dict[str, Object] = {}
        heard: dict[str, tuple[str, int]] = {}
        # A registry that does not answer would leave the network no time.
        self._settle(there, pulls, self.until - min(SETTLING, self.wants.timeout / 2))
        self._hear(nodes, there, heard)
        network = self._network(there.get(probes.SERVER), pulls.get(probes.SERVER, Pull(None)))
        self._settle(there, pulls, math.inf)
        self._hear(nodes, there, heard)
        return replace(
            network,
            nodes={name: heard.get(name, ("", 0))[0] for name in nodes},
            skews={name: skew for name, (_, skew) in heard.items()},
            pulls={each: pulls.get(f"pull-{at}", Pull(None)) for at, each in enumerate(self.wants.pulls)},
        )

    # --- the network ------------------------------------------------------------------------------

    def _network(self, server: Object | None, pulled: Pull) -> Tried:
        address = (server or {}).get("status", {}).get("podIP", "")
        if not address or not _runs(server):
            return Tried(unready=pulled.reason or f"{probes.SERVER} did not start in time")
        made = self._do("create", given=[probes.client(self.wants.image, address)])
        if made.code:
            return Tried(unready=made.reason())
        if not self._said("open", self.until):
            return Tried(open=False)
        denied = self._do("create", given=[self.deny])
        if denied.code:
            return Tried(open=True, unready=denied.reason())
        closed = self._said("closed", min(self.until, time.monotonic() + SETTLING))
        self._do("delete", "networkpolicy", self.deny["metadata"]["name"], "--wait=false")
        return Tried(open=True, closed=closed, again=closed and self._said("open", self.until))

    def _said(self, word: str, until: float) -> bool:
        """Whether the client says the word several times in a row before that moment."""

        def last() -> bool:
            done = self._do("logs", probes.CLIENT, f"--tail={SURE}")
            return done.out.split() == [word] * SURE

        return self._wait(last, until)

    # --- pods -------------------------------------------------------------------------------------

    def _settle(self, found: dict[str, Object], pulls: dict[str, Pull], enough: float) -> None:
        """Wait until no pod is on its way, from `enough` on only for the one that answers.

        `found` gets the pods, `pulls` what they say of their images.
        """

        def over() -> bool:
            done = self._do("get", "pods", "--output", "json")
            items = [] if done.code else answers.items(self.target.context, done.out)
            for pod in items:
                name = pod["metadata"]["name"]
                found[name] = pod
                # The first refusal has the reason, later ones that it is waited.
                known = pulls.get(name, Pull(None))
                pulls[name] = _pull(pod) if known.there is None else known
            if time.monotonic() > enough and _runs(found.get(probes.SERVER)):
                return True
            return bool(items) and all(
                pulls[name].there is False or _ended(pod) or _runs(pod) or _stuck(pod)
                for name, pod in found.items()
                if name != probes.CLIENT
            )

        self._wait(over, self.until)

    def _hear(
        self, nodes: Sequence[str], there: Mapping[str, Object], heard: dict[str, tuple[str, int]]
    ) -> None:
        """What pods on nodes have printed, and by how much those clocks differ; each once."""
        pods = {name: there.get(f"node-{at}") for at, name in enumerate(nodes) if name not in heard}
        ended = {name: pod for name, pod in pods.items() if pod and _ended(pod)}
        logs = {
            name: self._do("logs", str(pod["metadata"]["name"]), "--limit-bytes=20000").out
            for name, pod in ended.items()
        }
        now = time.time()
        heard.update({name: (log, _skew(ended[name], log, now)) for name, log in logs.items() if log})

    def _nodes(self) -> list[str]:
        done = self._do("get", "nodes", "--output", "json")
        items = [] if done.code else answers.items(self.target.context, done.out)
        return [str(each["metadata"]["name"]) for each in items if _ready(each)][:NODES]

    def _tidy(self) -> None:
        """Take away what a run left that was killed."""
        done = self._do("get", "namespaces", "--selector", f"{probes.MARK}=true", "--output", "json")
        for each in [] if done.code else answers.items(self.target.context, done.out):
            born = seconds_of(each["metadata"]["creationTimestamp"])
            if born and time.time() - born > STALE:
                self._do("delete", "namespace", each["metadata"]["name"], "--wait=false")

    def _wait(self, over: Callable[[], bool], until: float) -> bool:
        while not over():
            if time.monotonic() > until:
                return False
            time.sleep(0.5)
        return True

    def _do(self, *words: str, given: Sequence[Object] = ()) -> process.Completed:
        if not given:
            return kubectl.run(self.env, self.target, *words)
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(given)})
        if len(given) == 1:
            text = json.dumps(given[0])
        more = ("--validate=false", "--filename", "-")
        return kubectl.run(self.env, self.target, *words, *more, stdin=text)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C is not heard, by us and by what we start."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _status(pod: Object) -> Mapping[str, Any]:
    """The container's status, or nothing as long as there is none."""
    found: Sequence[Mapping[str, Any]] = pod.get("status", {}).get("containerStatuses") or [{}]
    return found[0]


def _runs(pod: Object | None) -> bool:
    return "running" in (_status(pod).get("state") or {}) if pod else False


def _ended(pod: Object) -> bool:
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")


def _stuck(pod: Object) -> bool:
    """Whether it has its image and still cannot start: that is enough to know of a pull."""
    reason = ((_status(pod).get("state") or {}).get("waiting") or {}).get("reason", "")
    return reason not in ("", "ContainerCreating", "PodInitializing") and reason not in REFUSED


def _pull(pod: Object) -> Pull:
    waiting = (_status(pod).get("state") or {}).get("waiting") or {}
    if waiting.get("reason") in REFUSED:
        return Pull(False, str(waiting.get("message") or waiting["reason"]))
    return (
        Pull(True) if _runs(pod) or _status(pod).get("imageID") or _stuck(pod) or _began(pod) else Pull(None)
    )


def _began(pod: Object) -> bool:
    return "terminated" in (_status(pod).get("state") or {})


def _ready(node: Object) -> bool:
    conditions = node["status"].get("conditions") or ()
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _skew(pod: Object, log: str, now: float) -> int:
    """How far a node's clock is away from where it can be: after its pod was made, before it was read."""
    told = next((line.split()[1] for line in log.splitlines() if line.startswith("time ")), "")
    made = seconds_of(pod["metadata"]["creationTimestamp"])
    return _apart(int(told), made, now) or 0 if told.isdigit() and made else 0


def _apart(moment: int | None, first: float, last: float) -> int | None:
    """The seconds that a moment is after `last`, or (less than 0) before `first`."""
    if moment is None:
        return None
    if moment < math.floor(first):
        return moment - math.floor(first)
    return max(0, moment - math.ceil(last))
