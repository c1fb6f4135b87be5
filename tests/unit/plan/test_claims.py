from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.claims import asked, claims_of, is_made_of


def test_claims_are_found_by_their_names() -> None:
    spec = {"resources": {"requests": {"storage": "1Gi"}}}
    listed = [{"metadata": {"name": "data"}, "spec": spec}, {"metadata": {"name": "bare"}}]
    found = claims_of({"spec": {"volumeClaimTemplates": listed}})
    assert {name: asked(each) for name, each in found.items()} == {"data": "1Gi", "bare": ""}


@pytest.mark.parametrize("thing", [{}, {"spec": None}, {"spec": {"volumeClaimTemplates": None}}])
def test_what_has_no_claims_has_none(thing: Any) -> None:
    assert claims_of(thing) == {}


def test_a_claim_of_a_statefulset_has_its_name_and_a_number() -> None:
    stems = ("data-store", "log-store")
    names = ("data-store-0", "log-store-12", "data-store", "data-store-x", "other-0", "data-store-0-0")
    assert [each for each in names if is_made_of(each, stems)] == ["data-store-0", "log-store-12"]
