"""The ledger: what releases went through, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.ledger import Anchor, Event, History, Writer
    from pipelinekit.model.promotion import Release
    from pipelinekit.model.release import ImageRef, Target


class Ledger(Protocol):
    """One branch an application and one for the platform; each a chain of events."""

    def branches(self) -> tuple[str, ...]:
        """Those that are there, in order; raises `Refused` (`UNREACHABLE`) when nobody answers."""
        ...

    def history(self, branch: str) -> History:
        """What stands on a branch now, judged: what does not count has its trouble.

        A branch that is not there is empty. Raises `Refused` (`UNREACHABLE`) when nobody answers.
        """
        ...

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:
        """Add events after the commit `after` (empty: the branch is not there yet); the history then.

        All or none, and they are kept when this returns. Raises `Refused`: `MOVED` when `after` is not the
        head any more and nothing was written (read again, judge again); `UNREACHABLE` when nobody answers;
        otherwise when this writer may not write them.
        """
        ...

    def writer(self) -> Writer:
        """Who `append` writes as; raises `Refused` when that is nobody whom the platform knows."""
        ...


class Commits(Protocol):
    """The commits of one application in its registered repository, as it is at one moment."""

    def authors(self, release: Release, since: str) -> tuple[str, ...] | None:
        """Who wrote a release's commits since another commit, or since the beginning; see `Found.authors`."""
        ...

    def everybody(self) -> tuple[str, ...] | None:
        """The same of each commit that its branch has, up to the newest."""
        ...

    def origin(self, release: Release) -> str:
        """Why the repository does not have a release's descriptor at its commit, or empty."""
        ...


class Journal(Protocol):
    """Where a verb of the line says what it did."""

    def note(self, events: Sequence[Event]) -> str:
        """Add those events, all of one branch, that it does not tell yet; the branch's head with them.

        They stand in their order then: one that is there, but before one that it follows, is told again.

        Nothing is judged; somebody who is quicker is waited for. Raises `Refused` like `Ledger.append`.
        """
        ...

    def expect(self, branch: str) -> None:
        """Something will be noted soon: what can be asked before is asked beside other work."""
        ...

    def close(self) -> None:
        """Give back what `expect` has taken, whether or not something was noted."""
        ...


class Anchors(Protocol):
    """What remembers heads of the ledger on what was deployed."""

    def mark(self, target: Target, anchor: Anchor) -> None:
        """Have what runs there remember it; raises `ToolFailed` when the cluster refuses."""
        ...

    def marks(self, target: Target) -> tuple[Anchor, ...]:
        """What is remembered there; raises `ToolFailed` when the cluster does not answer."""
        ...


class TagAnchors(Protocol):
    """What remembers heads of the ledger beside images."""

    def mark(self, image: ImageRef, anchor: Anchor) -> None:
        """Remember it under the image's version; what is remembered already stays."""
        ...

    def marks(self, image: ImageRef) -> tuple[Anchor, ...]:
        """What is remembered beside the images of that repository; raises `ToolFailed`."""
        ...
