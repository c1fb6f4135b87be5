"""The platform that the verbs of a run share, when its document changes while they are at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.line import run
from pipelinekit.cli.wiring import ahead
from pipelinekit.cli.wiring.line import Line, Options
from pipelinekit.errors import PipelinekitError

APP = """apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
run: {port: 8080}
"""
PLATFORM = """apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "r:5000"}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: one}]
environments: [{name: dev, cluster: one, namespace: "{team}-dev", automatic: true}]
"""


def test_a_deployment_goes_by_the_platform_as_it_is_then(tmp_path: Path) -> None:
    document = tmp_path / "platform.yaml"
    document.write_text(PLATFORM)
    (tmp_path / "app.yaml").write_text(APP)
    options = Options(path=str(tmp_path), platform=str(document))
    with ahead.opened():
        assert Line(options).platform.environments[0].automatic
        document.write_text(PLATFORM.replace("automatic: true", 'change: "CHG#"'))
        assert Line(options).platform.environments[0].automatic, "a build needs no other one"
        with pytest.raises(PipelinekitError, match="promotion"):
            run._call(["deploy", "--env", "dev", "--plan", f"--path={tmp_path}", f"--platform={document}"])
