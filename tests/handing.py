"""The world of a controller's upgrade, in memory: Jobs with their notes and pods, and running builds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.handover import Handover, Kind, Standing
from pipelinekit.model.rollout.part import DEPLOYED, FAILED, Outcome
from pipelinekit.plan.rollout import handover as plan

Object = Mapping[str, Any]

NAME = plan.name_of("store")
GIVEN = Handover(
    component="store",
    namespace="stores",
    environment="dev",
    image="r:5000/agent:1",
    content=b"archive",
    digest="sha256:one",
    mark="1",
    wait=60,
    timeout=60,
)


def outcome(text: str = "2.0.0 runs in stores", **fields: Any) -> dict[str, str]:
    """The note of one."""
    made = Outcome(component="store", text=text, **{"state": DEPLOYED, **fields})
    return {plan.OUTCOME: plan.written(made, "put-back" if made.state == FAILED else "")}


@dataclass
class Jobs:
    """Jobs by their name. `turns` are what happens in the cluster between two looks at one, in turn."""

    there: dict[str, Standing] = field(default_factory=dict)
    around: list[Object] = field(default_factory=list)
    pods: dict[str, list[str]] = field(default_factory=dict)
    turns: list[Callable[[], None]] = field(default_factory=list)
    rival: Callable[[], None] | None = None
    """What somebody else does at the very moment at which one is made."""
    away: int = 0
    """So many looks from now on get no answer."""
    made: int = 0
    given: list[str] = field(default_factory=list)
    """The ConfigMaps of what Jobs were given, earlier ones too."""
    untidy: str = ""
    """Why none of these can be deleted."""
    looks: int = 0
    known: dict[tuple[str, str], Kind] = field(default_factory=dict)

    def find(self, target: Target, name: str) -> Standing | None:
        del target
        if self.away:
            self.away -= 1
            raise failed("cluster-unreachable", "the cluster does not answer")
        found = self.there.get(name)
        if found and not found.ended:
            self.looks += 1
            assert self.looks < 100, "it is followed without an end"
        if found and not found.ended and self.turns:
            self.turns.pop(0)()
        return self.there.get(name)

    def kinds(self, target: Target, objects: Sequence[Object]) -> Mapping[tuple[str, str], Kind]:
        del target
        return {
            (each["apiVersion"], each["kind"]): self.known[each["apiVersion"], each["kind"]]
            for each in objects
        }

    def begin(self, target: Target, around: Sequence[Object], job: Object) -> bool:
        del target
        self.around = list(around)
        self.given += [each["metadata"]["name"] for each in around if each["kind"] == "ConfigMap"]
        rival, self.rival = self.rival, None
        if rival:
            rival()
            return False
        self.made += 1
        metadata = job["metadata"]
        self.put(metadata["name"], metadata["annotations"])
        return True

    def tidy(self, target: Target, component: str, payload: str) -> None:
        del target
        assert payload.startswith(component)
        if self.untidy:
            raise failed("cluster-denied", self.untidy)
        self.given = [each for each in self.given if each == payload]

    def clear(self, target: Target, payload: str) -> None:
        del target
        if self.untidy:
            raise failed("cluster-denied", self.untidy)
        self.given = [each for each in self.given if each != payload]

    def put(self, name: str, notes: Mapping[str, str]) -> None:
        """One that is at work."""
        self.there[name] = Standing(name=name, uid=str(len(self.there) + self.made), notes=dict(notes))

    def end(self, name: str, notes: Mapping[str, str], ended: str = "Complete") -> None:
        """It is over, and has left these notes beside its others."""
        there = self.there[name]
        self.there[name] = replace(there, notes={**there.notes, **notes}, ended=ended)

    def drop(self, target: Target, standing: Standing) -> None:
        del target
        if self.there.get(standing.name) == standing:
            del self.there[standing.name]
            self.pods.clear()

    def note(self, target: Target, name: str, notes: Mapping[str, str]) -> None:
        del target
        there = self.there[name]
        kept = {key: text for key, text in {**there.notes, **notes}.items() if text}
        self.there[name] = replace(there, notes=kept)

    def said(self, target: Target, name: str) -> Sequence[tuple[str, Sequence[str]]]:
        del target, name
        return [(pod, tuple(lines)) for pod, lines in self.pods.items()]


@dataclass
class Builds:
    """What runs at each look in turn; the last answer stays. An error among them is raised."""

    turns: list[tuple[str, ...] | ToolFailed] = field(default_factory=lambda: [()])
    quiet: bool = False

    def running(self) -> Sequence[str]:
        now = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        if isinstance(now, ToolFailed):
            raise now
        return now

    def hush(self) -> None:
        self.quiet = True

    def wake(self) -> None:
        self.quiet = False
