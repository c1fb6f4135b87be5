"""By which document of the platform something was judged: its event names the commit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from pipelinekit.model.ledger import Entry, Kind

JUDGED: frozenset[Kind] = frozenset(
    {"approved", "requested", "promoted", "rolled-back", "emergency", "set-promoted"}
)
"""What is judged by the gates of a document; in an environment with gates, by the main branch's alone."""
_COMMIT = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")


def judged(entries: Iterable[Entry], gated: Collection[str]) -> tuple[Entry, ...]:
    """The entries that have to name a commit of the main branch of the platform's repository."""
    return tuple(each for each in entries if each.event.kind in JUDGED and each.event.environment in gated)


def strays(entries: Iterable[Entry], main: Collection[str]) -> Iterator[Entry]:
    """Those that name another document than one of the main branch, whose commits are `main`.

    A document in no repository counts as long as an environment has no gate: before the first that names a
    commit of the main branch it is none's fault.
    """
    gates: set[str] = set()
    for each in entries:
        named, place = each.event.platform, each.event.environment
        if named in main:
            gates.add(place)
        elif place in gates or _COMMIT.fullmatch(named):
            yield each
