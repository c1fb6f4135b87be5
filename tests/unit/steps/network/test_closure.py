"""Documents and objects together."""

from __future__ import annotations

from pipelinekit.model.network.flows import UNCLEAR
from pipelinekit.steps.network.closure import Closure
from tests.network import site


def test_what_is_declared_is_open_and_nothing_else() -> None:
    proof = site.closure([]).prove()
    assert [f"{each} {each.layers}" for each in proof.findings] == []
    assert proof.pods == len(site.DECLARED)


def test_a_policy_less_is_found() -> None:
    whole = site.closure([])
    less = [each for each in whole.rendered if each.release != "vault-policies"]
    found = {each.server for each in site.closure(less).prove().findings}
    assert {"vault/vault", "anybody"} <= found


def test_an_application_that_nobody_can_see_is_told() -> None:
    whole = site.closure([])
    unseen = Closure(
        platform=whole.platform,
        environment=whole.environment,
        components=whole.components,
        apps=(),
        rendered=whole.rendered,
        unseen={"pay/shop": "pay/shop keeps a chart of its own"},
    )
    (told,) = unseen.prove().findings
    assert (told.code, told.server) == (UNCLEAR, "pay/shop")
    assert "--rendered DIR" in told.hint
