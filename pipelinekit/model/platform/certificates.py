"""What a platform says of certificates: whose authority signs, and which Secrets there are to be."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from pipelinekit.records import dataclass

DAY = 86_400
NAMESPACE = "pipelinekit-authority"
Issuer = Literal["bootstrap", "openbao"]
Protocol = Literal["tls", "postgresql"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The bootstrap authority, one in each cluster. Durations are in seconds."""

    namespace: str = NAMESPACE
    """Where its key is, and nothing else."""
    duration: int = 3650 * DAY
    renew_before: int = 365 * DAY
    trusted: tuple[str, ...] = ()
    """Namespaces of clients, which get its certificate beside those that have one signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBao:
    """A store of certificates in OpenBao or Vault, whose authority the bootstrap one signs."""

    role: str
    """The store's role: what may be signed."""
    namespace: str = "openbao"
    service: str = "openbao"
    port: int = 8200
    tls: bool = False
    """Whether that port speaks TLS, with a certificate of this platform's authority."""
    mount: str = "pki"
    login: str = "kubernetes"
    """The path of the login by Kubernetes' tokens."""
    account: str = "openbao-certificates"
    """The ServiceAccount there that logs in; the login's role is called like it."""

    @property
    def host(self) -> str:
        """The name that its certificate has to be for."""
        return f"{self.service}.{self.namespace}.svc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where the certificate can be seen: each pod behind that port of a Service is asked."""

    service: str
    port: int
    protocol: Protocol = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate, in a Secret of type kubernetes.io/tls."""

    name: str
    namespace: str
    names: tuple[str, ...]
    """DNS names and IP addresses."""
    issuer: Issuer = "bootstrap"
    duration: int = 90 * DAY
    renew_before: int = 30 * DAY
    served: Served | None = None
    restart: bool = True
    """Whether pods that read it are replaced; False: the server reads it anew by itself."""

    @property
    def title(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """All of it."""

    secrets: tuple[Certificate, ...]
    authority: Authority = field(default_factory=Authority)
    openbao: OpenBao | None = None

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Where the authority's certificate goes."""
        return tuple(sorted({*self.authority.trusted, *(each.namespace for each in self.secrets)}))
