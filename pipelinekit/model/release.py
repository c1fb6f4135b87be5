"""A release on its way: what is built from which revision, under which names, for which target."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import field

from pipelinekit.model.app import App
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The facts git knows about the work tree; counts follow the first parent only."""

    commit: str = ""
    """The full commit id; empty before the first commit and outside a repository."""
    tree: str
    """The id of the application folder's content, uncommitted changes included."""
    dirty: bool
    branch: str = ""
    main_branch: str = "main"
    pull_request: str = ""
    tag: str = ""
    """The version tag that the version comes from, or empty."""
    since: int = 0
    """Commits since that tag, or since the beginning."""
    passed: str = ""
    """The highest tag that looks like a date and so is no version; or empty."""
    tagless: bool = False
    """Whether the clone has no version tag at all, be it in this commit's history or not."""
    elsewhere: str = ""
    """The version tag that the remote has in this commit's history, and the clone has not; or empty."""
    unanswered: str = ""
    """Why the remote could not be asked for one; or empty."""
    pipeline: bool = False
    """Whether a pipeline asks, which must not guess."""
    messages: tuple[str, ...] = ()
    """The messages of those commits, oldest first; read only where they decide about the version."""
    committed: int = 0
    """When the commit was made, in seconds since the epoch."""
    shallow: bool = False
    folder: str = "."
    """The application's folder inside the repository."""
    source: str = ""
    """Where the repository comes from, without credentials; empty when it has no remote."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a receipt is valid for: revision, descriptor and platform must all be the same."""

    commit: str
    descriptor: str
    platform: str


@dataclass(frozen=True, slots=True)
class ImageRef:
    """`registry/repository`, with a tag or a digest or both."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        host = f"{self.registry}/" if self.registry else ""
        return f"{host}{self.repository}{tag}{digest}"


IDENTITY = "<token>"
"""The user of a login that is no password: what Docker keeps as `identitytoken`."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a secret, in memory only: the secret does not show in `repr`."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secret:
    """What single steps of a build may read, in memory only: it does not show in `repr`."""

    id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan:
    """One application at one revision for one platform: all names that the line will use."""

    app: App
    platform: Platform
    revision: Revision
    key: Key
    version: str
    """A semantic version that is an image tag and a chart version as well."""
    image: ImageRef
    chart: ImageRef
    chart_folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """One build: `target` empty means the last stage, `platforms` empty the engine's own."""

    ref: ImageRef
    dockerfile: str = "Dockerfile"
    target: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    pinned: Mapping[str, str] = field(default_factory=dict)
    """Base images by their name in the Dockerfile, and what they are pinned to."""
    secrets: tuple[Secret, ...] = ()
    """What steps may mount; no layer, argument or label ever holds it."""
    cache: str = ""
    """The repository that layers come from and go to, or empty."""
    keeps: bool = True
    """Whether what is built goes to the cache: that of a pull request must not get into others' images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """A test command's outcome; `output` is what it printed."""

    __test__ = False

    exit_code: int
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one application goes: `context` empty means the current kube context."""

    name: str
    environment: Environment
    namespace: str
    context: str
    called: str = ""
    """What people call it where it is no environment, but somebody's copy of one."""

    @property
    def place(self) -> str:
        """What is said before a fault that is there."""
        return self.called or self.environment.name

    @property
    def where(self) -> str:
        """Where something goes, as a sentence has it."""
        return self.called or f"{self.environment.name} (namespace {self.namespace})"

    @property
    def kubectl(self) -> str:
        """The beginning of a command that somebody types to look there."""
        return f"{self.kubectl_anywhere} --namespace {self.namespace}"

    @property
    def kubectl_anywhere(self) -> str:
        """The same for what is in no namespace."""
        return f"kubectl --context {shlex.quote(self.context)}" if self.context else "kubectl"

    @property
    def for_helm(self) -> str:
        """The options with which somebody's own `helm` acts there, and not where its current context is."""
        context = f" --kube-context {shlex.quote(self.context)}" if self.context else ""
        return f"--namespace {self.namespace}{context}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """What Helm makes at certain moments of a release's life, beside what it installs."""

    object: str
    """Like Job/orders-before."""
    moments: tuple[str, ...]
    """Like `pre-upgrade`."""
    weight: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseState:
    """What Helm knows of an installed release."""

    revision: int
    status: str
    values: Mapping[str, object]
    """The values given at installation."""
    manifest: str
    """What was installed, as Helm recorded it; hooks are no part of it."""
    hooks: tuple[Hook, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPod:
    """A pod of the tasks before a rollout; `made` is in seconds since the epoch, by the cluster's clock."""

    name: str
    made: float
    ended: bool
    """Whether all of its containers have ended; one that is being deleted has not before they have."""
    failed: str = ""
    """The task that ended with another code than 0, or empty."""
    code: int = 0
