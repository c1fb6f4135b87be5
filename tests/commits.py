"""What a repository says of the commits of one application, in the world of promotions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelinekit.model.promotion import Release

if TYPE_CHECKING:
    from tests.promoting import Bench


class Commits:
    """What a bench says of the commits of one application."""

    def __init__(self, bench: Bench, release: Release) -> None:
        self.bench, self.mine = bench, (release.team, release.name)

    def authors(self, release: Release, since: str) -> tuple[str, ...] | None:
        assert (release.team, release.name) == self.mine
        self.bench.asked.append((release.version, since))
        return self.bench.written.get((release.version, since), ("arno",))

    def everybody(self) -> tuple[str, ...] | None:
        self.bench.asked.append(("everybody", ""))
        return self.bench.everybody

    def origin(self, release: Release) -> str:
        assert (release.team, release.name) == self.mine
        return self.bench.origin.get(release.version, "")
