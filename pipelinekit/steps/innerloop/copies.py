"""Sources on their way into pods: a batch is whole, and what the pod has then is held against the folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelinekit.errors import failed, refused
from pipelinekit.model.draft import Pod
from pipelinekit.model.release import Target
from pipelinekit.model.sources import Applied, Compared, Content, Sending, Tree
from pipelinekit.plan.sync.batches import difference, digest_of
from pipelinekit.ports import LocalSources, Receivers

TRIES = 3
"""How often a pod is compared anew when it does not have what it was given."""
MOST = 256 * 1024 * 1024
"""Bytes of one batch."""


class Moved(Exception):
    """No error: a file is not what it was a moment ago, and the folder is looked at again."""


@dataclass
class Copies:
    """What the pods of one image have; `image` is the tree that it was built of."""

    target: Target
    image: Tree
    sources: LocalSources
    receivers: Receivers
    known: dict[tuple[str, str], Tree] = field(default_factory=dict)
    """The trees that pods have, by pod and container, as far as this run has checked them."""

    def forget(self, pod: str) -> None:
        """Compare a pod anew: its container has begun again, or it is gone."""
        for key in [each for each in self.known if each[0] == pod]:
            del self.known[key]

    def bring(self, pod: Pod, container: str, tree: Tree) -> Applied | None:
        """Have a container's folder be `tree`; None where it was that already.

        Raises `Moved`, `ToolFailed` where nobody answers or the folder does not become what it should, and
        `Refused` where the image does not have its sources as they are.
        """
        key, wanted = (pod.name, container), digest_of(tree)
        ports = pod.ports.get(container, ())
        for _ in range(TRIES):
            sending = self._sending(key, tree, ports[0] if ports else 0)
            if sending is None:
                return None
            done = self.receivers.apply(self.target, *key, sending)
            if done.digest == wanted:
                self.known[key] = tree
                return done
            self.known.pop(key, None)
        raise failed(
            "sync-differs",
            f"{container} of {pod.name} does not have what the folder holds",
            hint="does the program write into its own sources? `draft up` builds",
        )

    def _sending(self, key: tuple[str, str], tree: Tree, port: int) -> Sending | None:
        before = self.known.get(key)
        if before is not None:
            batch = difference(before, tree)
            if not batch:
                return None
            contents = self._contents(batch.put, tree)
            return Sending(contents=contents, gone=batch.gone, base=digest_of(before), port=port)
        found = self.receivers.compare(self.target, *key, tree)
        since = difference(self.image, tree)
        if not found.known:
            _require_alike(found, since.put)
        gone = tuple(sorted({*found.extra, *since.gone}))
        if found.is_same:
            self.known[key] = tree
            return None
        contents = self._contents(tuple(sorted(found.lacking)), tree)
        again = bool(contents or found.due or (gone if found.known else since.gone))
        return Sending(contents=contents, gone=gone, tree=tree, again=again, port=port)

    def _contents(self, paths: tuple[str, ...], tree: Tree) -> Mapping[str, Content]:
        found: dict[str, Content] = {}
        left = MOST
        for path in paths:
            content = self.sources.content(path, tree[path])
            if content is None:
                raise Moved
            left -= len(content.data)
            if left < 0:
                problem = f"more than {MOST >> 20} MiB have changed"
                raise refused(
                    "sync-too-large", problem, hint="what no program reads belongs into .dockerignore"
                )
            found[path] = content
        return found


def _require_alike(found: Compared, changed: tuple[str, ...]) -> None:
    """Raise `Refused` unless a new pod has of the sources all that has not changed since its image."""
    odd = sorted(set(found.lacking) - set(changed))
    if odd:
        raise refused(
            "sync-layout",
            f"the image does not have {odd[0]} as the folder has it",
            hint="its Dockerfile puts the sources elsewhere, or makes something of them",
        )
