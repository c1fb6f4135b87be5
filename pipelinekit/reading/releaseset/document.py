"""The document of a release set to a `ReleaseSet`."""

from __future__ import annotations

from pipelinekit.errors import DocumentInvalid, Place
from pipelinekit.model.releaseset.document import Member, ReleaseSet
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Source, parse

FILE = "set.yaml"


def read_releaseset(content: bytes | str, origin: str = FILE) -> ReleaseSet:
    """The set that `content` describes; raises `DocumentInvalid` with every fault of it."""
    source = parse(content, origin)
    if source.data is not None:
        faults.check(source, "ReleaseSet")
        _check_twice(source)
    if source.faults:
        raise DocumentInvalid(*sorted(source.faults, key=faults.position))
    data = source.data
    return ReleaseSet(
        name=data["metadata"]["name"],
        members=tuple(
            Member(**each, places=_places(source, index)) for index, each in enumerate(data["applications"])
        ),
    )


def _places(source: Source, index: int) -> tuple[Place, Place]:
    at = ("applications", index)
    return source.place((*at, "name")), source.place((*at, "version"))


def _check_twice(source: Source) -> None:
    """A name without a team may be any team's: beside another of that name it is nobody's in particular."""
    seen: dict[str, set[str]] = {}
    for index, each in enumerate(faults.items(source.data, "applications")):
        name, team = each.get("name"), each.get("team", "")
        if not isinstance(name, str) or not isinstance(team, str):
            continue
        teams = seen.setdefault(name, set())
        if teams and (not team or teams & {team, ""}):
            source.fault(
                ("applications", index, "name"),
                "name-twice",
                f"'{name}' is there already",
                "a set has each application once; where two teams have one, each gets its team:",
            )
        teams.add(team)
