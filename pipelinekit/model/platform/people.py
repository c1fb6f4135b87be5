"""Who may write the ledger: people, the groups that approve, and the keys of pipelines."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import field

from pipelinekit.records import dataclass

_LENGTH = 4
"""Bytes that say how long a field of a key is."""
_FIELDS = {"ssh-ed25519": 2, "sk-ecdsa-sha2-nistp256@openssh.com": 4}
"""Fields of a key by its kind, which is the first; of every other kind three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A public key as OpenSSH writes it, without its comment; `until` is an ISO date, or empty: no end."""

    key: str
    until: str = ""

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` has it: `SHA256:…`; empty for what is no key."""
        try:
            body = base64.b64decode(self.key.split()[1], validate=True)
        except (ValueError, IndexError):
            return ""
        return "SHA256:" + base64.b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")

    @property
    def is_whole(self) -> bool:
        """Whether its body is of the kind in front of it, and all there: a line may be pasted in part."""
        kind, _, text = self.key.partition(" ")
        try:
            body = base64.b64decode(text, validate=True)
        except ValueError:
            return False
        fields = []
        while len(body) >= _LENGTH:
            size = int.from_bytes(body[:_LENGTH], "big") + _LENGTH
            if size > len(body):
                return False
            fields.append(body[_LENGTH:size])
            body = body[size:]
        return not body and len(fields) == _FIELDS.get(kind, 3) and fields[0] == kind.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with keys of their own; `jenkins` is their user there, or empty."""

    name: str
    keys: tuple[SigningKey, ...] = ()
    jenkins: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People that a gate names together."""

    name: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipelines:
    """The keys that the pipelines of a team write the ledger with."""

    team: str
    keys: tuple[SigningKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerKeys:
    """The keys of the ledger that are no person's.

    `credentials` is the Jenkins id of the key file of a pipeline, a template over `{team}`.
    """

    credentials: str = ""
    release: tuple[SigningKey, ...] = ()
    """Those of Jenkins' `release` folder."""
    release_credentials: str = ""
    """The Jenkins id of the file of the key that its jobs sign with; empty: it has no jobs."""
    pipelines: tuple[Pipelines, ...] = field(default=())
