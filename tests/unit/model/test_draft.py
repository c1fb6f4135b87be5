from __future__ import annotations

from pipelinekit.model.draft import Settings


def test_a_draft_toml_that_says_nothing_means_the_usual() -> None:
    assert Settings() == Settings(dockerfile="Dockerfile", watch=False, watch_delay=2, auto_connect=False)
