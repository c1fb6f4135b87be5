"""Package proxies: where a platform's builds download from, and what lets them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

from pipelinekit.records import dataclass

if TYPE_CHECKING:
    from pipelinekit.model.app import Language

Ecosystem = Literal["pypi", "npm", "maven", "go"]
ECOSYSTEMS: tuple[Ecosystem, ...] = get_args(Ecosystem)

MIRROR = "mirror"
"""The mirror of base images: the word for its login, beside the ecosystems'."""

SECRET = "platform-"  # noqa: S105 - the beginning of an id
"""What the ids of a platform's own build secrets begin with; an application's begin with something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy of one ecosystem; `credentials` is the Jenkins id of its user and password, or empty."""

    url: str
    credentials: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How an ecosystem's own client is told of a proxy."""

    argument: str
    """The build argument that holds its address; a Dockerfile declares those that it wants."""
    file: str
    """Where the client reads its login, as root: the mount of the build secret."""


CLIENTS: Mapping[Ecosystem, Client] = {
    "pypi": Client(argument="PIP_INDEX_URL", file="/root/.netrc"),
    "npm": Client(argument="NPM_CONFIG_REGISTRY", file="/root/.npmrc"),
    "maven": Client(argument="MAVEN_MIRROR", file="/root/.m2/settings.xml"),
    "go": Client(argument="GOPROXY", file="/root/.netrc"),
}

OF_LANGUAGE: Mapping[Language, tuple[Ecosystem, ...]] = {
    "python": ("pypi",),
    "node": ("npm",),
    "go": ("go",),
    "java-maven": ("maven",),
    "java-gradle": ("maven",),
    # Its Dockerfile is the application's own, and may mount any of them.
    "dockerfile": ECOSYSTEMS,
}
"""What a language's build downloads; the others have no proxy yet."""


def secret_of(ecosystem: Ecosystem) -> str:
    """The id of the build secret that holds a proxy's login."""
    return SECRET + ecosystem
