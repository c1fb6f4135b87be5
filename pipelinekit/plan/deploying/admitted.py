"""What a server would make otherwise than a chart declares it: admission changes what is applied.

A webhook or policy that has come since the last deployment is no hand: what is there is as it was applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipelinekit.model.deployment import Change
from pipelinekit.plan import quantities
from pipelinekit.plan.deploying.apart import apart


def is_admissions(change: Change) -> bool:
    """Whether a field of the installed release is as declared, or not declared, and nobody else's.

    That the server would have it otherwise is then its own doing, and nobody has touched anything.
    """
    # Two values of a Secret look alike here, and may be a hand's.
    if change.manager or change.wanted == change.live:
        return False
    return change.applied is None or written_as(change.applied, change.live)


def words(changes: Iterable[Change]) -> Iterator[str]:
    """What the next application would change that way."""
    for each in changes:
        live, wanted = apart(each.live, each.wanted)
        yield f"{each.object} {each.path}: the cluster's admission would make {wanted} of {live}"


def written_as(given: object, kept: object) -> bool:
    """Whether a server that was given the one has the other: with defaults, and 1 for 1000m."""
    if isinstance(given, Mapping) and isinstance(kept, Mapping):
        return all(name in kept and written_as(each, kept[name]) for name, each in given.items())
    if isinstance(given, list) and isinstance(kept, list):
        return len(given) == len(kept) and all(map(written_as, given, kept))
    count = quantities.read(given)
    return given == kept or (count is not None and count == quantities.read(kept))
