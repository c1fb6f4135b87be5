"""What generated files may know of the platform: little, so that a platform change touches few files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from pipelinekit.model.jenkins.agent import Agent, Notify
from pipelinekit.records import dataclass

if TYPE_CHECKING:
    from pipelinekit.model.platform.packages import Ecosystem


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The platform as one application's generated files see it.

    It is written into the lock, so that `generate` gives the same files where no platform is at hand.
    """

    library: str
    """The version of the shared library, without `v`."""
    agent: Agent = field(default_factory=Agent)
    branch: str = "main"
    path: str = "."
    """The application's folder in its repository."""
    notify: Notify | None = None
    registry_credentials: str = ""
    charts_credentials: str = ""
    kube_credentials: tuple[str, ...] = ()
    """Those of the clusters that have automatic environments, no others."""
    package_credentials: Mapping[Ecosystem, str] = field(default_factory=dict)
    """Those of the package proxies that have one, by ecosystem."""
    mirror_credentials: str = ""
    """The login of the mirror that base images come from, where it asks for one."""
    mirror_for_all: bool = False
    """Whether builds of pull requests and other branches get that as well."""
    signing_credentials: str = ""
    """The key that images are signed with, where the platform signs."""
    signing_password: str = ""
    """What that key is encrypted with, where it is."""
    ledger_credentials: str = ""
    """The key that the team's pipelines write the ledger with, where there is one."""
    signs_charts: bool = False
    """Whether charts are signed as well."""
    mesh: bool = False
    """Whether the platform has Istio among its components."""
