"""The words of those who may write the ledger."""

from __future__ import annotations

import pytest

from tests.schemas import accepts, field

BODY = "A" * 68


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (f"ssh-ed25519 {BODY}", True),
        (f"ssh-ed25519 {BODY} ada@desk", True),
        (f"sk-ssh-ed25519@openssh.com {BODY}=", True),
        (f"ecdsa-sha2-nistp256 {BODY}==", True),
        (f"ssh-dss {BODY}", False),
        (f'cert-authority,namespaces="git" ssh-ed25519 {BODY}', False),
        (f"ssh-ed25519 {BODY}\nssh-ed25519 {BODY}", False),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", False),
    ],
)
def test_a_key_is_one_public_key(text: str, taken: bool) -> None:
    schema = field("Platform", "people", "*", "keys", "*")
    assert accepts(schema, text) == taken
    assert accepts(schema["properties"]["key"], text) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("ada", True),
        ("ada.l@acme.example", True),
        ("*", False),
        ("a,b", False),
        ("!ada", False),
        ("a b", False),
    ],
)
def test_a_person_is_one_principal(text: str, taken: bool) -> None:
    assert accepts(field("Platform", "people", "*", "name"), text) == taken
    assert accepts(field("Platform", "groups", "*", "people", "*"), text) == taken
