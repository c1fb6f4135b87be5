"""Selectors of labels; rules by way."""

from __future__ import annotations

import pytest

from pipelinekit.model.network.policies import EGRESS, INGRESS, NetworkPolicy, Rule, Selector


@pytest.mark.parametrize(
    ("operator", "values", "there", "other", "missing"),
    [
        ("In", ("a",), True, False, False),
        ("NotIn", ("a",), False, True, True),
        ("Exists", (), True, True, False),
        ("DoesNotExist", (), False, False, True),
    ],
)
def test_operators(operator: str, values: tuple[str, ...], there: bool, other: bool, missing: bool) -> None:
    selector = Selector(terms=(("key", operator, values),))
    found = [selector.selects(labels) for labels in ({"key": "a"}, {"key": "b"}, {})]
    assert found == [there, other, missing]


def test_all_of_a_selector_has_to_hold_and_an_empty_one_means_everything() -> None:
    assert Selector().selects({})
    both = Selector(equal=(("a", "1"),), terms=(("b", "Exists", ()),))
    assert [both.selects(each) for each in ({"a": "1"}, {"a": "1", "b": ""}, {"b": ""})] == [
        False,
        True,
        False,
    ]


def test_rules_of_a_way() -> None:
    rules = (Rule(None, None),)
    policy = NetworkPolicy(name="n", namespace="n", pods=Selector(), ways=frozenset(), egress=rules)
    assert (policy.rules(INGRESS), policy.rules(EGRESS)) == ((), rules)
