"""A developer's pods, as far as the steps of the inner loop see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelinekit.errors import failed
from pipelinekit.model.draft import Pod
from pipelinekit.model.release import Target
from pipelinekit.ports import Say


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
