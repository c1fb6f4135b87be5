"""Which events of a branch count, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from pipelinekit.model.ledger import Entry, Event, Writer, is_word, may_not_write, with_seen
from pipelinekit.plan.ledger.body import Body, read_message
from pipelinekit.plan.ledger.commit import Commit
from pipelinekit.plan.ledger.keyring import Keyring
from pipelinekit.records import dataclass

_NOBODYS = "a key of nobody whom the platform knows (one that was used stays listed, with `until`)"
_UNPROVEN = "its key has expired, and nothing proves that it was there before"
UNREAD = Event(kind="refused")
"""In the place of an event that could not be read; its entry has a trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A key that counts no more. What it wrote up to the commits `kept` (one a branch) stays valid.

    A revocation has no time that could be proven: only what was there when it was written is certain.
    """

    key: str
    commit: str
    kept: Mapping[str, str] = field(default_factory=dict)


def judge(
    branch: str,
    commits: Sequence[Commit],
    proven: Mapping[str, str],
    keys: Keyring | None,
    now: int,
    *,
    revoked: Iterable[Revocation] = (),
    gated: frozenset[str] = frozenset(),
    ledger: str,
) -> tuple[Entry, ...]:
    """An entry for each commit of a branch, oldest first.

    `proven` has the principal of each commit whose signature was verified. Without `keys` the ledger is an
    embedded one, where nothing is signed. `gated` are the environments with a gate, `now` is in seconds.
    """
    entries = [_entry(branch, each, proven, keys, ledger, gated) for each in commits]
    order = _order(commits)
    for number in range(len(entries)):
        if number and commits[number].parent != commits[number - 1].id:
            entries[number] = _with(entries[number], "it does not follow the one before it")
    if commits and commits[0].parent:
        entries[0] = _with(entries[0], "something stood before it that is not there any more")
    entries = [_unless_revoked(branch, each, order, tuple(revoked)) for each in entries]
    if keys:
        entries = _unless_expired(entries, keys, now)
    seen = with_seen(tuple(entries), now)
    return tuple(replace(each, seen=seen.get(each.commit)) for each in entries)


def revocations(entries: Sequence[Entry]) -> tuple[Revocation, ...]:
    """Those on the platform's branch that count. A key that is revoked revokes no other one afterwards."""
    found: list[Revocation] = []
    for each in entries:
        if not each.counts or each.event.kind != "revoked":
            continue
        writer = each.writer.key if each.writer else ""
        if writer and any(earlier.key == writer for earlier in found):
            continue
        kept = each.event.details.get("kept", {})
        found.append(
            Revocation(
                key=str(each.event.details.get("key", "")),
                commit=each.commit,
                kept=kept if isinstance(kept, dict) else {},
            )
        )
    return tuple(found)


def _entry(
    branch: str,
    commit: Commit,
    proven: Mapping[str, str],
    keys: Keyring | None,
    ledger: str,
    gated: frozenset[str],
) -> Entry:
    try:
        body = read_message(commit.message)
    except ValueError as error:
        return Entry(event=UNREAD, commit=commit.id, trouble=commit.trouble or str(error))
    writer = _writer(commit, body, keys)
    trouble = (
        commit.trouble
        or _misplaced(branch, commit, body, ledger)
        or (_unproven(commit, proven, keys) if keys else _signed(commit))
        or (may_not_write(writer, body.event, gated) if writer else "nobody is known who wrote it")
    )
    is_theirs = writer is not None and (keys is None or commit.id in proven)
    return Entry(event=body.event, commit=commit.id, writer=writer if is_theirs else None, trouble=trouble)


def _writer(commit: Commit, body: Body, keys: Keyring | None) -> Writer | None:
    return keys.writer(commit.fingerprint, body.jenkins_user) if keys else Writer(role="embedded")


def _misplaced(branch: str, commit: Commit, body: Body, ledger: str) -> str:
    if body.ledger != ledger:
        return f"it is of the ledger {body.ledger[:60]!r}, not of {ledger!r}"
    if body.event.branch != branch:
        return f"it is of {body.event.branch[:120]!r}, not of {branch!r}"
    if body.event.at != commit.at:
        return "its commit has another date than its event"
    if body.event.version and not is_word(body.event.version):
        return f"its version is none: {body.event.version[:60]!r}"
    return ""


def _unproven(commit: Commit, proven: Mapping[str, str], keys: Keyring) -> str:
    if not commit.fingerprint:
        return "it has no signature"
    owner = keys.owners.get(commit.fingerprint)
    if owner is None:
        return f"it is signed with {commit.fingerprint}, {_NOBODYS}"
    if proven.get(commit.id) != owner.principal:
        return f"its signature does not hold, though it names a key of {owner.principal}"
    if commit.author != keys.identity(owner):
        return f"it names {commit.author[:120]!r}, and {owner.principal} signed it"
    return ""


def _signed(commit: Commit) -> str:
    return "it is signed, in a ledger where nobody signs" if commit.fingerprint else ""


def _with(entry: Entry, trouble: str) -> Entry:
    return entry if entry.trouble else replace(entry, trouble=trouble)


def unrevoked(branch: str, commits: Sequence[Commit], revoked: Iterable[Revocation]) -> tuple[Commit, ...]:
    """The commits of a branch, or of its newest part, that no revocation takes away."""
    order, keys = _order(commits), tuple(revoked)
    return tuple(each for each in commits if not _is_revoked(branch, each.id, each.fingerprint, order, keys))


def _unless_revoked(
    branch: str, entry: Entry, order: Mapping[str, int], revoked: tuple[Revocation, ...]
) -> Entry:
    key = entry.writer.key if entry.writer else ""
    if not _is_revoked(branch, entry.commit, key, order, revoked):
        return entry
    return _with(entry, f"its key {key} is revoked, and nothing says that it was there before")


def _is_revoked(
    branch: str, commit: str, key: str, order: Mapping[str, int], revoked: tuple[Revocation, ...]
) -> bool:
    return any(
        key
        and each.key == key
        and commit != each.commit
        # What is kept reaches up to a commit; one that is not there keeps nothing.
        and order[commit] > order.get(str(each.kept.get(branch, "")), -1)
        for each in revoked
    )


def _order(commits: Sequence[Commit]) -> dict[str, int]:
    return {each.id: number for number, each in enumerate(commits)}


def _unless_expired(entries: list[Entry], keys: Keyring, now: int) -> list[Entry]:
    """A date beside an expired key proves nothing, unless another key wrote on top of it before the end.

    A pipeline's key, which whoever edits a Jenkinsfile has, proves that of other pipelines alone.
    """
    bounds: dict[bool, int] = {}
    judged: list[Entry] = []
    for entry in reversed(entries):
        owner = keys.owners.get(entry.writer.key) if entry.writer else None
        until = owner.until if owner else None
        is_pipeline = owner is not None and owner.role == "pipeline"
        if until is not None and until <= now:
            known = [each for of_pipeline, each in bounds.items() if is_pipeline or not of_pipeline]
            if entry.event.at > until:
                judged.append(_with(entry, "its key had expired"))
            elif not known or min(known) > until:
                judged.append(_with(entry, _UNPROVEN))
            else:
                judged.append(entry)
            continue
        if entry.counts:
            bounds[is_pipeline] = min(entry.event.at, bounds.get(is_pipeline, entry.event.at))
        judged.append(entry)
    return judged[::-1]
