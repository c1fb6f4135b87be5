from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.claims import asked, claims_of


def test_claims_are_found_by_their_names() -> None:
    spec = {"resources": {"requests": {"storage": "1Gi"}}}
    listed = [{"metadata": {"name": "data"}, "spec": spec}, {"metadata": {"name": "bare"}}]
    found = claims_of({"spec": {"volumeClaimTemplates": listed}})
    assert {name: asked(each) for name, each in found.items()} == {"data": "1Gi", "bare": ""}


@pytest.mark.parametrize("thing", [{}, {"spec": None}, {"spec": {"volumeClaimTemplates": None}}])
def test_what_has_no_claims_has_none(thing: Any) -> None:
    assert claims_of(thing) == {}
