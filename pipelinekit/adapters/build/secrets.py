"""Build secrets: from this process' environment, through files that only we can read, to single steps."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelinekit import names
from pipelinekit.adapters.disk.files import write_atomic
from pipelinekit.model.release import Credentials, Secret


class BuildSecrets:
    """What a pipeline has bound for the build, or a person has exported."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def in_pipeline(self) -> bool:
        """Whether this is a build of a multibranch project, which binds secrets on the main branch alone."""
        return bool(self.environment.get("BRANCH_NAME"))

    def text(self, identifier: str) -> str:
        """The value of a build secret, or nothing."""
        return self.environment.get(names.secret_variable(identifier), "")

    def login(self, ecosystem: str) -> Credentials | None:
        """The user and password for a package proxy; None unless both are there."""
        user, password = (self.environment.get(each, "") for each in names.login_variables(ecosystem))
        return Credentials(user, password) if user and password else None


def secret_words(secrets: Iterable[Secret], folder: Path) -> list[str]:
    """`--secret` for each, as buildx and buildah take it; its text is written into `folder`, for us alone."""
    words: list[str] = []
    for each in secrets:
        path = folder / f"secret-{each.id}"
        # A variable that is no UTF-8 holds its bytes all the same.
        write_atomic(path, os.fsencode(each.text), mode=0o600)
        words += ["--secret", f"id={each.id},src={path}"]
    return words
