"""The gate behind a component: the revision that was rolled out runs, and the component says so itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from pipelinekit.errors import Fault, ToolFailed, failed
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Component, Condition
from pipelinekit.model.rollout.part import Object, Old, Standing
from pipelinekit.plan.deploying import ending
from pipelinekit.plan.rollout import readiness
from pipelinekit.ports import Say
from pipelinekit.ports.rollout import Answers, Parts
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.records import dataclass

EVERY = 1.0
"""Seconds between two looks."""

Clock = Callable[[], float]
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A component's gate; `manifest` is that of the release there, `version` what the server must say."""

    component: Component
    target: Target
    manifest: str
    version: str
    parts: Parts
    answers: Answers
    ending: Collection[str] | None = None
    """The namespaces that are being deleted, where somebody has looked."""

    def look(self) -> Standing:
        """How the component stands now. Raises `ToolFailed` when the cluster does not answer."""
        manifest = read_manifest(self.manifest)
        wanted = readiness.workloads(manifest)
        there = readiness.standing(manifest, self.parts.there(self.target, wanted))
        # What goes, runs on for a while; what has gone is no pod's fault.
        if (there.ready or there.absent) and self._goes():
            return replace(there, reasons=(self.going[0],), going=True)
        if there.reasons:
            # What answers is then perhaps of the revision before.
            return there
        return replace(there, reasons=self._said(manifest))

    @property
    def going(self) -> tuple[str, str]:
        """That its namespace is being deleted, and what can be done."""
        return ending.of_namespace(self.target.namespace)

    def _goes(self) -> bool:
        known = self.parts.ending(self.target) if self.ending is None else self.ending
        return self.target.namespace in known

    def _said(self, manifest: Sequence[Object]) -> tuple[str, ...]:
        """What the component says against itself."""
        reasons = []
        for each in self.component.gates:
            if isinstance(each, Condition):
                reasons.append(readiness.fulfilled(each, self.answers.resource(self.target, each)))
            else:
                question = readiness.addressed(each, manifest)
                reasons.append(readiness.answered(question, self.answers.ask(self.target, question)))
        version = self.component.version
        if version:
            asked = replace(version, ask=readiness.addressed(version.ask, manifest))
            answer = self.answers.ask(self.target, asked.ask)
            reasons.append(readiness.says_version(asked, answer, asked.expected or self.version))
        return tuple(each for each in reasons if each)


def pass_through(
    gate: Gate, *, timeout: int, say: Say, clock: Clock = time.monotonic, sleep: Sleep = time.sleep
) -> bool:
    """Wait until the gate is open; whether pods had to be replaced for that.

    Pods that only their deletion replaces are deleted one by one, standbys first. Raises `ToolFailed` with
    what is still in the way after `timeout` seconds, and at once where the namespace goes.
    """
    until, told, replaced = clock() + timeout, "", False
    while True:
        there = gate.look()
        if there.ready:
            return replaced
        if there.going:
            raise failed("namespace-going", gate.going[0], hint=gate.going[1])
        if there.old and _replace(gate, there.old, until, say, clock, sleep):
            replaced = True
            continue
        if there.reasons[0] != told:
            told = there.reasons[0]
            say(told)
        if clock() > until:
            raise _late(gate, there.reasons, timeout)
        sleep(EVERY)


def _replace(gate: Gate, old: Sequence[Old], until: float, say: Say, clock: Clock, sleep: Sleep) -> bool:
    """Replace one old pod of each workload; whether any was. None goes while a new one is not ready."""
    replaced = False
    for each in old:
        pods = gate.parts.pods(gate.target, each.labels)
        if len(pods) < each.replicas:
            continue
        for pod in pods:
            if not readiness.is_old(pod, each.revision) and not readiness.is_ready(pod):
                # Somebody who was killed may have deleted it: a broken revision must not go on.
                _await_new(gate, each, pod["metadata"]["name"], until, say, clock, sleep)
        selectors = gate.component.replacing.leader
        leaders = [pod for one in selectors for pod in gate.parts.pods(gate.target, each.labels, one)]
        # Who leads may change with each: it is asked anew.
        for name in readiness.replaced_first(pods, leaders, each.revision)[:1]:
            role = " (the leader, last)" if name in {pod["metadata"]["name"] for pod in leaders} else ""
            say(f"pod {name} is of the revision before, and only its deletion replaces it{role}")
            gate.parts.delete_pod(gate.target, name)
            _await_new(gate, each, name, until, say, clock, sleep)
            replaced = True
    return replaced


def _await_new(gate: Gate, old: Old, name: str, until: float, say: Say, clock: Clock, sleep: Sleep) -> None:
    afterwards, told = gate.component.replacing.afterwards, False
    while True:
        pods = {each["metadata"]["name"]: each for each in gate.parts.pods(gate.target, old.labels)}
        pod = pods.get(name)
        if pod and not readiness.is_old(pod, old.revision):
            if readiness.is_ready(pod):
                return
            if afterwards and not told and (pod.get("status") or {}).get("phase") == "Running":
                told = True
                say(f"pod {name} waits for: {afterwards}")
        if clock() > until:
            hint = afterwards or f"{gate.target.kubectl} describe pod {name}"
            raise ToolFailed(Fault("not-ready", f"the new pod {name} is not ready", hint=hint))
        sleep(EVERY)


def _late(gate: Gate, reasons: Sequence[str], timeout: int) -> ToolFailed:
    where = f"{gate.target.kubectl} get pods"
    faults = [Fault("not-ready", each, hint=where) for each in reasons]
    faults[0] = replace(faults[0], problem=f"{reasons[0]} (waited {timeout} s)")
    return ToolFailed(*faults)
