"""Jobs as they should be: folders that are trust boundaries, pipelines, a project for each application."""

from __future__ import annotations

from typing import Literal

from pipelinekit.records import dataclass

Kind = Literal["folder", "multibranch", "pipeline"]

SEED = "pipelinekit/seed"
PROMOTE, ADVANCE = "release/promote", "release/advance"
COMPONENTS, CERTIFICATES = "platform/all", "platform/certificates"
DRAFTS, REAP = "draft", "draft/reap"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub:
    """A repository on github.com; `credentials` is a GitHub App's."""

    owner: str
    repository: str
    credentials: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """A repository elsewhere, over http or ssh."""

    address: str
    credentials: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder. `credentials` are the ids that must be found in it or above it; their values are not ours."""

    path: str
    title: str
    text: str
    credentials: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """`folder`."""
        return "folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Multibranch:
    """One application: a job for each branch and pull request that has its Jenkinsfile."""

    path: str
    title: str
    text: str
    source: GitHub | Git
    script: str
    """The Jenkinsfile's path in the repository."""
    scan: int
    """Seconds between two scans, where no webhook has told of a push."""
    platform: str
    """Whose it is: part of the id that ties the branches' jobs to their source."""
    keep_days: int = 7
    """How long the job of a branch that is gone is kept, with its builds."""
    keep_branches: int = 20

    @property
    def kind(self) -> Kind:
        """`multibranch`."""
        return "multibranch"

    @property
    def source_id(self) -> str:
        """What the source is known by: it stays when the address changes, and with it the branches' jobs."""
        return f"pipelinekit/{self.platform}/{self.path}"

    @property
    def credentials(self) -> tuple[str, ...]:
        """The ids that the job itself needs."""
        return (self.source.credentials,) if self.source.credentials else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a person fills in to start a job: one of `choices` (Jenkins takes no other), a text, or a tick."""

    name: str
    text: str
    choices: tuple[str, ...] = ()
    tick: bool = False


PLAN_ONLY = Parameter(name="PLAN_ONLY", text="Show what would be done, and do nothing.", tick=True)
"""The tick of a job in the platform's folders with which it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A pipeline whose script comes from us; `cron` is when it starts by itself, in Jenkins' spelling."""

    path: str
    title: str
    text: str
    script: str
    credentials: tuple[str, ...] = ()
    cron: str = ""
    parameters: tuple[Parameter, ...] = ()

    @property
    def kind(self) -> Kind:
        """`pipeline`."""
        return "pipeline"


Job = Folder | Multibranch | Pipeline


def component_job(name: str) -> str:
    """The job of one component; `all` is no component's name."""
    return f"platform/{name}"


def holds_items(kind: str) -> bool:
    """Whether items of a kind, ours or a class of Jenkins, are folders that have a store of their own."""
    return kind == "folder" or kind.endswith("Folder")


def parent_of(path: str) -> str:
    """The folder that a path is in; empty at the top."""
    return path.rpartition("/")[0]
