"""Look after the ledger: whether it holds, what stands in it, which keys count no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pipelinekit.errors import PipelinekitError, refused
from pipelinekit.model.ledger import PLATFORM, Anchor, Entry, Event, History, Writer
from pipelinekit.ports import Ledger

Anchors = Callable[[str], Iterable[Anchor]]
"""What is remembered of a branch; raises where it cannot be asked."""
Missing = Callable[[Event], str]
"""What the registries lack of a release, or empty; raises where they cannot be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not hold: `where` is a branch, with a commit if it is about one."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass(slots=True, kw_only=True)
class Verified:
    """What was looked at, and what does not hold."""

    branches: int = 0
    events: int = 0
    anchors: int = 0
    releases: int = 0
    findings: list[Finding] = field(default_factory=list)


def verify(
    ledger: Ledger,
    name: str,
    known: Iterable[str],
    anchors: Sequence[Anchors],
    missing: Missing | None,
    fsck: Callable[[], Iterable[str]] = tuple,
) -> Verified:
    """Read everything, and hold it against whatever outside remembers it.

    `known` are branches that ought to be there if anything remembers them. What cannot be asked is a
    finding: nothing unseen holds.
    """
    done = Verified()
    there = ledger.branches()
    try:
        done.findings += [Finding(where="repository", problem=each) for each in fsck()]
    except PipelinekitError as error:
        done.findings.append(Finding(where="repository", problem=error.faults[0].problem))
    for branch in sorted({*there, *known}):
        history = _read(ledger, branch, done)
        if history is None:
            continue
        done.branches += branch in there
        done.events += len(history.entries)
        done.findings += [
            Finding(where=f"{branch} {each.commit[:12]}", problem=each.trouble) for each in history.troubled
        ]
        for ask in anchors:
            _hold(done, name, branch, history, ask)
        if missing:
            _stored(done, branch, history, missing)
    return done


def _read(ledger: Ledger, branch: str, done: Verified) -> History | None:
    try:
        return ledger.history(branch)
    except PipelinekitError as error:
        done.findings.append(Finding(where=branch, problem=error.faults[0].problem))
        return None


def _hold(done: Verified, name: str, branch: str, history: History, ask: Anchors) -> None:
    commits = {each.commit for each in history.entries}
    try:
        remembered = list(ask(branch))
    except PipelinekitError as error:
        problem = f"an anchor cannot be asked: {error.faults[0].problem}"
        done.findings.append(Finding(where=branch, problem=problem))
        return
    for each in remembered:
        done.anchors += 1
        if (each.ledger, each.branch) != (name, branch):
            problem = f"{each.where} remembers {each.ledger}:{each.branch}, which is another place"
        elif each.commit not in commits:
            problem = f"{each.where} remembers a commit that is not in it any more: it was rewritten or cut"
        else:
            continue
        done.findings.append(Finding(where=f"{branch} {each.commit[:12]}", problem=problem))


def _stored(done: Verified, branch: str, history: History, missing: Missing) -> None:
    gone = {each.version for each in history.events if each.kind == "expired"}
    for each in history:
        if each.event.kind != "released" or each.event.version in gone:
            continue
        done.releases += 1
        try:
            problem = missing(each.event)
        except PipelinekitError as error:
            problem = f"the registry cannot be asked: {error.faults[0].problem}"
        if problem:
            done.findings.append(Finding(where=f"{branch} {each.commit[:12]}", problem=problem))


def log(ledger: Ledger, *, application: str = "", environment: str = "", since: int = 0) -> tuple[Entry, ...]:
    """Entries of all branches, oldest first, those that do not count as well.

    `application` is a name or team/name. Raises `Refused` when it is in no branch.
    """
    chosen = [each for each in ledger.branches() if not application or _is_of(each, application)]
    if application and not chosen:
        raise refused(
            "ledger-unknown", f"nothing of {application} stands in the ledger", hint="NAME or TEAM/NAME"
        )
    entries = [entry for branch in chosen for entry in ledger.history(branch).entries]
    return tuple(
        sorted(
            (
                each
                for each in entries
                if each.event.at >= since and environment in ("", each.event.environment)
            ),
            key=lambda each: each.event.at,
        )
    )


def _is_of(branch: str, application: str) -> bool:
    return branch.endswith(f"/{application}") and branch.startswith("apps/")


def revoke(ledger: Ledger, key: str, reason: str, *, keep: bool, writer: Writer, platform: str = "") -> Event:
    """Have a key count no more; with `keep`, what it has written so far stays valid.

    Nothing proves when a key was stolen: whatever is there now counts as written before, or nothing does.
    """
    if writer.role == "pipeline":
        raise refused("ledger-kind", "a pipeline's key revokes nothing")
    known = ledger.history(PLATFORM)
    if any(each.kind == "revoked" and each.details.get("key") == key for each in known.events):
        raise refused("ledger-revoked", f"{key} is revoked already")
    kept = {branch: ledger.history(branch).head for branch in ledger.branches()} if keep else {}
    event = Event(
        kind="revoked",
        at=int(time.time()),
        reason=reason,
        platform=platform,
        details={"key": key, "kept": kept},
    )
    ledger.append(PLATFORM, [event], after=known.head)
    return event
