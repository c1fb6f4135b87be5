"""A commit of the ledger has one form; whatever else stands there is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.plan.ledger.commit import commit_id, fingerprint_of, read_commit
from tests.ledgers import commit_text, key_of, signature_of

ADA = "ada <ada@acme.ledger>"
SIGNED = commit_text("released payments/orders\n\n{}\n", ADA, 7, "1" * 40, signature_of(key_of("ada")))


def test_a_commit_of_ours() -> None:
    found = read_commit(commit_id(SIGNED), SIGNED)
    assert (found.parent, found.author, found.at, found.trouble) == ("1" * 40, ADA, 7, "")
    assert found.fingerprint == key_of("ada").fingerprint


def test_the_id_is_git_s() -> None:
    text = commit_text("a b\n", "x <x>", 1)
    assert commit_id(text) == "34ed7bf4729db92e26e83b9350d43f8d5b9d9fa4"


@given(st.integers(0, len(SIGNED) - 1), st.characters())
def test_another_byte_has_another_id(at: int, byte: str) -> None:
    changed = SIGNED[:at] + byte + SIGNED[at + 1 :]
    assert changed == SIGNED or read_commit(commit_id(SIGNED), changed).trouble


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tree 4b825dc", "tree 4b825dd"),
        (f"parent {'1' * 40}\n", f"parent {'1' * 40}\nparent {'2' * 40}\n"),
        (f"author {ADA}", "author eve <eve@acme.ledger>"),
        ("committer ada <ada@acme.ledger> 7", "committer ada <ada@acme.ledger> 8"),
        ("+0000\ngpgsig", "+0000\nencoding ISO-8859-1\ngpgsig"),
        ("SSH SIGNATURE", "PGP SIGNATURE"),
        ("+0000\ngpgsig", "+0100\ngpgsig"),
        ("\ngpgsig -----BEGIN", "\ngpgsig -----BEGIN PGP SIGNATURE-----\ngpgsig -----BEGIN"),
        ("\ngpgsig ", "\nmergetag object\ngpgsig "),
    ],
)
def test_what_none_of_ours_has(old: str, new: str) -> None:
    text = SIGNED.replace(old, new)
    assert text != SIGNED
    assert read_commit(commit_id(text), text).trouble


def test_a_signature_of_another_kind_is_told_as_such() -> None:
    text = SIGNED.replace("SSH SIGNATURE", "PGP SIGNATURE")
    found = read_commit(commit_id(text), text)
    assert (found.trouble, found.fingerprint) == ("it is signed, but not with SSH", "")


def test_a_signature_is_written_in_one_way() -> None:
    armour = signature_of(key_of("ada")).replace("\n ", "\n")
    assert fingerprint_of(armour) == key_of("ada").fingerprint
    first, second, *rest = armour.split("\n")
    assert fingerprint_of("\n".join((first, second[:30], second[30:], *rest))) == ""
    assert fingerprint_of(armour.replace("U1NI", "U1NJ")) == ""
    assert fingerprint_of("-----BEGIN SSH SIGNATURE-----\n!\n-----END SSH SIGNATURE-----") == ""
