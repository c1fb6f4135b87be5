from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.cli.platform.components.standing import show_removals, tell_plans
from pipelinekit.model.rollout.part import PartPlan, Removal


def test_what_cannot_be_rendered_is_not_said_to_be_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    refused = PartPlan(component="web", namespace="web", version="", acts=True, refusals=("no digest",))
    tell_plans([refused, replace(refused, version="1.0.0", refusals=())])
    assert capsys.readouterr().out == "web in web: would be refused\nweb 1.0.0 in web: would be deployed\n"


@pytest.mark.parametrize(
    ("there", "words", "last"),
    [
        (True, (True, True), "1 component would be removed; namespaces stay"),
        (False, (True, False), "nothing is installed: what is left of it would be deleted"),
        (False, (False, True), "nothing is installed: what is left of it would be deleted"),
        (False, (False, False), "nothing would be done"),
    ],
)
def test_what_is_left_of_a_component_that_is_gone_is_not_nothing(
    capsys: pytest.CaptureFixture[str], there: bool, words: tuple[bool, bool], last: str
) -> None:
    volumes, definitions = words
    found = Removal(
        component="store",
        namespace="stores",
        there=there,
        volumes=("data-store",) if volumes else (),
        definitions=("widgets.example.com",),
    )
    show_removals([found], False, volumes=volumes, definitions=definitions)
    assert capsys.readouterr().out.splitlines()[-1] == last
