"""A namespace as the platform prepares it for deployments: what is in it, and what would have to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelinekit.model.deployment import Change, Object
from pipelinekit.records import dataclass

if TYPE_CHECKING:
    from pipelinekit.model.release import Target

PLATFORM_LABEL = "pipelinekit.dev/platform"
"""Whose a prepared object is; put on something by hand, it hands that thing over."""
TEAM_LABEL = "pipelinekit.dev/team"
"""Whose a namespace is that one team has for itself."""
POD_SECURITY = "pod-security.kubernetes.io"
"""Before the slash of what a namespace's pods are held to; `enforce` behind it says which are taken."""
MARK = "app.kubernetes.io/managed-by"
US = "pipelinekit"

DEPLOYER = "pipelinekit-deployer"
"""The account, its Role and its RoleBinding."""
LIMITS = "pipelinekit"
"""The ResourceQuota and the LimitRange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A namespace that applications of a platform have in an environment."""

    target: Target
    platform: str
    teams: tuple[str, ...]
    applications: tuple[str, ...]
    """Their names: what runs there may be called."""
    deployers: tuple[str, ...]
    """The namespaces whose deployer may deploy here, this one among them."""

    @property
    def title(self) -> str:
        """As people call it: environment and namespace."""
        return f"{self.target.environment.name} (namespace {self.target.namespace})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is in a namespace before it is prepared."""

    namespace: Object | None
    """The namespace itself, or None."""
    programs: tuple[Object, ...] = ()
    """What makes pods there, without what something else there has made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What preparing a namespace would do."""

    environment: str
    namespace: str
    cluster: str
    created: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    """Fields; where `manager` is set, hands have had them."""
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.created or self.changes or self.removed)
