"""The platform's lock: every registered application's descriptor, as it was at a recorded commit."""

from __future__ import annotations

from functools import cached_property

from pipelinekit.model.platform.document import Registration
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedApplication:
    """One application: its registration, the commit of its branch that was read, and its `app.yaml` then."""

    registration: Registration
    commit: str
    descriptor: str

    @property
    def title(self) -> str:
        """`team/name`."""
        return f"{self.registration.team}/{self.registration.name}"

    @property
    def origin(self) -> str:
        """Where the descriptor stands, for faults: repository, commit and path."""
        folder = "" if self.registration.path == "." else self.registration.path.strip("/") + "/"
        return f"{self.registration.repository}@{self.commit[:10]}:{folder}app.yaml"


@dataclass(frozen=True, kw_only=True)
class PlatformLock:
    """`platform.lock.yaml`: what seed, fleet and cross-checks read instead of every repository."""

    applications: tuple[LockedApplication, ...] = ()

    def of(self, registration: Registration) -> LockedApplication | None:
        """The entry of a registration, whatever its commit; None when that points elsewhere now."""
        return self._of.get(registration)

    @cached_property
    def _of(self) -> dict[Registration, LockedApplication]:
        """Of two entries of one registration the first."""
        return {each.registration: each for each in reversed(self.applications)}
