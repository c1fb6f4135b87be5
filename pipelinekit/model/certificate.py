"""Certificates as they are found: in a Secret, at a server, and what is thought of them."""

from __future__ import annotations

from dataclasses import field

from pipelinekit.records import dataclass

AUTHORITY = "pipelinekit-authority"
"""The Secret of the bootstrap authority, and the ConfigMap that its certificate goes out in."""
CRT, KEY, CA = "tls.crt", "tls.key", "ca.crt"

FINE = "fine"
MISSING = "missing"
FOREIGN = "foreign"
UNREADABLE = "unreadable"
KEYLESS = "keyless"
"""What is in the Secret as its key is none, or another certificate's: no server can begin with it."""
LOST = "lost"
"""The authority alone: its key is gone, and it has signed what is there. Nobody can make that one again."""
EXPIRED = "expired"
UNTRUSTED = "untrusted"
OTHER = "other"
"""Not as the document says: other names, or another issuer."""
DUE = "due"
UNSERVED = "unserved"
"""The Secret is fine, and a server shows another certificate or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A key and its certificate, both PEM. The key is in memory alone, and never in a `repr`."""

    key: str = field(repr=False)
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a certificate says. `begins` and `ends` are seconds since 1970."""

    serial: str
    """In hex, small letters."""
    begins: int
    ends: int
    names: tuple[str, ...]
    depth: int
    """How many authorities are between it and the one that is trusted."""
    distrust: str = ""
    """Why the authority does not vouch for it; empty: it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A Secret or a ConfigMap as it is there. Its key is in memory alone, and never in a `repr`."""

    version: str
    """Its resourceVersion."""
    owner: str = ""
    """Whose it is, where it is not ours."""
    type: str = ""
    written: str = ""
    """When it was last written, by the cluster's clock (RFC 3339); empty: nobody knows."""
    certificate: str = ""
    key: str = field(default="", repr=False)
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What makes pods that read a Secret, like StatefulSet/openbao."""

    name: str
    told: str
    """The serial of the certificate that its pods were made for, as we have marked it."""
    by_hand: bool = False
    """Whether its pods are replaced when somebody deletes them, and not before."""
    reloads: bool = False
    """Whether its pods read a renewed Secret anew by themselves, and are never replaced for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads a Secret, and which pods have read an earlier one of that name."""

    readers: tuple[Reader, ...] = ()
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one pod showed on its port: a serial, or why there is none."""

    pod: str
    serial: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is thought of one certificate, the authority's own among them."""

    title: str
    state: str
    why: str = ""
    serial: str = ""
    ends: int | None = None
    issuer: str = ""
    shown: tuple[Shown, ...] = ()

    @property
    def renewable(self) -> bool:
        """Whether a new one would help, and is ours to make."""
        return self.state in (MISSING, UNREADABLE, KEYLESS, EXPIRED, UNTRUSTED, OTHER, DUE)
