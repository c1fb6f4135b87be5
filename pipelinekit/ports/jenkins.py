"""A Jenkins controller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # Only names in promises: whoever generates need not load what a release is made of.
    from pipelinekit.model.jenkins.jobplan import Found
    from pipelinekit.model.jenkins.jobrun import Console, Ticket


class Jobs(Protocol):
    """The jobs of a Jenkins controller. Every method raises `ToolFailed` with Jenkins' own reason."""

    def items(self, roots: Iterable[str]) -> dict[str, Found]:
        """What is in these top-level folders, two levels deep, the folders included, by path."""
        ...

    def config(self, path: str) -> str | None:
        """A job's `config.xml`; None only when Jenkins itself says that there is no such job."""
        ...

    def configs(self, paths: Sequence[str], at_once: int) -> Mapping[str, str | None]:
        """`config` of each, with so many requests under way at the same time."""
        ...

    def post(self, path: str, xml: str, *, create: bool) -> None:
        """Make a job, or give one that is there another configuration."""
        ...

    def delete(self, path: str) -> None:
        """Delete a job with all its builds; one that is gone is no error."""
        ...


class Controller(Protocol):
    """What a Jenkins controller is and has, beside jobs."""

    def version(self) -> str:
        """Its version; raises `ToolFailed` when the address, the account or the way there is wrong."""
        ...

    def plugins(self) -> Mapping[str, str] | None:
        """Its active plugins' versions by their ids; None when this account may not ask."""
        ...

    def credential_ids(self, folder: str) -> frozenset[str] | None:
        """The ids in a folder's own store (empty: the controller's); None when this account may not ask."""
        ...

    def folders(self, path: str) -> tuple[str, ...]:
        """The folders below a folder, at every depth; itself and projects of branches are none."""
        ...

    def trusted_libraries(self) -> frozenset[str] | None:
        """The names of its trusted global libraries; None when this account may not ask, or nobody can."""
        ...

    def paths_with_builds(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of the jobs that have at least one build, their branches' jobs counted."""
        ...


class Builds(Protocol):
    """The builds of a Jenkins controller."""

    def trigger(self, path: str, parameters: Mapping[str, str], *, whole: bool = False) -> Ticket:
        """Start a build; what is known of it until it runs.

        Parameters that the job does not have are left out; with `whole` they are a refusal.
        """
        ...

    def started(self, ticket: Ticket) -> int | None:
        """The build's number once it runs; raises `Refused` when somebody took it out of the queue."""
        ...

    def why_waiting(self, ticket: Ticket) -> str:
        """What the build waits for, in Jenkins' words; empty when it does not wait."""
        ...

    def console(self, path: str, number: int, offset: int) -> Console:
        """What a build has written since `offset`, which is Jenkins' own count and no length."""
        ...

    def result(self, path: str, number: int) -> str:
        """SUCCESS, UNSTABLE, FAILURE, ABORTED or NOT_BUILT; empty while it runs."""
        ...

    def stop(self, path: str, number: int | None, ticket: Ticket) -> None:
        """Abort a build, or take it out of the queue."""
        ...
