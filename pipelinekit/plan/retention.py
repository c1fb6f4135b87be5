"""Retention: what of the registries may go. When in doubt, it stays.

A manifest goes only when nothing speaks for it: no cluster that runs it, by digest or by tag, no release that
reached an environment with a gate, no place among the last of its branch, no tag that is not ours, nothing
that needs it, and it is old enough.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipelinekit.counts import counted
from pipelinekit.model.ledger import ANCHOR_TAG, Digests, Event
from pipelinekit.model.platform.registries import Retention
from pipelinekit.model.stored import Running, Stored, Verdict
from pipelinekit.plan.inputs import is_input_tag
from pipelinekit.plan.versions.version import MAIN, Rank, branch_of, rank

_FALLBACK = re.compile(r"sha256-[0-9a-f]{64}\Z")


def judge(
    stored: Sequence[Stored],
    running: Sequence[Running],
    events: Iterable[Event],
    gated: Iterable[str],
    retention: Retention,
    now: int,
) -> tuple[Verdict, ...]:
    """A verdict on everything stored, in the order given.

    `gated` are the names of the environments with a gate; `now` is in seconds since 1970.
    """
    held = list(events)
    reasons: dict[str, str] = {}
    last = _last_of_each_branch(stored, retention.last)
    # Images of an index are no entries of their own: what is said of them is said here.
    for cluster in running:
        reasons |= {digest: f"runs in {where}" for digest, where in cluster.digests.items()}
    named = _named_by_gated(held, frozenset(gated), retention, now)
    reasons |= named
    for each in stored:
        why = _reason(each, running, named, last, retention, now)
        if why:
            reasons[each.digest] = why
    _spread(stored, reasons)
    return tuple(
        Verdict(
            stored=each,
            stays=each.digest in reasons,
            reason=reasons.get(
                each.digest, f"nothing needs it, and it is {counted(_days(each, now), 'day')} old"
            ),
        )
        for each in stored
    )


def expired(verdicts: Iterable[Verdict], events: Iterable[Event], now: int) -> tuple[Event, ...]:
    """The ledger events of releases that lose their image or chart."""
    doomed = {each.stored.digest: each.reason for each in verdicts if not each.stays}
    found: dict[tuple[str, str, str], Event] = {}
    gone = {(each.team, each.name, each.version) for each in events if each.kind == "expired"}
    for each in events:
        key = (each.team, each.name, each.version)
        lost = [digest for digest in each.digests.stored if digest in doomed]
        if lost and key not in gone and each.kind != "expired":
            found[key] = Event(
                kind="expired",
                team=each.team,
                name=each.name,
                version=each.version,
                digests=Digests(
                    image=each.digests.image if each.digests.image in lost else "",
                    chart=each.digests.chart if each.digests.chart in lost else "",
                ),
                at=now,
                reason=doomed[lost[0]],
            )
    return tuple(found.values())


def plan_id(verdicts: Iterable[Verdict]) -> str:
    """A short name of exactly what would go: what is applied can be held against what was shown."""
    lines = sorted(
        f"{each.stored.registry}/{each.stored.repository}@{each.stored.digest}"
        for each in verdicts
        if not each.stays
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


# --- why something stays --------------------------------------------------------------------------


def _reason(
    each: Stored,
    running: Sequence[Running],
    named: Mapping[str, str],
    last: Mapping[str, str],
    retention: Retention,
    now: int,
) -> str:
    for cluster in running:
        if each.digest in cluster.digests:
            return f"runs in {cluster.digests[each.digest]}"
        for tag in each.tags:
            where = cluster.tagged.get(f"{each.repository}:{tag}")
            if where:
                return f"runs in {where}, by its tag {tag}"
    if each.digest in named:
        return named[each.digest]
    foreign = [tag for tag in each.tags if not _is_ours(tag)]
    if foreign:
        is_anchor = foreign[0].startswith(ANCHOR_TAG)
        return "remembers the ledger" if is_anchor else f"has the tag {foreign[0]}, which is not ours"
    if each.digest in last:
        return last[each.digest]
    if not each.made:
        return "nobody knows how old it is"
    if now - each.made < retention.development:
        return f"is {counted(_days(each, now), 'day')} old"
    return ""


def _named_by_gated(
    events: list[Event], gated: frozenset[str], retention: Retention, now: int
) -> dict[str, str]:
    """Digests of releases that reached an environment with a gate.

    Once the audit period is over they stay as well, until the ledger says that they have expired.
    """
    over = {(each.team, each.name, each.version) for each in events if each.kind == "expired"}
    found: dict[str, str] = {}
    for each in events:
        if each.environment not in gated or each.kind == "expired":
            continue
        within = now - each.at < retention.audit
        if within or (each.team, each.name, each.version) not in over:
            for digest in each.digests.stored:
                found[digest] = f"{each.version} reached {each.environment}"
    return found


def _last_of_each_branch(stored: Sequence[Stored], count: int) -> dict[str, str]:
    versions: dict[tuple[str, str, str], list[tuple[Rank, int, str]]] = defaultdict(list)
    for each in stored:
        for tag in each.tags:
            branch = branch_of(tag)
            if branch is not None:
                # Pre-releases are told apart by commit ids, which have no order: their age has.
                order = rank(tag) if branch == MAIN else (0, 0, 0)
                versions[each.registry, each.repository, branch].append((order, each.made, each.digest))
    return {
        digest: f"is one of the last {count} of {branch or 'the main branch'}"
        for (_, _, branch), listed in versions.items()
        for _, _, digest in sorted(listed)[-count:]
    }


def _spread(stored: Sequence[Stored], reasons: dict[str, str]) -> None:
    """What something that stays needs stays with it, and an index stays with any image of it that stays.

    Without its index an image has no tag, and the next collection of the registry would take it.
    """
    whole: dict[str, list[str]] = defaultdict(list)
    for each in stored:
        for part in each.parts:
            whole[part].append(each.digest)
    needs = {each.digest: (*each.parts, *each.needs) for each in stored}
    waiting = list(reasons)
    while waiting:
        holder = waiting.pop()
        for digest in (*needs.get(holder, ()), *whole.get(holder, ())):
            if digest not in reasons:
                reasons[digest] = f"belongs to {holder[:19]}"
                waiting.append(digest)


def _is_ours(tag: str) -> bool:
    return is_input_tag(tag) or bool(_FALLBACK.match(tag)) or branch_of(tag) is not None


def _days(each: Stored, now: int) -> int:
    return (now - each.made) // 86400
