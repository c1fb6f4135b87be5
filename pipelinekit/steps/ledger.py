"""Look after the ledger: whether it holds, what stands in it, which keys count no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import field

from pipelinekit.errors import PipelinekitError, refused
from pipelinekit.model.ledger import (
    COMPONENT,
    PLATFORM,
    UNREACHABLE,
    Anchor,
    Entry,
    Event,
    History,
    Writer,
    component_of,
)
from pipelinekit.plan.gates.records import common_of, lost
from pipelinekit.plan.ledger.documents import judged, strays
from pipelinekit.ports import Ledger
from pipelinekit.records import dataclass

Anchors = Callable[[str], Iterable[Anchor]]
"""What is remembered of a branch; raises where it cannot be asked."""
Missing = Callable[[Event], str]
"""What the registries lack of a release, or empty; raises where they cannot be asked."""
Documents = Callable[[], Collection[str]]
"""The commits of the main branch of the platform's repository; raises where it cannot be asked."""


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
    *,
    gated: Collection[str] = (),
    documents: Documents | None = None,
) -> Verified:
    """Read everything, and hold it against whatever outside remembers it.

    `known` are branches that ought to be there if anything remembers them. What cannot be asked is a
    finding: nothing unseen holds. `documents` are asked where something was judged in a `gated` environment.
    """
    done, main = Verified(), _Main(documents)
    begun: dict[str, History] = {}
    there = ledger.branches()
    try:
        done.findings += [Finding(where="repository", problem=each) for each in fsck()]
    except PipelinekitError as error:
        done.findings.append(Finding(where="repository", problem=error.faults[0].problem))
    asked = sorted({*there, *known})
    for branch in asked:
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
        main.hold(done, branch, judged(history, gated))
        begun[branch] = history
    # Read last: whatever an application's branch names was there before it.
    common = begun.pop(PLATFORM) if PLATFORM in begun else None
    if PLATFORM not in asked:
        common = _read(ledger, PLATFORM, done)
    # One that cannot be read is a finding already, and nothing is known to be gone from it.
    if common is not None:
        done.findings += [
            _lost(branch, each) for branch, told in begun.items() for each in lost(told, common)
        ]
    return done


def _lost(branch: str, entry: Entry) -> Finding:
    problem = (
        f"the branch {PLATFORM} has no {common_of(entry)[:12]} any more, by which this was judged: "
        "it was cut or "
        "written anew"
    )
    return Finding(where=f"{branch} {entry.commit[:12]}", problem=problem)


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


class _Main:
    """The main branch of the platform's repository, asked when it is first needed."""

    def __init__(self, ask: Documents | None) -> None:
        self._ask = ask
        self._commits: Collection[str] | None = None

    def hold(self, done: Verified, branch: str, entries: Sequence[Entry]) -> None:
        """Hold what was judged against the document that counts."""
        if self._ask is None or not entries:
            return
        try:
            self._commits = self._ask() if self._commits is None else self._commits
        except PipelinekitError as error:
            self._ask = None
            problem = f"by which document its releases were judged is not known: {error.faults[0].problem}"
            done.findings.append(Finding(where="platform.yaml", problem=problem))
            return
        for each in strays(entries, self._commits):
            named = each.event.platform[:19] or "none"
            problem = (
                f"{each.event.kind} by a document ({named}) that is not of the main branch of the platform's "
                "repository: other gates may have been asked, or none"
            )
            done.findings.append(Finding(where=f"{branch} {each.commit[:12]}", problem=problem))


def log(
    ledger: Ledger,
    unread: Callable[[str, str], None],
    *,
    application: str = "",
    environment: str = "",
    since: int = 0,
) -> tuple[Entry, ...]:
    """Entries of all branches, oldest first, those that do not count as well.

    `application` is a name, team/name or component:name. Raises `Refused` when it is in no branch. A branch
    that cannot be read hides no other one: `unread` is told it, and why.
    """
    chosen = [each for each in ledger.branches() if not application or _is_of(each, application)]
    if application and not chosen:
        raise refused(
            "ledger-unknown", f"nothing of {application} stands in the ledger", hint="NAME or TEAM/NAME"
        )
    histories = [each for _, each in _readable(ledger, chosen, unread)]
    entries = [entry for each in histories for entry in each.entries]
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
    name = component_of(branch)
    if name:
        return application in (name, f"{COMPONENT}{name}")
    return branch.endswith(f"/{application}") and branch.startswith("apps/")


def revoke(
    ledger: Ledger,
    key: str,
    reason: str,
    *,
    keep: bool,
    writer: Writer,
    platform: str = "",
    unread: Callable[[str, str], None] = lambda *_: None,
) -> Event:
    """Have a key count no more; with `keep`, what it has written so far stays valid.

    Nothing proves when a key was stolen: whatever is there now counts as written before, or nothing does.
    A branch that cannot be read is kept nothing of, or whoever has the key could keep it from being revoked:
    `unread` is told it, and why.
    """
    if writer.role == "pipeline":
        raise refused(
            "ledger-kind",
            "a pipeline's key revokes nothing",
            hint="a person revokes, with a key of their own",
        )
    known = ledger.history(PLATFORM)
    if any(each.kind == "revoked" and each.details.get("key") == key for each in known.events):
        raise refused(
            "ledger-revoked",
            f"{key} is revoked already",
            hint="nothing is to be done; `pipelinekit ledger log` shows who has done it",
        )
    branches = _readable(ledger, ledger.branches() if keep else (), unread)
    kept = {branch: history.head for branch, history in branches}
    event = Event(
        kind="revoked",
        at=int(time.time()),
        reason=reason,
        platform=platform,
        details={"key": key, "kept": kept},
    )
    ledger.append(PLATFORM, [event], after=known.head)
    return event


def _readable(
    ledger: Ledger, branches: Iterable[str], unread: Callable[[str, str], None]
) -> Iterator[tuple[str, History]]:
    """The branches that can be read; `Refused` (`UNREACHABLE`) where the ledger does not answer at all."""
    for branch in branches:
        try:
            yield branch, ledger.history(branch)
        except PipelinekitError as error:
            if error.faults[0].code == UNREACHABLE:
                raise
            unread(branch, error.faults[0].problem)
