"""A developer's sources as sync compares them: a folder's files, and what one look at it has found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipelinekit.records import dataclass


class Entry(NamedTuple):
    """What stands at a path: `kind` f, d or l; `mode` x or -; `what` the hex digest of content or target."""

    kind: str
    mode: str
    what: str


Tree = Mapping[str, Entry]
"""Entries by path, relative and with `/`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A folder at one moment: what is copied into pods, and what an image is built anew for."""

    sources: Tree
    building: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How an image takes its sources, so far as sync can do the same.

    `runtime` is what receives in the image (`python`, `node`, or `sh` where nothing but files are served);
    `apart` are the paths that the Dockerfile names one by one, for something is made of them.
    """

    runtime: str
    apart: tuple[str, ...] = ()
    folder: str = ""
    """The folder of the context that the sources are in, and nothing else; empty for the whole of it."""
    where: str = ""
    """The image's folder that they are in; empty for the one in which it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What makes one tree of another: paths to be written, folders first, and paths to be removed."""

    put: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One path as it is sent: the bytes of a file, or the target of a link."""

    entry: Entry
    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How a pod's folder stands against a tree. `known` says that it has been synced before, `due` that its
    program still runs what was there before.
    """

    known: bool
    lacking: Sequence[str] = ()
    extra: Sequence[str] = ()
    due: bool = False

    @property
    def is_same(self) -> bool:
        """Whether it holds and runs that tree, and was brought it."""
        return self.known and not self.due and not self.lacking and not self.extra


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What came of a batch: the digest of the pod's folder, and how the program stands.

    `state` is `running`, `ended` (with `code`), `silent` when its port stays closed, empty where it was not
    begun again, or `lost` where the folder was not what the batch was made for.
    """

    digest: str = ""
    state: str = ""
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One batch on its way: made for a folder of the digest `base`, or with a whole `tree` for any."""

    contents: Mapping[str, Content]
    gone: Sequence[str] = ()
    base: str = ""
    tree: Tree | None = None
    again: bool = True
    """Whether the program is begun again."""
    port: int = 0
    """The one that answers once it runs; 0 for none."""
