from __future__ import annotations

import pytest

from pipelinekit.cli.platform.components.standing import tell_plans
from pipelinekit.model.rollout import PartPlan


def test_what_cannot_be_rendered_is_not_said_to_be_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    base = {"component": "web", "namespace": "web", "acts": True}
    tell_plans([PartPlan(**base, version="", refusals=("no digest",)), PartPlan(**base, version="1.0.0")])
    assert capsys.readouterr().out == "web in web: would be refused\nweb 1.0.0 in web: would be deployed\n"
