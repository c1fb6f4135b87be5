"""Sync: read every registered application's descriptor at the head of its branch into the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from pipelinekit.errors import DocumentInvalid, Fault, PipelinekitError, Place, failed
from pipelinekit.model.app import App
from pipelinekit.model.platform.document import Platform, Registration
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.ports import Repositories, Say
from pipelinekit.reading import across
from pipelinekit.reading.app import FILE, read_app
from pipelinekit.records import dataclass

AT_ONCE = 8
"""How many repositories are asked at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What came of one registration. On a failure the entry of before stays, when there is one."""

    registration: Registration
    state: Literal["unchanged", "updated", "added", "failed"]
    entry: LockedApplication | None
    error: PipelinekitError | None = None

    @property
    def title(self) -> str:
        """`team/name`."""
        return f"{self.registration.team}/{self.registration.name}"


def sync(
    platform: Platform,
    lock: PlatformLock,
    repositories: Repositories,
    say: Say,
    unforeseen: Callable[[Exception], PipelinekitError] | None = None,
) -> tuple[Synced, ...]:
    """One result for each registration, in their order; a bad repository does not stop the others.

    `unforeseen` makes an error to show of one that is nobody's, and may keep a record of it.
    """

    def one(registration: Registration) -> Synced:
        try:
            result = _sync_one(registration, lock, repositories)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is one repository's
            error = (unforeseen or _unforeseen)(problem)
            entry = lock.of(registration)
            result = Synced(registration=registration, state="failed", entry=entry, error=error)
        reason = f": {result.error.faults[0].problem}" if result.error else ""
        say(f"{result.state:>9}  {result.title}{reason}")
        return result

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(one, platform.applications))


def _unforeseen(problem: Exception) -> PipelinekitError:
    return failed("repository-unusable", f"{type(problem).__name__}: {problem}")


def next_lock(results: Iterable[Synced]) -> PlatformLock:
    """The lock after a sync, in the order of titles, whatever the order of the registrations."""
    entries = (each.entry for each in results if each.entry)
    return PlatformLock(applications=tuple(sorted(entries, key=lambda each: each.title)))


def _sync_one(registration: Registration, lock: PlatformLock, repositories: Repositories) -> Synced:
    before = lock.of(registration)
    try:
        commit = repositories.head(registration.repository, registration.branch)
        if before and before.commit == commit:
            return Synced(registration=registration, state="unchanged", entry=before)
        folder = "" if registration.path == "." else registration.path.strip("/") + "/"
        content = repositories.read(registration.repository, registration.branch, commit, folder + FILE)
        entry = LockedApplication(registration=registration, commit=commit, descriptor=content)
        check_identity(read_app(content, entry.origin), registration, entry.origin)
    except PipelinekitError as error:
        return Synced(registration=registration, state="failed", entry=before, error=error)
    return Synced(registration=registration, state="updated" if before else "added", entry=entry)


def check_identity(app: App, registration: Registration, origin: str) -> None:
    """Raise `DocumentInvalid` when a descriptor is another application's than the registration says."""
    wanted = (registration.team, registration.name)
    if (app.team, app.name) != wanted:
        raise DocumentInvalid(
            Fault(
                "registration-differs",
                f"describes {app.title}, but is registered as {'/'.join(wanted)}",
                Place(origin),
                "metadata",
                "correct the descriptor or the registration",
            )
        )


def check(platform: Platform, lock: PlatformLock) -> list[Fault]:
    """What the locked applications say of each other and of the platform that is not so."""
    described: list[across.Described] = []
    faults: list[Fault] = []
    for each in lock.applications:
        try:
            described.append(across.describe(each.descriptor, each.origin))
        except DocumentInvalid as error:
            faults += error.faults
    return faults + across.check_all(described, platform)
