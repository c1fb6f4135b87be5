"""A developer's namespace and pods, as far as the steps of the inner loop see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelinekit.errors import failed
from pipelinekit.model.draft import Place, Pod
from pipelinekit.model.release import Credentials, Target
from pipelinekit.plan.draft.place import OWNER
from pipelinekit.ports import Say


@dataclass
class Places:
    """Namespaces by name, and what their pods pull with."""

    there: dict[str, Place] = field(default_factory=dict)
    logins: dict[str, Mapping[str, Credentials]] = field(default_factory=dict)

    def place(self, target: Target) -> Place | None:
        return self.there.get(target.namespace)

    def prepare(
        self, target: Target, labels: Mapping[str, str], used: str, logins: Mapping[str, Credentials]
    ) -> None:
        if labels:
            self.there[target.namespace] = Place(namespace=target.namespace, owner=labels[OWNER])
        self.logins[target.namespace] = logins


@dataclass
class DraftPods:
    """Pods, and the words that each was given; those of `broken` fail."""

    there: tuple[Pod, ...] = ()
    done: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    broken: frozenset[str] = frozenset()

    def pods(self, target: Target) -> tuple[Pod, ...]:
        return self.there

    def execute(self, target: Target, pod: str, words: Sequence[str], say: Say) -> None:
        if words[0] in self.broken:
            raise failed("task-failed", f"{words[0]} ended with 1")
        self.done.append((pod, tuple(words)))
        say(" ".join(words))


def pod(name: str, build: str = "b1", *, going: bool = False, ready: bool = True, made: str = "") -> Pod:
    return Pod(name=name, build=build, made=made, ready=ready, going=going, ports={"web": (8080,)})
