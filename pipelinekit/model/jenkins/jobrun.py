"""A build that was started from outside, as far as it is known."""

from __future__ import annotations

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A place in Jenkins' queue. `next_number` is the job's next build number when it was asked for."""

    path: str
    item: int
    next_number: int
    session: str
    """Which run of the controller gave it: queue ids begin again after a restart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A piece of a build's console; `offset` is where the next one begins."""

    text: str
    offset: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBuild:
    """A job's last build: `result` is empty while it runs, `when` in seconds since the epoch."""

    number: int
    result: str
    when: float
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """One job of the platform with what its branches came to."""

    path: str
    state: str
    """`built`, `never built`, `scan failed`, `disabled`, `missing`, or `not seen`: nor is its folder."""
    last: LastBuild | None = None
    """The main branch's last build."""
    failing: tuple[str, ...] = ()
    """Other branches whose last build failed."""
    log: str = ""
    """Where the log of a scan is that failed."""
