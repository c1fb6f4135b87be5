"""A Nexus server as `platform.yaml` wants it: what it should have, not how one asks for it."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from pipelinekit.records import dataclass

Format = Literal["docker", "helm", "raw", "pypi", "npm", "maven2", "go"]
Kind = Literal["hosted", "proxy", "group"]
Reached = Literal["path", "port", "subdomain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobStore:
    """A place on the server's disk; `quota` in MiB, 0 for none."""

    name: str
    path: str = ""
    quota: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """How clients reach a docker repository; `value` is the port or the subdomain."""

    by: Reached = "path"
    port: int = 0
    subdomain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One repository. `remote` is what a proxy stands before, `members` what a group is made of."""

    name: str
    format: Format
    kind: Kind
    blob_store: str = "default"
    remote: str = ""
    members: tuple[str, ...] = ()
    routing: Routing = field(default_factory=Routing)
    snapshots: bool = False
    """A hosted repository of what may be published again and again; every other one takes a thing once."""
    cleanup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleanup:
    """A policy: what was not asked for (`unused`) or not changed (`age`) for so many days goes."""

    name: str
    format: str = "*"
    unused: int = 0
    age: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A team and what of the hosted repositories is its own: it writes there, and nowhere else.

    `folders` of image repositories end with a slash, `images` are single ones, `charts` are names.
    """

    team: str
    folders: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()

    @property
    def user(self) -> str:
        """Its user and role, and the id of the credential in its folder."""
        return f"nexus-{self.team}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nexus:
    """The server and everything on it that is ours. `credentials` is the Jenkins id of its administrator."""

    url: str
    credentials: str = ""
    accept_eula: bool = False
    anonymous: bool = False
    blob_stores: tuple[BlobStore, ...] = ()
    repositories: tuple[Repository, ...] = ()
    cleanup: tuple[Cleanup, ...] = ()
    push_user: str = "pipelinekit-push"
    pull_user: str = "pipelinekit-pull"
    tenants: tuple[Tenant, ...] = ()
    """The teams of the platform's registrations; the push user is then for the platform's own jobs alone."""
