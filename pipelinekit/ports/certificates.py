"""What making and looking after certificates needs of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pipelinekit.model.certificate import Facts, Held, Pair, Reading, Shown
    from pipelinekit.model.platform.certificates import OpenBao, Served
    from pipelinekit.model.release import Target


class CertificateSigner(Protocol):
    """Keys and signatures; nothing of it leaves memory."""

    def authority(self, name: str, now: int, seconds: int, key: str = "") -> Pair:
        """An authority that has signed itself; with a `key`, the next certificate of that one."""
        ...

    def request(self, names: Sequence[str]) -> tuple[str, str]:
        """A new key, and the request that somebody signs it for these names; both PEM."""
        ...

    def sign(
        self,
        authority: Pair,
        request: str,
        names: Sequence[str],
        now: int,
        seconds: int,
        *,
        between: bool = False,
    ) -> str:
        """The certificate for a request's key and those names, which ends with the authority at the latest.

        With `between` it is an authority's own, under this one, for a request without names of ours.
        """
        ...

    def facts(self, certificate: str, authority: str) -> Facts | None:
        """What a certificate says, with those that follow it up to that authority; None for what is none."""
        ...

    def misfit(self, key: str, certificate: str) -> str:
        """Why a text is not the private key of a certificate, in words that follow its name; empty: it is.

        Of what is no certificate no more is asked than a key of ours.
        """
        ...


class CertificateSecrets(Protocol):
    """Secrets and ConfigMaps of a cluster. Each raises `ToolFailed` when the cluster refuses."""

    def look(self, target: Target, kind: str, name: str, platform: str) -> Held | None:
        """What is there."""
        ...

    def settle(self, target: Target, labels: Mapping[str, str]) -> bool:
        """Make the namespace unless it is there; whether it was made."""
        ...

    def put(self, target: Target, wanted: Mapping[str, Any]) -> bool:
        """Make an object, or replace the version that it names; False where somebody else was first."""
        ...

    def reading(self, target: Target, name: str, written: str) -> Reading:
        """Who reads a Secret that was written at that moment (the cluster's)."""
        ...

    def renew(self, target: Target, reader: str, name: str, serial: str) -> None:
        """Have the pods of a reader, like StatefulSet/openbao, made for that certificate; once a serial."""
        ...


class CertificateServers(Protocol):
    """What is served."""

    def shown(self, target: Target, served: Served) -> tuple[Shown, ...]:
        """The serial of what each pod behind the Service shows."""
        ...


class CertificateStore(Protocol):
    """A store of certificates in OpenBao."""

    def authority(self, target: Target, bao: OpenBao, root: str) -> str:
        """The chain of the store's own authority, PEM; empty where it has none."""
        ...

    def request(self, target: Target, bao: OpenBao, root: str, name: str) -> str:
        """A request for the store's authority, whose key stays there."""
        ...

    def install(self, target: Target, bao: OpenBao, root: str, chain: str) -> None:
        """Make that the store's authority."""
        ...

    def sign(self, target: Target, bao: OpenBao, root: str, request: str, seconds: int) -> str:
        """The certificate for a request, and after it the authorities in between; PEM."""
        ...
