"""Several services in one repository: each with what it is built from, and where its descriptor goes."""

from __future__ import annotations

import posixpath

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A container that a compose file builds."""

    name: str
    context: str
    """Folder of the repository, `.` for its top."""
    dockerfile: str
    """Path in the repository."""
    port: int | None
    place: str
    """A file, and the line in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One program of a repository that could be an application. Paths are from its top, `.` is the top."""

    name: str
    base: str
    """The folder that its image is built from."""
    folder: str
    """The folder of its descriptor, from `base`; empty where that is the base itself."""
    source: str
    """The folder that is looked at."""
    language: str
    port: int | None
    why: str
    serves: bool = True
    """Whether it answers requests at all; one without a port that does is asked for it."""
    package: str = ""
    """Which of the programs in `source` it is, as `--package` has it."""
    project: str = ""
    """Where its project files are in what it is built from, as `build.project` has it."""
    member: str = ""
    """Which member of a workspace it is."""

    @property
    def path(self) -> str:
        """The folder of its descriptor."""
        return posixpath.normpath(posixpath.join(self.base, self.folder))

    @property
    def shared(self) -> bool:
        """Whether its image is built from a folder above its own."""
        return bool(self.folder)
