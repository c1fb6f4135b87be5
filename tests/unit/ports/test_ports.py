"""Adapters and doubles have what the ports promise, word for word."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from pipelinekit import ports
from pipelinekit.adapters.build.buildah import BuildahEngine
from pipelinekit.adapters.build.context import Sources
from pipelinekit.adapters.build.docker import DockerEngine
from pipelinekit.adapters.build.secrets import BuildSecrets
from pipelinekit.adapters.bundle.folder import BundleFolder
from pipelinekit.adapters.certificates.openbao import PkiStore
from pipelinekit.adapters.certificates.secrets import CertificateSecrets
from pipelinekit.adapters.certificates.servers import CertificateServers
from pipelinekit.adapters.certificates.x509 import Authorities
from pipelinekit.adapters.cluster.anchors import ClusterAnchors
from pipelinekit.adapters.cluster.charts.components import ComponentHelm
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.adapters.cluster.definitions import Definitions
from pipelinekit.adapters.cluster.ground.inspection import Inspector
from pipelinekit.adapters.cluster.ground.namespaces import Namespaces
from pipelinekit.adapters.cluster.ground.volumes import Volumes
from pipelinekit.adapters.cluster.handovers import HandoverJobs
from pipelinekit.adapters.cluster.kubernetes import Kubernetes
from pipelinekit.adapters.cluster.objects import Objects
from pipelinekit.adapters.cluster.parts import Parts
from pipelinekit.adapters.cluster.pods.drafts import ReleasePods
from pipelinekit.adapters.cluster.pods.sharing import ClusterEngine
from pipelinekit.adapters.cluster.pods.workloads import Workloads
from pipelinekit.adapters.folder.receipts import ReceiptFolder
from pipelinekit.adapters.folder.reports import ReportFolder
from pipelinekit.adapters.folder.shell import FolderShell
from pipelinekit.adapters.folder.workspace import Workspace
from pipelinekit.adapters.jenkins.builds import JenkinsBuilds
from pipelinekit.adapters.jenkins.jobs import JenkinsController, JenkinsJobs
from pipelinekit.adapters.jenkins.quiet import JenkinsQuiet
from pipelinekit.adapters.nexus import NexusClient
from pipelinekit.adapters.registry.anchors import TagAnchors
from pipelinekit.adapters.registry.cosign import Cosign, CosignVerifier
from pipelinekit.adapters.registry.helmrepository import HttpCharts
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.adapters.registry.store import RegistryStore
from pipelinekit.adapters.registry.syft import Syft
from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.adapters.source.registered import RegisteredCommits
from pipelinekit.adapters.source.repositories import RemoteRepositories
from pipelinekit.adapters.source.worktree import MergeFile
from pipelinekit.adapters.sync.folder import SourceFolder
from pipelinekit.adapters.sync.receivers import PodReceivers
from tests import bundles, commits, developers, doubles, handing, nexus, parts
from tests.textmerge import LineMerge
from tests.things import Things

SERVED: dict[type, tuple[type, type]] = {
    ports.Workspace: (Workspace, doubles.Workspace),
    ports.Receipts: (ReceiptFolder, doubles.Receipts),
    ports.Reports: (ReportFolder, doubles.Reports),
    ports.TextMerge: (MergeFile, LineMerge),
    ports.Repositories: (RemoteRepositories, doubles.Repositories),
    ports.Shell: (FolderShell, doubles.Shell),
    ports.Engine: (DockerEngine, doubles.Engine),
    ports.Secrets: (BuildSecrets, doubles.Secrets),
    ports.Sources: (Sources, doubles.Sources),
    ports.Registry: (OciRegistry, doubles.Registry),
    ports.ChartRepository: (HttpCharts, doubles.Registry),
    ports.Referrers: (OciRegistry, doubles.Registry),
    ports.Describer: (Syft, doubles.Describer),
    ports.Signer: (Cosign, doubles.Signer),
    ports.Verifier: (CosignVerifier, doubles.Signer),
    ports.NexusServer: (NexusClient, nexus.Server),
    ports.Store: (RegistryStore, doubles.Store),
    ports.Clusters: (Workloads, doubles.Clusters),
    ports.Ledger: (GitLedger, doubles.Ledger),
    ports.Commits: (RegisteredCommits, commits.Commits),
    ports.Journal: (GitLedger, doubles.Ledger),
    ports.Anchors: (ClusterAnchors, doubles.Anchors),
    ports.TagAnchors: (TagAnchors, doubles.TagAnchors),
    ports.Charts: (Helm, doubles.Charts),
    ports.Releases: (Helm, doubles.Releases),
    ports.Cluster: (Kubernetes, doubles.Cluster),
    ports.Namespaces: (Namespaces, doubles.Namespaces),
    ports.SecretVersions: (Kubernetes, doubles.Cluster),
    ports.Objects: (Objects, Things),
    ports.Definitions: (Definitions, parts.Definitions),
    ports.Parts: (Parts, parts.Parts),
    ports.Answers: (Parts, parts.Answers),
    ports.Volumes: (Volumes, parts.Volumes),
    ports.Components: (ComponentHelm, parts.Components),
    ports.Handovers: (HandoverJobs, handing.Jobs),
    ports.Quiet: (JenkinsQuiet, handing.Builds),
    ports.CertificateSecrets: (CertificateSecrets, doubles.CertificateSecrets),
    ports.CertificateServers: (CertificateServers, doubles.CertificateServers),
    ports.CertificateSigner: (Authorities, doubles.CertificateSigner),
    ports.CertificateStore: (PkiStore, doubles.CertificateStore),
    ports.Bundle: (BundleFolder, bundles.Bundle),
    ports.Inspector: (Inspector, parts.Inspector),
    ports.ClusterEngine: (ClusterEngine, developers.ClusterEngine),
    ports.DraftPods: (ReleasePods, developers.DraftPods),
    ports.LocalSources: (SourceFolder, developers.Folder),
    ports.Receivers: (PodReceivers, developers.Receivers),
    ports.Jobs: (JenkinsJobs, doubles.Jobs),
    ports.Controller: (JenkinsController, doubles.Controller),
    ports.Builds: (JenkinsBuilds, doubles.Builds),
}
"""Each port, the adapter that serves it and its double."""


def methods(port: type) -> list[str]:
    return [name for name, each in vars(port).items() if inspect.isfunction(each) and name[0] != "_"]


def parameters(owner: type, name: str) -> list[tuple[str, Any, Any]]:
    signature = inspect.signature(getattr(owner, name))
    return [(each.name, each.kind, each.default) for each in signature.parameters.values()]


def test_every_port_has_an_adapter_and_a_double() -> None:
    found = {each for each in vars(ports).values() if getattr(each, "_is_protocol", False)}
    assert {each for each in found if each.__module__.startswith(f"{ports.__name__}.")} == set(SERVED)


@pytest.mark.parametrize("port", SERVED, ids=lambda port: port.__name__)
def test_adapter_and_double_are_called_as_the_port_says(port: type) -> None:
    for name in methods(port):
        for kind in SERVED[port]:
            assert parameters(kind, name) == parameters(port, name), (kind, name)


@pytest.mark.parametrize("port", SERVED, ids=lambda port: port.__name__)
def test_every_method_of_a_port_says_what_it_promises(port: type) -> None:
    assert methods(port)
    assert all(inspect.getdoc(getattr(port, name)) for name in methods(port))


def test_every_engine_and_every_chart_repository_is_called_alike() -> None:
    for port, kind in ((ports.Engine, BuildahEngine), (ports.ChartRepository, OciRegistry)):
        for name in methods(port):
            assert parameters(kind, name) == parameters(port, name), (kind, name)
