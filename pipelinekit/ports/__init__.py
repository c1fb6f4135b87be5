"""What steps need of the world, in our words. Adapters satisfy these; tests bring their own."""

from __future__ import annotations

from pipelinekit.ports.bundle import Bundle
from pipelinekit.ports.certificates import (
    CertificateSecrets,
    CertificateServers,
    CertificateSigner,
    CertificateStore,
)
from pipelinekit.ports.folder import Receipts, Reports, Repositories, Shell, Sources, TextMerge, Workspace
from pipelinekit.ports.handover import Handovers, Quiet
from pipelinekit.ports.images import (
    DENIED,
    ChartRepository,
    Describer,
    Engine,
    NexusServer,
    Referrers,
    Registry,
    Secrets,
    Signer,
    Store,
    Verifier,
)
from pipelinekit.ports.innerloop import ClusterEngine, DraftPods, LocalSources, Receivers
from pipelinekit.ports.jenkins import Builds, Controller, Jobs
from pipelinekit.ports.ledger import Anchors, Commits, Journal, Ledger, TagAnchors
from pipelinekit.ports.namespaces import Namespaces
from pipelinekit.ports.preflight import Inspector
from pipelinekit.ports.releases import (
    REFUSED,
    RIVAL,
    SILENT,
    Charts,
    Cluster,
    Clusters,
    Objects,
    Releases,
    SecretVersions,
)
from pipelinekit.ports.rollout import Answers, Components, Definitions, Parts, Volumes
from pipelinekit.ports.say import Live, Say, nobody

__all__ = [
    "DENIED",
    "REFUSED",
    "RIVAL",
    "SILENT",
    "Anchors",
    "Answers",
    "Builds",
    "Bundle",
    "CertificateSecrets",
    "CertificateServers",
    "CertificateSigner",
    "CertificateStore",
    "ChartRepository",
    "Charts",
    "Cluster",
    "ClusterEngine",
    "Clusters",
    "Commits",
    "Components",
    "Controller",
    "Definitions",
    "Describer",
    "DraftPods",
    "Engine",
    "Handovers",
    "Inspector",
    "Jobs",
    "Journal",
    "Ledger",
    "Live",
    "LocalSources",
    "Namespaces",
    "NexusServer",
    "Objects",
    "Parts",
    "Quiet",
    "Receipts",
    "Receivers",
    "Referrers",
    "Registry",
    "Releases",
    "Reports",
    "Repositories",
    "Say",
    "SecretVersions",
    "Secrets",
    "Shell",
    "Signer",
    "Sources",
    "Store",
    "TagAnchors",
    "TextMerge",
    "Verifier",
    "Volumes",
    "Workspace",
    "nobody",
]
