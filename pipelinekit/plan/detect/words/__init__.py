"""The repository's own words, set before what its sources show; where the two disagree, both are told."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.signs import Detected, Texts
from pipelinekit.plan.detect.words import commands, ports, surroundings, tests


def told(found: Detected, words: Sequence[Word], texts: Texts) -> Detected:
    """The same with what Procfiles, compose files, hosts and CI say; a kept Dockerfile comes first."""
    found = surroundings.versioned(found, words)
    found = commands.run(found, words, texts)
    found = ports.port(found, words)
    found = surroundings.health(found, words)
    found = surroundings.variables(found, words)
    found = surroundings.rest(found, words)
    return tests.tested(found, words, texts)
