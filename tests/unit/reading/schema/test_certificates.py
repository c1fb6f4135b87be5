from __future__ import annotations

import re

import pytest

from pipelinekit.reading.schema.certificates import CERTIFICATES

NAMES = CERTIFICATES["properties"]["secrets"]["items"]["properties"]["names"]["items"]["pattern"]


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("openbao.openbao.svc", True),
        ("*.shop.example.com", True),
        ("10.96.0.20", True),
        ("2001:db8::20", True),
        ("*", False),
        ("a_b", False),
        ("a.-b", False),
        ("a..b", False),
        ("a\n", False),
        ("https://a", False),
    ],
)
def test_a_name_is_one_of_dns_or_an_address(name: str, *, taken: bool) -> None:
    # As the validator reads it: $ is the end of the text there, and no line's.
    assert bool(re.search(NAMES.replace("$", r"\Z"), name)) == taken


def test_every_mapping_is_closed_and_a_platform_without_secrets_says_nothing() -> None:
    assert CERTIFICATES["required"] == ["secrets"]
    for each in (CERTIFICATES, *CERTIFICATES["properties"].values()):
        assert each.get("additionalProperties", False) is False
