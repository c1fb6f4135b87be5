"""What runs pipelines, and what they call: the part of a platform that generated files know."""

from __future__ import annotations

from pipelinekit.records import dataclass

BUILDAH_STORE = "PIPELINEKIT_BUILDAH_STORE"
"""The variable with the place of buildah's images, for a verb whose home is not the one that they are in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPod:
    """A Jenkins agent that runs as a pod."""

    namespace: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Where pipelines run: any agent, one with a label, or a Kubernetes pod."""

    label: str = ""
    pod: AgentPod | None = None

    @property
    def stays(self) -> bool:
        """Whether the next build finds what this one has left: a pod is thrown away with its build."""
        return self.pod is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """A step of the user's own shared library; `library` is empty where Jenkins loads that by itself."""

    step: str
    library: str = ""
