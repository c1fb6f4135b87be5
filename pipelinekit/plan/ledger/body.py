"""An event as the message of a commit, and back. One event has one text: nothing in it is free.

The message names ledger, application and kind, so that no signed commit counts in another place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.counts import counted
from pipelinekit.model.ledger import KINDS, PLATFORM, Digests, Event, title_of
from pipelinekit.records import dataclass

FORMAT = 1
MOST = 32 * 1024
"""Bytes of one message."""
_TEXTS = ("team", "name", "version", "environment", "reason", "plan", "platform")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a commit says: in which ledger, what happened, and who answered in Jenkins, if anybody did."""

    ledger: str
    event: Event
    jenkins_user: str = ""


def message_of(body: Body) -> str:
    """The message of the commit that says it; raises `ValueError` for one that is too long."""
    event = body.event
    fields: dict[str, Any] = {
        "format": FORMAT,
        "ledger": body.ledger,
        "kind": event.kind,
        "at": event.at,
        "jenkinsUser": body.jenkins_user,
        **{name: getattr(event, name) for name in _TEXTS},
        "digests": {
            name: each for name in ("image", "chart", "descriptor") if (each := getattr(event.digests, name))
        },
        "details": dict(event.details),
    }
    kept = {name: each for name, each in fields.items() if each not in ("", {})}
    subject = f"{event.kind} {title_of(event.team, event.name) if event.name else PLATFORM}"
    text = f"{subject}\n\n{json.dumps(kept, indent=1, sort_keys=True, allow_nan=False)}\n"
    if len(text) > MOST:
        raise ValueError(f"an event of {counted(len(text), 'byte')}; {MOST} are taken")
    return text


def read_message(text: str) -> Body:
    """What a commit's message says; raises `ValueError` with what is wrong with it."""
    _, gap, document = text.partition("\n\n")
    try:
        fields = json.loads(document) if gap and len(text) <= MOST else None
        # Half a surrogate is no letter: no file, no digest and no terminal takes it.
        json.dumps(fields, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValueError("its message is no event") from error
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise ValueError("its message is no event of a format that is known")
    body = _body(fields)
    try:
        canonical = message_of(body) == text
    except (ValueError, RecursionError):
        canonical = False
    if not canonical:
        # A second spelling of an event is not one that we have written.
        raise ValueError("its message is not as an event is written")
    return body


def same(there: Event, event: Event) -> bool:
    """Whether two events tell the same: all but when, and by which document of the platform.

    What failed and what was refused is told each time.
    """
    return event.kind not in ("failed", "refused") and all(
        getattr(there, name) == getattr(event, name)
        for name in ("kind", "team", "name", "version", "environment", "digests", "plan", "details")
    )


def untold(events: Sequence[Event], places: Sequence[int]) -> tuple[Event, ...]:
    """Those that are to be told, in their order; each stands at its number of `places`, below 0 nowhere.

    One that stands before what it follows is told again: a proof of what was not there yet is none.
    """
    missing: list[Event] = []
    last = -1
    for event, place in zip(events, places, strict=True):
        if missing or place <= last:
            missing.append(event)
        last = max(last, place)
    return tuple(missing)


def _body(fields: Mapping[str, Any]) -> Body:
    if fields.get("kind") not in KINDS:
        raise ValueError(f"{str(fields.get('kind'))[:40]!r} is no kind of event")
    at, details, digests = fields.get("at"), fields.get("details", {}), fields.get("digests", {})
    if type(at) is not int or not isinstance(details, dict) or not isinstance(digests, dict):
        raise ValueError("its message lacks what an event has")
    if not set(digests) <= {"image", "chart", "descriptor"}:
        raise ValueError("it has a digest of something unknown")
    event = Event(
        kind=fields["kind"],
        at=at,
        digests=Digests(**{name: _text(each) for name, each in digests.items()}),
        details=details,
        **{name: _text(fields.get(name, "")) for name in _TEXTS},
    )
    return Body(
        ledger=_text(fields.get("ledger")), event=event, jenkins_user=_text(fields.get("jenkinsUser", ""))
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("its message has something else where a text belongs")
