"""A developer's pods, as far as the steps of the inner loop see them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipelinekit.errors import failed
from pipelinekit.model.draft import Pod
from pipelinekit.model.release import ImageRef, Target
from pipelinekit.model.sources import Applied, Compared, Content, Entry, Look, Sending, Tree
from pipelinekit.plan.sync.batches import digest_of
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


@dataclass
class ClusterEngine:
    """An engine whose cluster runs its pods in it, or not; `kept` are the names that it was given."""

    runs: bool = True
    kept: dict[str, str] = field(default_factory=dict)

    def runs_pods(self) -> bool:
        return self.runs

    def keep(self, image_id: str, ref: ImageRef) -> None:
        self.kept[str(ref)] = image_id


def pod(name: str, build: str = "b1", *, going: bool = False, ready: bool = True, made: str = "") -> Pod:
    return Pod(name=name, build=build, made=made, ready=ready, going=going, ports={"web": (8080,)})


def file(text: str) -> Entry:
    return Entry("f", "-", hashlib.sha256(text.encode()).hexdigest())


@dataclass
class Folder:
    """A developer's files by path; `building` are those that need a build."""

    files: dict[str, str] = field(default_factory=dict)
    building: frozenset[str] = frozenset()

    def look(self) -> Look:
        found = {path: file(text) for path, text in self.files.items()}
        return Look(
            sources={path: each for path, each in found.items() if path not in self.building},
            building={path: each for path, each in found.items() if path in self.building},
        )

    def content(self, path: str, entry: Entry) -> Content | None:
        text = self.files.get(path)
        return Content(entry=entry, data=text.encode()) if text is not None and file(text) == entry else None


@dataclass
class Receivers:
    """Pods' folders by the pod's name. What `spoils` does to one happens after each batch; those that are
    `due` run what was there before, and to those that are `open` there is a way.
    """

    folders: dict[str, dict[str, Entry]] = field(default_factory=dict)
    synced: dict[str, set[str]] = field(default_factory=dict)
    sent: list[Sending] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    due: set[str] = field(default_factory=set)
    spoils: Callable[[dict[str, Entry]], None] = lambda _: None

    def compare(self, target: Target, pod: str, container: str, tree: Tree) -> Compared:
        there, known = self._folder(pod), self.synced.get(pod)
        return Compared(
            known=known is not None,
            lacking=[path for path, each in tree.items() if there.get(path) != each],
            extra=sorted(path for path in known or () if path not in tree and path in there),
            due=pod in self.due,
        )

    def apply(self, target: Target, pod: str, container: str, sending: Sending) -> Applied:
        self.sent.append(sending)
        there, known = self._folder(pod), self.synced.get(pod, set())
        if sending.tree is None and self._digest(there, known) != sending.base:
            return Applied(state="lost")
        for path in sending.gone:
            there.pop(path, None)
            known.discard(path)
        there.update({path: each.entry for path, each in sending.contents.items()})
        known = set(sending.tree) if sending.tree is not None else known | set(sending.contents)
        self.synced[pod] = known
        self.spoils(there)
        state = "running" if sending.again else ""
        self.due -= {pod} if sending.again else set()
        return Applied(digest=self._digest(there, known), state=state)

    def only(self, pods: Collection[str]) -> None:
        self.open &= set(pods)

    def close(self) -> None:
        self.open.clear()

    def _folder(self, pod: str) -> dict[str, Entry]:
        if pod not in self.folders:
            raise failed("sync-failed", f"{pod}: nobody answers")
        self.open.add(pod)
        return self.folders[pod]

    def _digest(self, there: Mapping[str, Entry], paths: set[str]) -> str:
        return digest_of({path: there.get(path, Entry("-", "-", "")) for path in paths})
