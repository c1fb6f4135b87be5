"""What an event says in a sentence, for people who have never seen a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelinekit.model.ledger import BEGUN, LOOKED_AT, NO, Event, title_of
from pipelinekit.plan.moment import moment
from pipelinekit.plan.releaseset.record import Record, record_of

_OF_ONE = {
    "released": "{what} was released",
    "deployed": "{what} was deployed to {where}",
    "verified": "the tests of {what} passed in {where}",
    "failed": "{what} failed in {where}",
    "refused": "{what} was not let into {where}",
    "requested": "{what} was asked for in {where}",
    "approved": "{what} was approved for {where}",
    "promoted": "{what} was promoted to {where}",
    "rolled-back": "{where} went back to {what}",
    "held": "{where} was held against {what}",
    "unheld": "{where} is no longer held against {what}",
    "barred": "{what} was barred: it goes no further",
    "unbarred": "{what} may go on",
    "frozen": "{where} was frozen",
    "thawed": "{where} is frozen by hand no longer",
    "emergency": "EMERGENCY: {what} to {where}, past the gates",
    "reviewed": "the emergency of {what} in {where} was reviewed",
    "attested": "a report about {what} was added",
    "revoked": "a key was revoked",
    "set-promoted": "{what} was promoted to {where}",
    "seen": "what had arrived of {what} was seen: its soak counts from now",
    "expired": "{what} is in the registry no longer",
}
_BEGUN = {
    "": "the promotion of {what} to {where} began",
    "takes": "the promotion of {what} to {where}, left half done, went on",
    "back": "the way back to {what} in {where} began",
}
_OF_SET = {"failed": "{what} stopped in {where}", "rolled-back": "{what} was taken back in {where}"}


def sentence(event: Event) -> str:
    """What happened, without who did it, when and why."""
    known = _set_of(event)
    words = (_OF_SET if known else {}).get(event.kind, _OF_ONE[event.kind])
    if event.kind == "requested" and event.details.get("stage") == BEGUN:
        words = next((_BEGUN[each] for each in ("back", "takes") if event.details.get(each)), _BEGUN[""])
    elif event.kind == "failed" and event.details.get("stage") == "verify":
        words = "the tests of {what} failed in {where}"
    elif event.kind == "refused" and event.details.get("answer") == NO:
        words = "{what} was declined for {where}"
    elif event.kind in ("failed", "refused") and not event.environment:
        words = "{what} failed" if event.kind == "failed" else "{what} was refused"
    told = words.format(what=_what(event), where=event.environment or "every environment")
    if known:
        # Why one failed is the reason of the whole.
        ends = (f"{each.application} {each.version} {each.end}".rstrip() for each in known.parts)
        return f"{told} ({'; '.join(ends)})"
    return f"{told}{_more(event)}"


def _set_of(event: Event) -> Record | None:
    """The set that it is of: an application's own events are of none, whatever their details say."""
    return None if event.name else record_of(event)


def _what(event: Event) -> str:
    known = _set_of(event)
    if known:
        return f"the set {known.name}"
    if not event.name:
        # A no to a set names none of its members.
        declined = event.details.get("set") if event.details.get("answer") == NO else None
        return f"the set {declined}" if isinstance(declined, str) else "everything"
    name = title_of(event.team, event.name)
    if event.kind == "held":
        return f"{name} {event.version} and before" if event.version else f"every version of {name}"
    return f"{name} {event.version}" if event.version and event.kind not in ("seen", "unheld") else name


def _more(event: Event) -> str:
    """What only some kinds have to say; details have no form that is checked."""

    def text(name: str) -> str:
        return str(event.details.get(name, ""))[:120]

    if event.kind == "attested":
        return f": {text('type')} {text('verdict')}"
    if event.kind == "revoked":
        return f": {text('key')}"
    if event.kind == "reviewed":
        named = ", ".join(_emergencies(event))
        return f" ({named})" if named else ""
    return ""


def _emergencies(event: Event) -> Iterator[str]:
    """Whose a review's emergencies were, and when."""
    listed = event.details.get(LOOKED_AT)
    for each in listed if isinstance(listed, list | tuple) else ():
        if isinstance(each, Mapping):
            at = each.get("at")
            when = f" at {moment(at)}" if type(at) is int else ""
            yield f"by {str(each.get('by', 'nobody known'))[:120]}{when}"
