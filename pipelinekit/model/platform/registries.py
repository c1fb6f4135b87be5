"""What holds for a platform's registries: who signs, how long things stay, how a mirror is read."""

from __future__ import annotations

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Images are signed with a key; `credentials` is the Jenkins id of the file that holds it.

    Nothing is told to a transparency log or a timestamp server that is not named here.
    """

    credentials: str
    password: str = ""
    """The Jenkins id of the secret text that the key is encrypted with, where it is."""
    public_key: str = ""
    """PEM. What is in a registry already is taken only with a signature that this key verifies; empty: as
    its labels say, which guards against accidents alone."""
    log: str = ""
    timestamps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What stays in the registries; times are in seconds."""

    last: int = 10
    """So many versions of each branch."""
    audit: int = 400 * 86400
    """So long stays what reached an environment with a gate."""
    development: int = 30 * 86400
    """So long stays what only ever was in environments without one, or in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorLogin:
    """A login that may only read, for the mirror; `credentials` is a Jenkins id."""

    credentials: str
    pull_requests: bool = False
    """Whether builds of pull requests and other branches get it as well."""
