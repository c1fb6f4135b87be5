"""What a rollout tells the ledger of the platform that it is of."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.source import platforms
from pipelinekit.adapters.source.platforms import PlatformText
from pipelinekit.cli.platform.components import books
from pipelinekit.cli.platform.components.parts import Rollout

PLATFORM = """apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "registry.example:5000"}
charts: {repository: "oci://registry.example:5000/charts"}
ledger: {repository: "https://git.example/ledger.git"}
clusters: [{name: nonprod, context: acme-dev}]
environments: [{name: dev, cluster: nonprod, namespace: "{team}-dev"}]
"""


def test_the_ledger_is_told_the_commit_that_was_read_also_where_another_one_is_there_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = iter(("1" * 40, "2" * 40))

    def read(source: str) -> PlatformText:
        return PlatformText(PLATFORM.encode(), source, next(commits), None, "")

    monkeypatch.setattr(platforms, "read_platform_text", read)
    here = Rollout(str(tmp_path))
    assert here.platform.name == "acme"
    told = books.told(here)
    assert told is not None
    assert told.platform == "1" * 40
