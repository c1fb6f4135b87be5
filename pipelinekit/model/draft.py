"""The inner loop's nouns: an environment of draft.toml, its tasks, a cluster's identity, what runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.records import dataclass

DEVELOPMENT = "development"
"""The environment of draft.toml that counts when none is named."""
DRAFT, BUILD_ID = "draft", "buildID"
"""The two values that make a pod one of Draft's: the label's value, and the annotation's."""
PULL_SECRET = "draft-pullsecret"  # noqa: S105 - a Secret's name
"""The Secret that pods of the inner loop pull with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One environment of draft.toml, defaults filled in; empty texts mean that the file does not say."""

    name: str = ""
    registry: str = ""
    namespace: str = ""
    chart: str = ""
    dockerfile: str = "Dockerfile"
    set: tuple[str, ...] = ()
    """Values in the form of Helm's `--set`."""
    watch: bool = False
    watch_delay: int = 2
    """Seconds that nothing more must change before it is built."""
    auto_connect: bool = False
    override_ports: tuple[str, ...] = ()
    """`LOCAL:REMOTE`."""
    custom_tags: tuple[str, ...] = ()
    image_build_args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """A command of .draft-tasks.toml, and what it does in its author's words."""

    about: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """All commands of .draft-tasks.toml, in written order."""

    pre_up: tuple[Task, ...] = ()
    post_up: tuple[Task, ...] = ()
    post_deploy: tuple[Task, ...] = ()
    cleanup: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A context of a kubeconfig, and which cluster it leads to.

    `server` is the API server's address, `ca` the digest (`sha256:…`) of its certificate authority or empty.
    """

    name: str
    server: str
    ca: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A developer's namespace as the cluster has it; times are seconds since the epoch, 0 for none."""

    namespace: str
    owner: str = ""
    """The label's value; empty for a namespace that is not one of the inner loop."""
    ends: int = 0
    used: int = 0
    asleep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The image that will run, and what was done for it."""

    repository: str
    """With the registry's host."""
    tag: str
    digest: str
    """Empty where it is in no registry."""
    built: bool
    pushed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod of Draft's. `ports` are by container; `restarts` as well."""

    name: str
    build: str
    """The annotation `buildID`."""
    made: str
    ready: bool
    going: bool
    """Whether it is being deleted."""
    ports: Mapping[str, tuple[int, ...]]
    restarts: Mapping[str, int] = field(default_factory=dict)
    synced: tuple[str, ...] = ()
    """The containers whose sources can be written."""
    debug: tuple[int, ...] = ()
    """The ports of debuggers; they are in `ports` as well."""
