"""The values of a Nexus: what counts when nobody says otherwise."""

from __future__ import annotations

from pipelinekit.model.platform.nexus import Nexus, Repository


def test_nothing_is_accepted_opened_or_replaceable_unless_somebody_says_so() -> None:
    nexus = Nexus(url="https://nexus.acme.example")
    assert (nexus.accept_eula, nexus.anonymous) == (False, False)
    repository = Repository(name="docker-hosted", format="docker", kind="hosted")
    assert (repository.snapshots, repository.cleanup, repository.routing.by) == (False, (), "path")
