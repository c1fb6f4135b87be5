"""The platform: where images and charts go, which clusters and environments there are, what runs on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from pipelinekit.model.jenkins.agent import Agent, Notify
from pipelinekit.model.platform.gates import Approvals, Evidence, Freeze, Watch
from pipelinekit.model.platform.people import Group, LedgerKeys, Person
from pipelinekit.model.platform.registries import MirrorLogin, Retention, Signing
from pipelinekit.records import dataclass

if TYPE_CHECKING:
    from pipelinekit.model.network.ends import Grounds
    from pipelinekit.model.platform.certificates import Certificates
    from pipelinekit.model.platform.drafts import Drafts
    from pipelinekit.model.platform.network import Network
    from pipelinekit.model.platform.nexus import Nexus
    from pipelinekit.model.platform.packages import Ecosystem, Proxy
    from pipelinekit.model.platform.quota import Quota

OCI = "oci://"
PER_TEAM = "{team}"


def id_of(credential: str, team: str) -> str:
    """A credential's id for one team: `nexus-{team}` is `nexus-payments`."""
    return credential.replace(PER_TEAM, team)


LOCAL = "local"
"""The name of the built-in platform that a verb uses when it is given none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The image registry. `path` is a template over `{team}` and `{name}`; `credentials` is a Jenkins id.

    Ids of credentials here, of charts and of clusters are templates over `{team}`: see `id_of`.
    """

    registry: str
    path: str = "{team}/{name}"
    credentials: str = ""
    mirror: str = "docker.io"
    """The registry that serves Docker Hub's base images; its host alone, or host and path."""
    mirror_login: MirrorLogin | None = None
    """What Test and Build pull base images with; None where the mirror lets everybody in."""
    pull_secret: str = ""
    """The name of a Secret, present in each namespace, that pods pull with; empty: nodes can pull."""
    cache: str = ""
    """Where build layers are kept inside the registry, a template like `path`; empty: nowhere."""
    sbom: bool = False
    """Whether each pushed image gets a bill of materials."""
    signing: Signing | None = None

    def cache_of(self, team: str, name: str) -> str:
        """The repository, host included, that an application's layers come from and go to; or empty."""
        path = self.cache.format(team=team, name=name)
        return f"{self.registry}/{path}" if path and self.registry else ""

    def repository(self, team: str, name: str) -> str:
        """The image's path inside the registry, without host, tag or digest."""
        return self.path.format(team=team, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """The chart repository: `oci://host/path` or the https address of a Helm repository."""

    repository: str
    credentials: str = ""

    def place_of(self, team: str, name: str) -> tuple[str, str]:
        """Registry and repository of an application's chart.

        In an OCI repository it is below its team, so that names may repeat; a Helm repository over http knows
        no folders, and the registry is then its address.
        """
        address = self.repository.rstrip("/")
        if not address.startswith(OCI):
            return address, name
        host, _, path = address.removeprefix(OCI).partition("/")
        return host, "/".join(part for part in (path.strip("/"), team, name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Vault or OpenBao, as pods reach it: `image` is the agent's, `mount` the Kubernetes login's path.
    `authority` is a ConfigMap in applications' namespaces whose `ca.crt` vouches for it."""

    address: str
    image: str = ""
    authority: str = ""
    mount: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A git repository as Jenkins reaches it. `path` is the folder in it that counts."""

    repository: str
    branch: str = "main"
    path: str = "."
    credentials: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """The shared library's repository as Jenkins reaches it. `version` is the tag that pipelines name.

    Empty: the tag of pipelinekit's own version.
    """

    repository: str
    credentials: str = ""
    version: str = ""


DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Jenkins:
    """The controller. `credentials` is the id under which pipelines find its API user and token."""

    url: str
    credentials: str = ""
    agent: Agent = field(default_factory=Agent)
    commands: bool = False
    """Whether commands of a pull request run on agents that stay, outside any container."""
    source: Origin | None = None
    """Where this document lives: what the seed job checks out."""
    library: Library | None = None
    """Where the shared library comes from."""
    scan: int = DAY
    """Seconds between two scans of a repository: what finds a push whose webhook was lost."""
    notify: Notify | None = None
    token_file: str = "/etc/pipelinekit/notify-token"  # noqa: S105 - a file's name
    """Where a private git server keeps the token with which it tells Jenkins of a push."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A kubeconfig context, empty for the current one; `credentials` is the Jenkins id of its file."""

    name: str
    context: str = ""
    credentials: str = ""
    server: str = ""
    """The API server's address: by it the inner loop knows a cluster, whatever its context is called."""
    ca: str = ""
    """`sha256:` and the hex digest of the certificate authority in its kubeconfig; empty: not said."""
    network: Grounds | None = None
    """Its addresses, for proofs about who may talk to whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A place to deploy to. `namespace` is a template over `{team}` and `{name}`; `soak` is in seconds."""

    name: str
    cluster: str
    namespace: str
    automatic: bool = False
    after: str = ""
    soak: int = 0
    advance: bool = False
    """Whether `advance` promotes here by itself what the environment before has."""
    approvals: Approvals | None = None
    freeze: tuple[Freeze, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    emergency: tuple[str, ...] = ()
    """The groups that may go past the gates, with a reason."""
    change: str = ""
    """What a change's number looks like: # is a digit, * any letters, digits, - and _; empty: needs none."""
    back: bool = False
    """Whether only what has a way back gets here."""
    watch: Watch | None = None
    registry: str = ""
    """The image registry of this environment when it is not the platform's."""
    charts: str = ""
    """The chart repository likewise."""
    pod_security: str = "restricted"
    """The level that its namespaces enforce."""
    quota: Quota | None = None
    """What each of its namespaces may have; None: as much as the cluster has."""

    @property
    def gated(self) -> bool:
        """Whether a release gets here by promotion only."""
        return bool(self.after or self.approvals or self.freeze or self.evidence or self.change or self.back)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of its own registries."""
        return tuple(each for each in (self.registry, self.charts.partition("://")[2].split("/")[0]) if each)

    def namespace_of(self, team: str, name: str) -> str:
        """The namespace of an application in this environment."""
        return self.namespace.format(team=team, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentEntry:
    """A component that the platform runs, or names and leaves off; `values` is a file beside it."""

    name: str
    values: str = ""
    enabled: bool = True
    install: bool = False  # of a prerequisite, which is left alone without
    reaches: tuple[str, ...] = ()  # beside its own
    images: tuple[str, ...] = ()  # beside its own: what this platform made for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An application that the platform knows: where its repository is, not what its descriptor says."""

    name: str
    team: str
    repository: str
    credentials: str = ""
    path: str = "."
    branch: str = "main"
    mirrors: tuple[str, ...] = field(default=(), compare=False)
    """Other addresses of the same repository: what is checked out from one of them is the application."""

    @property
    def title(self) -> str:
        """`team/name`."""
        return f"{self.team}/{self.name}"

    @property
    def job(self) -> str:
        """Its project in Jenkins."""
        return f"apps/{self.title}"

    @property
    def hook(self) -> str:
        """The folder of its hook among what `seed export` writes."""
        return f"hooks/{self.team}-{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform as every later step sees it."""

    name: str
    images: Images
    charts: Charts
    environments: tuple[Environment, ...]
    clusters: tuple[Cluster, ...]
    packages: Mapping[Ecosystem, Proxy] = field(default_factory=dict)
    jenkins: Jenkins | None = None
    vault: Vault | None = None
    ledger: str = ""
    """The ledger's git address; empty: an embedded local one."""
    ledger_keys: LedgerKeys = field(default_factory=LedgerKeys)
    people: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()
    components: tuple[ComponentEntry, ...] = ()
    applications: tuple[Registration, ...] = ()
    retention: Retention = field(default_factory=Retention)
    nexus: Nexus | None = None
    network: Network | None = None
    drafts: Drafts | None = None
    certificates: Certificates | None = None

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams of the registered applications, in order."""
        return tuple(sorted({each.team for each in self.applications}))

    def environment(self, name: str) -> Environment | None:
        """The environment of that name, if there is one."""
        return next((each for each in self.environments if each.name == name), None)

    def cluster_of(self, environment: Environment) -> Cluster:
        """The cluster of an environment; reading has made sure that there is one."""
        return next(each for each in self.clusters if each.name == environment.cluster)


def local_platform(registry: str, *, mirror: str = "", context: str = "", namespace: str = "") -> Platform:
    """The platform of a terminal without one: environment `dev`, one cluster, one registry.

    `context` empty means the current kube context; `namespace` empty means `<team>-dev`.
    """
    return Platform(
        name=LOCAL,
        images=Images(registry=registry, mirror=mirror or "docker.io"),
        charts=Charts(repository=f"oci://{registry}/charts"),
        clusters=(Cluster(name=LOCAL, context=context),),
        environments=(
            Environment(name="dev", cluster=LOCAL, namespace=namespace or "{team}-dev", automatic=True),
        ),
    )
