"""What will be done to the jobs of a controller: one change a job, and the text that it goes with."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pipelinekit.errors import Place, refused
from pipelinekit.model.jenkins.jobconfig import Config, Difference
from pipelinekit.model.jenkins.jobs import Job
from pipelinekit.model.jenkins.marker import Marker
from pipelinekit.records import dataclass


class Action(StrEnum):
    """What happens to one job."""

    CREATE = "create"
    UPDATE = "update"
    DISABLE = "disable"
    DELETE = "delete"
    SAME = "same"
    FOREIGN = "foreign"
    """Somebody else's, in one of our folders; left alone."""
    KEEP = "keep"
    """Ours and no longer wanted, but not deleted: its time is not over, or something else is in it."""
    REFUSED = "refused"
    """It should be changed, and must not be: it is somebody else's."""
    BLOCKED = "blocked"
    """It cannot work on this controller yet: a plugin or a credential is missing."""


DEEDS = frozenset((Action.CREATE, Action.UPDATE, Action.DISABLE, Action.DELETE))
"""The actions that send something to Jenkins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A job as it should be, with the text to post and what that says."""

    job: Job
    xml: str
    config: Config
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An item of a controller as one listing shows it. `kind` is ours, or the class of something else."""

    path: str
    kind: str
    description: str = ""
    disabled: bool = False
    marker: Marker | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One job's change. `differences` are the fields in which Jenkins has something else."""

    path: str
    kind: str
    action: Action
    why: str = ""
    by_hand: bool = False
    """Whether somebody changed the job in Jenkins since it was applied last."""
    differences: tuple[Difference, ...] = ()
    xml: str = ""
    live: str = ""
    """The digest of what the job said when this was planned; empty where there was no job."""
    wanted: str = ""

    @property
    def acts(self) -> bool:
        """Whether something is sent to Jenkins."""
        return self.action in DEEDS


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """What `apply` does, and no more. `platform` and `url` say for which controller it is."""

    platform: str
    commit: str
    url: str
    changes: tuple[Change, ...]

    def of(self, *actions: Action) -> tuple[Change, ...]:
        """The changes with one of these actions."""
        return tuple(each for each in self.changes if each.action in actions)

    @property
    def deeds(self) -> tuple[Change, ...]:
        """The changes that send something."""
        return tuple(each for each in self.changes if each.acts)


FORMAT = 1


def to_json(plan: JobPlan) -> str:
    """The plan as a text that `from_json` takes back; unchanged jobs are left out."""
    body = dataclasses.asdict(plan)
    body["changes"] = [each for each in body["changes"] if each["action"] != Action.SAME]
    return json.dumps({"format": FORMAT, **body}, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str, origin: str) -> JobPlan:
    """The plan in `text`; `Refused` when it is none, or one of another version."""
    try:
        body: Mapping[str, Any] = json.loads(text)
        if body["format"] != FORMAT:
            raise ValueError("another format")
        changes = tuple(_change(each) for each in body["changes"])
        return JobPlan(
            platform=_text(body["platform"]),
            commit=_text(body["commit"]),
            url=_text(body["url"]),
            changes=changes,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refused(
            "plan-damaged",
            f"this is no plan of pipelinekit ({type(error).__name__})",
            hint="make one with `pipelinekit jobs plan --out FILE`",
            place=Place(origin),
        ) from error


def _change(each: Mapping[str, Any]) -> Change:
    fields = {name: _text(each[name]) for name in ("path", "kind", "why", "xml", "live", "wanted")}
    return Change(
        **fields,
        action=Action(each["action"]),
        by_hand=each["by_hand"] is True,
        differences=tuple(Difference(**difference) for difference in each["differences"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
