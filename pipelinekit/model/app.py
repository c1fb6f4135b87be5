"""The application: what `app.yaml` says, with the short forms resolved and the defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, get_args

from pipelinekit.records import dataclass

WEB = "web"
"""The process that `run` is the short form of."""
METRICS = "metrics"
"""The named port that is Prometheus' alone."""
INTERNET = "internet"
"""What is reached outside of the cluster and of private networks."""

Language = Literal[
    "python",
    "node",
    "go",
    "java-maven",
    "java-gradle",
    "rust",
    "dotnet",
    "ruby",
    "php",
    "static",
    "dockerfile",
]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Shell command lines run before and after a stage, in the application's folder."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """How the image is made. Empty fields mean the language's default."""

    language: Language
    version: str = ""
    base: str = ""
    """The image that it is built in, without registry; with a digest it is pinned."""
    runtime: str = ""
    """The image that it runs in, where that is another one."""
    package: str = ""
    """What of the source is the program: a Go package, a Python module, a static site's folder."""
    folder: str = ""
    """Where the application's folder is in what it is built from; empty: its folder is all of it."""
    project: str = "top"
    """Where its project files are: at the `top` of what it is built from, or in its own `folder`."""
    main: str = ""
    """What starts the program where its file does not say: a Java class, a .NET assembly."""
    files: tuple[str, ...] = ()
    """Files and folders of the source that the program reads while it runs."""
    system: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Debian packages: `build` to build it, `run` to run it."""
    extensions: tuple[str, ...] = ()
    """Of PHP: those that its image does not have already."""
    user: int | None = None
    """The number of the user that the image names, where its USER is a name."""
    dependencies: tuple[str, ...] | None = None
    """Files that name the dependencies; copied first, so that their layer is kept. Empty: none."""
    target: str = ""
    """The stage of the Dockerfile that is the image; empty: the last one."""
    installer: str = ""
    """Who installs the dependencies, as `pnpm@9.1.0` or `uv`; empty: whose the files among them are."""
    commands: tuple[str, ...] | None = None
    """Shell command lines that build the program once its source is there. None: the language's."""
    prune: bool = True
    """Whether what only the build needs stays out of the image."""
    test: tuple[str, ...] = ()
    """The test command; it leaves its JUnit reports in /reports."""
    args: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """Ids of secrets that single steps of the build may read; no layer ever holds their values."""
    platforms: tuple[str, ...] = ("linux/amd64",)
    around: Mapping[str, Around] = field(default_factory=dict)

    @property
    def dockerfile(self) -> str:
        """The Dockerfile in what the image is built from."""
        return f"{self.folder}/Dockerfile" if self.folder else "Dockerfile"

    @property
    def home(self) -> str:
        """The folder in which it is built, from the top of what it is built from; empty: the top."""
        return self.folder if self.project == "folder" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Kubernetes quantities. `cpu` is requested, not limited; `memory` is both request and limit."""

    cpu: str = "100m"
    memory: str = "128Mi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Autoscale:
    """A HorizontalPodAutoscaler: from the process' `replicas` up to `max`, at `cpu` percent of request."""

    max: int
    cpu: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A folder that a process may write to; exactly one of the sizes, Kubernetes quantities, is set."""

    path: str
    memory: str = ""
    """In memory, which counts as the process' own; gone with the pod."""
    disk: str = ""
    """On the node's disk; gone with the pod."""
    persistent: str = ""
    """On a volume of its own for each replica, which stays."""
    storage_class: str = ""
    """Of a persistent volume; empty: the cluster's default."""


OURS = ("/tmp", "/vault")  # noqa: S108 - places in the container, mounted by the chart
SYSTEM = ("bin", "boot", "dev", "etc", "lib", "lib64", "proc", "sbin", "sys", "usr")


def taken_by(place: str) -> str:
    """Why no volume can be at a normalised absolute path; empty when one can."""
    if any(place == each or place.startswith(f"{each}/") for each in OURS):
        return f"{place} is the chart's own: /tmp can be written to anyway"
    if place.strip("/").split("/")[0] in ("", *SYSTEM):
        return f"a volume at {place} would hide what the image has there"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRef:
    """Where a secret lives: `key` inside a Vault path or inside a Kubernetes Secret of that name."""

    kind: Literal["vault", "secret"]
    path: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One workload of the application.

    A process with a `schedule` is a CronJob, one with a persistent volume a StatefulSet, others a Deployment.
    """

    name: str
    command: tuple[str, ...] = ()
    schedule: str = ""
    port: int | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    """Named ports beside the main one; `metrics` is for Prometheus, the others for callers."""
    health: str = ""
    metrics: str = ""
    replicas: int = 1
    resources: Resources = field(default_factory=Resources)
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    host: str = ""
    """The host name under which it is exposed outside the cluster; empty: not exposed."""
    autoscale: Autoscale | None = None
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    """Where it may write besides /tmp: all else of the image is read-only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A backing service asked of the platform's broker."""

    type: str
    name: str
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A way out of the cluster, over TCP: `to` is a network (CIDR) or `internet`."""

    to: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChart:
    """A chart of the application's own, deployed instead of the generated one.

    `path` is its folder. `values` says which of its values take what of the image, each as keys with dots
    between: `image` the whole reference, or `registry`, `repository`, `tag`, `digest`; `pullSecrets` the list
    of secrets to pull with. Empty: `image.repository`, `image.tag` and `imagePullSecrets`.
    """

    path: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An application as every later step sees it."""

    name: str
    team: str
    build: Build
    processes: Mapping[str, Process]
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    calls: tuple[str, ...] = ()
    """Applications, each with `:port` where it is not the main port of theirs that is called."""
    accepts: tuple[str, ...] = ()
    """Applications, each with `:port` where it is not the main port of ours that they call."""
    reaches: tuple[Reach, ...] = ()
    chart: OwnChart | None = None
    versions: Literal["commits", "conventional"] = "commits"
    """What moves the version on: every commit the patch number, or what conventional commits say."""
    environments: Mapping[str, Mapping[str, Process]] = field(default_factory=dict)
    """For each environment that the document names: all processes as they are there."""
    elsewhere: Mapping[str, tuple[Reach, ...]] = field(default_factory=dict)
    """For each environment that says so: what is reached there instead of `reaches`."""

    @property
    def title(self) -> str:
        """`team/name`."""
        return f"{self.team}/{self.name}"

    @property
    def chart_folder(self) -> str:
        """Where its chart is, the generated one or its own."""
        return self.chart.path if self.chart else f"charts/{self.name}"

    def processes_in(self, environment: str) -> Mapping[str, Process]:
        """The processes with that environment's overrides applied."""
        return self.environments.get(environment, self.processes)

    def reaches_in(self, environment: str) -> tuple[Reach, ...]:
        """The ways out of the cluster in that environment."""
        return self.elsewhere.get(environment, self.reaches)

    def callable_ports(self, environment: str = "") -> Mapping[str, int]:
        """The ports that others may call, by name; the main one of web has the empty name."""
        processes = self.processes_in(environment)
        ports = {name: port for each in processes.values() for name, port in each.ports.items()}
        main = processes[WEB].port if WEB in processes else None
        return {name: port for name, port in ports.items() if name != METRICS} | ({"": main} if main else {})


def reach_text(reach: Reach) -> str:
    """A way out as the document says it."""
    return f"[{reach.to}]:{reach.port}" if ":" in reach.to else f"{reach.to}:{reach.port}"


def partner_of(word: str) -> tuple[str, str]:
    """A word of `calls` or `accepts` as application and port; the main port is empty."""
    application, _, port = word.partition(":")
    return application, port
