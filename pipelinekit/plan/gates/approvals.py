"""Approvals: of exactly this plan, by enough people of the groups, each counted once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import dropwhile

from pipelinekit.model.ledger import NO, Entry, Event, Writer
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.promotion import Verdict
from pipelinekit.plan.gates import together
from pipelinekit.plan.gates.case import Case, closed, opened


def judge(case: Case) -> Iterator[Verdict]:
    """Whether there are enough, who is missing, and what became of the others."""
    asked = case.environment.approvals
    if asked is None:
        return
    unproven = _unproven(case, asked)
    if unproven:
        yield closed("authors", unproven)
    counted, not_counted = _counted(case, asked)
    enough = len(counted) >= asked.count
    names = ", ".join(sorted(_told(each.writer) for each in counted.values() if each.writer)) or "nobody"
    reason = f"{len(counted)} of {asked.count} from {', '.join(asked.groups)} ({names})"
    more = "; ".join(not_counted)
    yield (opened if enough else closed)("approvals", f"{reason}; {more}" if more else reason)


def missing(case: Case) -> int:
    """How many more a question in Jenkins could bring; 0 where only keys of people's own count."""
    asked = case.environment.approvals
    return 0 if asked is None or asked.signed else max(0, asked.count - len(_counted(case, asked)[0]))


def _counted(case: Case, asked: Approvals) -> tuple[dict[str, Entry], list[str]]:
    """The approval of each person that counts, and of the others why not."""
    counted: dict[str, Entry] = {}
    others: dict[str, tuple[str, str]] = {}
    for each, other in (*_given(case), *together.given(case)):
        why = _why_not(case, asked, each, other)
        who = each.writer.person if each.writer else ""
        if why:
            # What somebody has said last is what they are told of.
            name = str(each.writer or "somebody unproven")
            others[who or name] = name, why
        else:
            counted.setdefault(who, each)
    # Of whoever has approved this plan no other word is told: an earlier one was of an earlier plan.
    names: dict[str, list[str]] = {}
    for who, (name, why) in others.items():
        if who not in counted:
            names.setdefault(why, []).append(f"{name}'s")
    return counted, [
        f"{' and '.join(whose)} {'do' if len(whose) > 1 else 'does'} not count: {why}"
        for why, whose in names.items()
    ]


def void(case: Case, given: Entry) -> str:
    """Why an approval that was given does not count, or empty; where none is asked for, none does."""
    asked = case.environment.approvals
    if asked is None:
        return f"{case.environment.name} asks for no approvals"
    found = (*_given(case), *together.given(case))
    why = next((why for each, why in found if each.commit == given.commit), "it is of another release")
    return _why_not(case, asked, given, why)


def askers(case: Case) -> frozenset[str]:
    """Everybody who has asked for this release to come here, whoever asks now included."""
    asked = (
        each.writer.person
        for each in (*case.own("requested", "refused"), *together.asked(case))
        if each.event.version in ("", case.release.version)
        and each.writer
        # Who says no has asked for nothing.
        and not _is_no(each.event)
    )
    return frozenset({case.asker.person, *asked} - {""})


def _given(case: Case) -> Iterator[tuple[Entry, str]]:
    """The approvals of this release, each with why it is not of this plan, or empty."""
    for each in case.own("approved"):
        if each.event.version != case.release.version:
            continue
        void = ""
        if each.event.plan != case.plan.digest:
            parts = each.event.details.get("parts")
            changed = case.plan.changed(parts if isinstance(parts, Mapping) else {})
            void = "it is of another plan (" + ("; ".join(changed) or "of another release") + ")"
        yield each, void


def _why_not(case: Case, asked: Approvals, entry: Entry, void: str) -> str:
    writer = entry.writer
    if writer is None or not writer.person or writer.role not in ("person", "release"):
        return "no person is proven"
    if void:
        return void
    if _taken_back(case, entry):
        return "has said no since"
    if not set(writer.groups) & set(asked.groups):
        return f"is in none of {', '.join(asked.groups)}"
    if asked.signed and writer.role != "person":
        return "only a key of one's own counts"
    if not asked.requester and writer.person in askers(case):
        return "has asked for it"
    if not asked.author and writer.person in (case.found.authors or ()):
        return "has written some of it"
    return ""


def _taken_back(case: Case, given: Entry) -> bool:
    """Whether who has approved a plan has said no to the same one after that.

    Of a set that is half done only the rest counts, so that a no to the rest is one to what was approved.
    """
    person = given.writer.person if given.writer else ""
    return any(
        (each.event.plan == given.event.plan or together.is_of(case, each.event))
        and _is_no(each.event)
        and each.writer is not None
        and each.writer.person == person
        for history in (case.history, case.common)
        for each in dropwhile(lambda each: each.commit != given.commit, history)
    )


def _is_no(event: Event) -> bool:
    """Whether a person has answered so; a gate's refusal is none."""
    return event.kind == "refused" and event.details.get("answer") == NO


def _unproven(case: Case, asked: Approvals) -> str:
    if asked.author:
        return ""
    if case.found.origin:
        return f"{case.found.origin}, so nobody knows whose approval is an author's"
    known = case.found.authors
    if known is None:
        return "nobody knows who wrote its commits, and an author's approval must not count"
    if "" in known:
        return "of some of its commits no signature proves the author, whose approval must not count"
    return ""


def _told(writer: Writer) -> str:
    return writer.person if writer.role == "person" else f"{writer.person}, in Jenkins"
