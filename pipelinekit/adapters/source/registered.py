"""What the registered repository of an application says of its releases."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from pipelinekit.adapters.source.span import Branch, Written, authors
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.promotion import Release
from pipelinekit.plan.ledger.keyring import Keyring


class RegisteredCommits:
    """The commits of one application, in the repository that platform.yaml registers for it."""

    def __init__(self, platform: Platform, team: str, name: str) -> None:
        self.platform = platform
        mine = (each for each in platform.applications if (each.team, each.name) == (team, name))
        found = self.application = next(mine, None)
        self._branch = Branch(found.repository, found.branch) if found else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._branch:
            self._branch.__exit__(kind, error, trace)

    def written(self, release: Release, since: str) -> tuple[Written, ...] | None:
        """A release's commits since another one; None: nobody can tell."""
        if self._branch is None:
            return None
        return self._branch.written(release.commit, since, Keyring(self.platform))

    def authors(self, release: Release, since: str) -> tuple[str, ...] | None:
        """Who wrote them, each once."""
        return authors(self.written(release, since))

    def everybody(self) -> tuple[str, ...] | None:
        """Who wrote any of its branch."""
        head = self._branch.head if self._branch else ""
        return authors(self._branch.written(head, "", Keyring(self.platform))) if self._branch else None

    def origin(self, release: Release) -> str:
        """Why the repository does not have a release's descriptor at its commit, or empty."""
        if self._branch is None or self.application is None:
            return "platform.yaml registers no repository of it"
        parts = (self.application.path.strip("/"), "app.yaml")
        path = "/".join(part for part in parts if part not in ("", "."))
        found = self._branch.text_at(release.commit, path)
        if found is None:
            return f"its repository cannot tell what {path} is at {release.commit[:12]}"
        if found != release.descriptor:
            return f"the descriptor of {release.version} is not the {path} of {release.commit[:12]}"
        return ""
