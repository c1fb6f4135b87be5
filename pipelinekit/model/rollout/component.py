"""A component of the platform: what its `component.yaml` says, whoever wrote the chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.records import dataclass

APPLICATIONS = "applications"
"""In `accepts`: every registered application."""
INGRESS = "ingress"
"""In `accepts`: what stands between the cluster and the outside."""
ANYBODY = "anybody"
"""In `accepts`: whoever there is, in the cluster and outside of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An upstream chart, unchanged: `repository` is `oci://host/path` or https, `digest` the archive's."""

    name: str
    repository: str
    version: str
    digest: str = ""
    """`sha256:…` of the archive's bytes; empty: the lock that `platform vendor` writes has it."""
    file: str = ""
    """The archive inside the component's folder, for one that is kept there; empty: it is fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One port that others may call. Its name is unique in the component; the first one is the main one."""

    name: str
    service: str
    port: int
    """The Service's port."""
    target: int | str
    """The pods' port: its number, or its name in the container."""
    protocol: str = "TCP"
    """TCP, UDP or SCTP."""
    application: str = "tcp"
    """What is spoken on it: http, https, grpc, tls or tcp, in the words of `appProtocol`."""
    pods: Mapping[str, str] = field(default_factory=dict)
    """Labels of the pods behind it; empty: all pods of the namespace that the rendered Service selects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A component that is called, and which of its offers; an empty offer is the main one."""

    component: str
    offer: str = ""

    def __str__(self) -> str:
        return f"{self.component}:{self.offer}" if self.offer else self.component


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A port on which the component's own pods talk to each other."""

    port: int
    protocol: str = "TCP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrape:
    """Where metrics are read; `port` is the container's."""

    port: int
    path: str = "/metrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Who talks to whom; what is not declared is closed."""

    calls: tuple[Call, ...] = ()
    accepts: tuple[str, ...] = ()
    """Components, `applications`, `ingress`, or `anybody`; with `:offer` where it is not every offer."""
    reaches: tuple[str, ...] = ()
    """Outside the cluster: `internet:443`, `10.2.0.0/16:5432`."""
    peers: tuple[Peer, ...] = ()
    scrape: tuple[Scrape, ...] = ()
    monitoring: bool = False
    """Whether it reads everybody's metrics: those that are declared, and the kubelets'."""
    api_server: bool = False
    """Whether its pods call the Kubernetes API."""
    webhooks: tuple[int, ...] = ()
    """Container ports that the API server calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question over http to a Service of the component.

    `json` holds, by JSON pointer, what the answer must have there.
    """

    service: str
    port: int
    path: str
    scheme: str = ""
    """http or https; empty: as the port of the rendered Service says by its `appProtocol`, else http."""
    status: tuple[int, ...] = (200,)
    json: Mapping[str, str | int | bool] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.scheme or 'http'}://{self.service}:{self.port}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a custom resource must say of itself; its `status.observedGeneration` counts where it has one.

    `resource` is as kubectl takes it, `json` as in a `Question`.
    """

    resource: str
    name: str
    json: Mapping[str, str | int | bool]

    def __str__(self) -> str:
        return f"{self.resource}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionQuestion:
    """How a server says its own version: at `pointer` of the answer to `ask`.

    `expected` empty: what the chart's values say at `value`, or without that its appVersion.
    """

    ask: Question
    pointer: str
    expected: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A CronJob of the component of which one Job is run before an upgrade; `timeout` is in seconds."""

    cronjob: str
    timeout: int = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacing:
    """How pods are replaced that nothing but their deletion replaces (OnDelete)."""

    leader: tuple[str, ...] = ()
    """Label selectors of the pod that goes last: it has the labels of one of them."""
    afterwards: str = ""
    """What has to happen to a new pod before it is ready, in words: who unseals it, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """The Jenkins that rolls the platform out, itself too."""

    login: str = ""
    """A Secret in its namespace with `username` and `password`: who may quiet it down. Empty: anybody may."""
    pipelines: bool = False
    """Whether its own chart is told what generated pipelines need of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What it needs of each node that it runs on."""

    sysctls: Mapping[str, int] = field(default_factory=dict)
    """The least value of each."""
    cgroups: int = 0
    """1 or 2; 0: either."""
    user_namespaces: bool = False
    privileged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite:
    """What the cluster has before components go there: it is looked for, and installed by a word only.

    `resource`, as kubectl takes it, and `name` are an object of the cluster that says at `pointer` which
    version runs; empty: nothing of it is looked at.
    """

    resource: str = ""
    name: str = ""
    pointer: str = ""
    network: bool = False
    """Whether it is the network of pods: another one that enforces policies serves as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """A value that the platform has to give before the component can be on; `what` it is, in words."""

    value: str
    """A JSON pointer into the values."""
    what: str
    when: str = ""
    """A pointer to what has to be on, or given, for it to be wanted; empty: it always is."""
    unless: tuple[str, ...] = ()
    """Pointers to what is given in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component. Paths are relative to its folder.

    It has a chart of its own, an archive from upstream, or neither: then it is an extension point, which
    somebody has to define before it can be on.
    """

    name: str
    namespace: str = ""
    chart: str = ""
    archive: Archive | None = None
    values: str = ""
    """Our values for the chart, below those that the platform names."""
    policies: str = ""
    """A chart of ours whose objects are a release of their own, before the component."""
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    """What it waits for where that is on."""
    offers: tuple[Offer, ...] = ()
    flows: Flows = field(default_factory=Flows)
    crds: tuple[str, ...] = ()
    """The names of the CustomResourceDefinitions that it brings, like widgets.example.com."""
    gates: tuple[Question | Condition, ...] = ()
    version: VersionQuestion | None = None
    images: tuple[str, ...] = ()
    backup: Backup | None = None
    data: str = ""
    """What is lost without its volumes; empty: it holds nothing."""
    licence: str = ""
    steps: str = "major"
    """Which part of a version no upgrade may skip one of: major, minor, or any, which may skip all."""
    replacing: Replacing = field(default_factory=Replacing)
    node: Node = field(default_factory=Node)
    controller: Controller | None = None
    """Said of the Jenkins that rolls components out: no deployment may depend on it while it is changed."""
    repositories: bool = False
    """Whether it is the server that the platform's `nexus` describes; its own chart is told what that is."""
    extension: str = ""
    """What is to be defined, of an extension point; empty: it is none."""
    prerequisite: Prerequisite | None = None
    wants: tuple[Want, ...] = ()
    shared: tuple[str, ...] = ()
    """JSON pointers into its values: what stands there, its policies are told too."""

    def offer(self, name: str = "") -> Offer | None:
        """The offer of that name, or the main one; None where there is none."""
        if not name:
            return self.offers[0] if self.offers else None
        return next((each for each in self.offers if each.name == name), None)
