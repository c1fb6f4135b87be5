"""What steps need of the world, in our words. Adapters satisfy these; tests bring their own."""

from __future__ import annotations

from pipelinekit.ports.folder import Receipts, Reports, Repositories, Shell, Sources, TextMerge, Workspace
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
from pipelinekit.ports.innerloop import DraftPods, Places
from pipelinekit.ports.jenkins import Builds, Controller, Jobs
from pipelinekit.ports.releases import (
    RIVAL,
    Charts,
    Cluster,
    Clusters,
    Ledger,
    Objects,
    Releases,
    SecretVersions,
)
from pipelinekit.ports.say import Live, Say, nobody

__all__ = [
    "DENIED",
    "RIVAL",
    "Builds",
    "ChartRepository",
    "Charts",
    "Cluster",
    "Clusters",
    "Controller",
    "Describer",
    "DraftPods",
    "Engine",
    "Jobs",
    "Ledger",
    "Live",
    "NexusServer",
    "Objects",
    "Places",
    "Receipts",
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
    "TextMerge",
    "Verifier",
    "Workspace",
    "nobody",
]
