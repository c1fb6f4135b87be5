"""Approvals: of exactly this plan, by enough people of the groups, each counted once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelinekit.model.ledger import Entry, Writer
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
    counted: dict[str, Entry] = {}
    not_counted: list[str] = []
    for each, void in (*_given(case), *together.given(case)):
        why = _why_not(case, asked, each, void)
        if why:
            not_counted.append(f"{each.writer or 'somebody unproven'}'s does not count: {why}")
        elif each.writer:
            counted.setdefault(each.writer.person, each)
    enough = len(counted) >= asked.count
    names = ", ".join(sorted(_told(each.writer) for each in counted.values() if each.writer)) or "nobody"
    reason = f"{len(counted)} of {asked.count} from {', '.join(asked.groups)} ({names})"
    more = "; ".join(dict.fromkeys(not_counted))
    yield (opened if enough else closed)("approvals", f"{reason}; {more}" if more else reason)


def askers(case: Case) -> frozenset[str]:
    """Everybody who has asked for this release to come here, whoever asks now included."""
    asked = (
        each.writer.person
        for each in (*case.own("requested", "refused"), *together.asked(case))
        if each.event.version in ("", case.release.version) and each.writer
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
    if not set(writer.groups) & set(asked.groups):
        return f"is in none of {', '.join(asked.groups)}"
    if asked.signed and writer.role != "person":
        return "only a key of one's own counts"
    if not asked.requester and writer.person in askers(case):
        return "has asked for it"
    if not asked.author and writer.person in (case.found.authors or ()):
        return "has written some of it"
    return ""


def _unproven(case: Case, asked: Approvals) -> str:
    if asked.author:
        return ""
    known = case.found.authors
    if known is None:
        return "nobody knows who wrote its commits, and an author's approval must not count"
    if "" in known:
        return "of some of its commits no signature proves the author, whose approval must not count"
    return ""


def _told(writer: Writer) -> str:
    return writer.person if writer.role == "person" else f"{writer.person}, in Jenkins"
