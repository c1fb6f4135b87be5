from __future__ import annotations

from pipelinekit.steps.certificates.world import foreign
from tests.certifying import Town


def test_each_namespace_is_of_the_same_cluster() -> None:
    world = Town().world
    at = world.at("web")
    assert (at.namespace, at.environment, at.context) == ("web", world.target.environment, "")
    assert "nothing of it was changed" in foreign(at, "a", "acme", "theirs").faults[0].hint
