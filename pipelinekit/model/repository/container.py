"""What a Dockerfile says of the container that its last stage makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The last stage with what it has from the stages that it begins with."""

    base: str = ""
    """The image of others that it is made on in the end."""
    user: str = ""
    """As `USER` says it, without the group; empty: the base's own."""
    users: Mapping[str, int | None] = field(default_factory=dict)
    """Users that its steps make, with their numbers where these are said."""
    starts: bool = False
    """Whether it says what is run, by `CMD` or `ENTRYPOINT`."""
    ports: tuple[int, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    workdir: str = ""
    health: str = ""
    """The path that its `HEALTHCHECK` asks over HTTP."""
    health_port: int | None = None
    volumes: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    """What is copied of the folder that it is built from, as `COPY` and `ADD` say it."""
    unsaid: tuple[str, ...] = ()
    """The arguments without a value that say what is copied."""
