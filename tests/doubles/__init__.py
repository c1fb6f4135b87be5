"""The world of the steps, in memory: an engine, a registry, Helm, a cluster, an application's folder.

Each double keeps state and behaves as the real thing does where it matters here: a registry lets a tag be
moved and forgets nothing by itself, an engine gives every build an image of its own, Helm leaves a pending
record behind when it is killed.
"""

from tests.doubles.attesting import Describer, Signer
from tests.doubles.certificates import (
    CertificateSecrets,
    CertificateServers,
    CertificateSigner,
    CertificateStore,
)
from tests.doubles.charts import Charts
from tests.doubles.cluster import Cluster, Clusters, Namespaces, Record
from tests.doubles.controller import Builds, Controller, Jobs
from tests.doubles.engine import Engine, Secrets, Sources
from tests.doubles.folder import Killed, Receipts, Reports, Shell, Workspace
from tests.doubles.ledger import Anchors, Ledger, TagAnchors
from tests.doubles.registry import Registry, Store, digest
from tests.doubles.releases import Releases
from tests.doubles.repositories import Repositories

__all__ = [
    "Anchors",
    "Builds",
    "CertificateSecrets",
    "CertificateServers",
    "CertificateSigner",
    "CertificateStore",
    "Charts",
    "Cluster",
    "Clusters",
    "Controller",
    "Describer",
    "Engine",
    "Jobs",
    "Killed",
    "Ledger",
    "Namespaces",
    "Receipts",
    "Record",
    "Registry",
    "Releases",
    "Reports",
    "Repositories",
    "Secrets",
    "Shell",
    "Signer",
    "Sources",
    "Store",
    "TagAnchors",
    "Workspace",
    "digest",
]
