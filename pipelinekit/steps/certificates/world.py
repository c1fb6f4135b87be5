"""What looking after certificates is given: a cluster, what is wanted there, and what works on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from pipelinekit.errors import Refused, refused
from pipelinekit.model.certificate import AUTHORITY
from pipelinekit.model.platform.certificates import Certificates
from pipelinekit.model.release import Target
from pipelinekit.ports.certificates import (
    CertificateSecrets,
    CertificateServers,
    CertificateSigner,
    CertificateStore,
)
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One cluster of a platform, and what works on it. `target` names the cluster; its namespace varies."""

    platform: str
    target: Target
    wanted: Certificates
    signer: CertificateSigner
    secrets: CertificateSecrets
    servers: CertificateServers
    store: CertificateStore
    clock: Callable[[], int]
    sleep: Callable[[float], None] = time.sleep

    def at(self, namespace: str) -> Target:
        """A namespace of the cluster."""
        return replace(self.target, namespace=namespace)


def foreign(target: Target, name: str, platform: str, why: str, kind: str = "secret") -> Refused:
    """That an object is somebody else's. What the authority's own are called nobody can choose."""
    own = "" if kind == "configmap" else ", or name another namespace: certificates.authority.namespace"
    other = own if name == AUTHORITY else ", or name another in platform.yaml"
    return refused(
        "object-foreign",
        f"{target.namespace}: {kind} {name} is not ours: {why}",
        hint=f"remove or rename it there{other}; nothing of it was changed."
        f"\nWhat is marked pipelinekit.dev/platform={platform} is ours",
    )
