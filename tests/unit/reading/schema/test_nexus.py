from __future__ import annotations

import pytest

from tests.schemas import accepts, field


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (("url",), ["https://a/b", "http://127.0.0.1:8081"], ["", "a", "ftp://a", "https://a b"]),
        (("repositories", "*", "name"), ["docker-hosted", "a_b.C"], ["", "-a", ".a", "a/b", "a b"]),
        (("users", "push"), ["ci"], ["", "a b", "$(id)"]),
    ],
)
def test_patterns(path: tuple[str, ...], good: list[str], bad: list[str]) -> None:
    schema = field("Platform", "nexus", *path)
    assert [each for each in good if not accepts(schema, each)] == []
    assert [each for each in bad if accepts(schema, each)] == []


def test_a_licence_is_accepted_by_true_alone() -> None:
    assert field("Platform", "nexus", "acceptEula")["type"] == "boolean"
