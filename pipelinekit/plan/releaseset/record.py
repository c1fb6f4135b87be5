"""How the ledger tells a set: asked for and begun, and how each member ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.errors import Refused, refused
from pipelinekit.model.ledger import BEGUN, Entry, Event, History
from pipelinekit.records import dataclass

SET_ENDS = frozenset({"set-promoted", "failed", "refused", "rolled-back"})
"""The kinds that end what has begun."""
_OVER = frozenset({"set-promoted", "rolled-back"})
"""Those after which nothing of it is to come."""
NOT_BEGUN = "not begun"
THERE = "was there"
PROMOTED = "promoted"
BACK = "taken back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A member as a record has it: `before` is the version that was there, `end` is told in words."""

    application: str
    version: str
    plan: str = ""
    before: str = ""
    end: str = ""
    reason: str = ""

    def __str__(self) -> str:
        told = f"{self.application} {self.version} {self.end}".rstrip()
        return f"{told}: {self.reason}" if self.reason else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One event of a set. `back`: what was promoted is being taken back."""

    name: str
    parts: tuple[Part, ...]
    back: bool = False

    @property
    def releases(self) -> frozenset[tuple[str, str]]:
        """Application and version of each member."""
        return frozenset((each.application, each.version) for each in self.parts)

    @property
    def applications(self) -> frozenset[str]:
        """`team/name` of each member."""
        return frozenset(each.application for each in self.parts)


def details_of(record: Record, **more: Any) -> dict[str, Any]:
    """The details of the event that says it."""
    kept = ("application", "version", "plan", "before", "end", "reason")
    members = [{name: getattr(each, name) for name in kept if getattr(each, name)} for each in record.parts]
    return {"set": record.name, "members": members, **({"back": True} if record.back else {}), **more}


def record_of(event: Event) -> Record | None:
    """What an event tells of a set; None where it tells nothing of one."""
    name, listed = event.details.get("set"), event.details.get("members")
    if not isinstance(name, str) or not isinstance(listed, list | tuple):
        return None
    parts = tuple(_part(each) for each in listed if isinstance(each, Mapping))
    return Record(name=name, parts=parts, back=event.details.get("back") is True)


def underway(common: History, environment: str, applications: Collection[str]) -> Entry | None:
    """The newest set with one of those applications that has begun in an environment, and has no end."""
    mine = [each for each in common if each.event.environment == environment and not each.event.name]
    ended = {
        str(each.event.details.get(word, ""))
        for each in mine
        for word in (
            ["begun"] if each.event.kind in SET_ENDS else ["takes"] if each.event.kind == "requested" else []
        )
    }
    for each in reversed(mine):
        record = record_of(each.event) if each.event.kind == "requested" else None
        begun = record and each.event.details.get("stage") == BEGUN and each.commit not in ended
        if record and begun and record.applications & set(applications):
            return each
    return None


def brought(common: Iterable[Entry], environment: str, record: Record) -> dict[str, str]:
    """What was there before each member of a set, by what the set's last beginning says of it.

    A set that stopped and is run again finds some of its members there: it has brought them itself.
    """
    for each in reversed([each for each in common if each.event.environment == environment]):
        known = record_of(each.event) if each.event.kind in ("requested", *_OVER) else None
        if known and (known.name, known.releases) == (record.name, record.releases):
            over = each.event.kind in _OVER
            return {} if over else {part.application: part.before for part in known.parts}
    return {}


def stopped(common: Iterable[Entry], environment: str, record: Record) -> Record | None:
    """How a set stopped, with what was there before each member; None where it is over, or has not begun."""
    mine = [each for each in common if each.event.environment == environment and not each.event.name]
    for each in reversed(mine):
        known = record_of(each.event) if each.event.kind in ("requested", *SET_ENDS) else None
        if not known or (known.name, known.releases) != (record.name, record.releases):
            continue
        if each.event.kind in ("requested", *_OVER):
            return None
        if each.event.details.get("begun"):
            before = brought(mine, environment, record)
            return replace(
                known,
                parts=tuple(
                    replace(part, before=before.get(part.application, part.before)) for part in known.parts
                ),
            )
    return None


def last_of(common: Iterable[Entry], environment: str) -> dict[str, Entry]:
    """The newest end, or else the beginning, of each set in an environment, by its name."""
    found: dict[str, Entry] = {}
    for each in common:
        record = record_of(each.event)
        told = each.event.kind in SET_ENDS or each.event.details.get("stage") == BEGUN
        if record and told and each.event.environment == environment:
            found[record.name] = each
    return found


def busy(entry: Entry) -> Refused:
    """The refusal while somebody else is at a set with one of the same applications."""
    name = entry.event.details.get("set")
    return refused(
        "set-underway",
        f"the set {name} is on its way to {entry.event.environment} ({entry.writer} has begun it)",
        hint="wait until it has ended; `pipelinekit report` shows how it stands",
    )


def _part(row: Mapping[str, Any]) -> Part:
    def text(name: str) -> str:
        return str(row.get(name, ""))

    return Part(
        application=text("application"),
        version=text("version"),
        plan=text("plan"),
        before=text("before"),
        end=text("end"),
        reason=text("reason"),
    )
