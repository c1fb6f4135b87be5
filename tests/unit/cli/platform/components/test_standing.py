from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.cli.platform.components.standing import tell_plans
from pipelinekit.model.rollout.part import PartPlan


def test_what_cannot_be_rendered_is_not_said_to_be_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    refused = PartPlan(component="web", namespace="web", version="", acts=True, refusals=("no digest",))
    tell_plans([refused, replace(refused, version="1.0.0", refusals=())])
    assert capsys.readouterr().out == "web in web: would be refused\nweb 1.0.0 in web: would be deployed\n"
