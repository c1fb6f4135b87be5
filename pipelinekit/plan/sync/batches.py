"""Trees against each other: their digests, and the batch that makes one of another."""

from __future__ import annotations

import hashlib

from pipelinekit.counts import counted
from pipelinekit.model.sources import Batch, Tree


def digest_of(tree: Tree) -> str:
    """The hex digest of a tree, as the receivers in pods make it as well."""
    made = hashlib.sha256()
    for path in sorted(tree, key=str.encode):
        kind, mode, what = tree[path]
        made.update(f"{kind}{mode} {what} {path}\n".encode())
    return made.hexdigest()


def difference(before: Tree, now: Tree) -> Batch:
    """What makes `now` of `before`. Paths are in an order in which folders come before what is in them."""
    return Batch(
        put=tuple(path for path in sorted(now) if before.get(path) != now[path]),
        gone=tuple(path for path in sorted(before) if path not in now),
    )


def told(batch: Batch) -> str:
    """A batch in a few words: one path by its name, several by their number."""
    paths = (*batch.put, *batch.gone)
    return paths[0] if len(paths) == 1 else counted(len(paths), "path")
