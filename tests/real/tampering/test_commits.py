"""What was done to a commit is found, and where: its bytes, its author, its date, its place."""

from __future__ import annotations

import os
import random

import pytest

from tests.ledgers import BRANCH, DAY, NOW, event
from tests.real.tampering.lair import WRITTEN, Lair

SEED = 20261128
BYTES = int(os.environ.get("PIPELINEKIT_LEDGER_BYTES", "6"))
"""So many bytes of each commit are changed, one by one; 0 for all of them."""


def test_a_sound_ledger_holds(lair: Lair) -> None:
    assert lair.findings(*lair.commits()) == []


@pytest.mark.parametrize("number", range(len(WRITTEN)))
def test_a_byte_of_a_commit_is_changed_and_the_rest_hung_on_it(lair: Lair, number: int) -> None:
    old = lair.commits()
    texts = [lair.text(each) for each in old]
    where = range(len(texts[number]))
    chance = random.Random(SEED + number)  # noqa: S311 - the same ones each time
    for at in chance.sample(where, BYTES) if BYTES else where:
        byte = chance.choice([each for each in b"\0\n aZ09<>" if each != texts[number][at]])
        changed = lair.store(texts[number][:at] + bytes([byte]) + texts[number][at + 1 :])
        made = [changed]
        for each, text in zip(old[number:], texts[number + 1 :], strict=False):
            made.append(lair.store(text.replace(each.encode(), made[-1].encode())))
        lair.point(made[-1])
        found = lair.findings()
        # Where git cannot even read it, git says which one it is.
        told = any(changed[:12] in each or each.startswith(f"{BRANCH}: ") for each in found)
        assert told, (at, byte, found)


def test_a_byte_on_the_server_s_disk(lair: Lair) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same ones each time
    objects = [each for each in (lair.path / "objects").rglob("*") if each.is_file()]
    commits = {f"{each.parent.name}{each.name}": each for each in objects}
    for commit in lair.commits():
        path = commits[commit]
        path.chmod(0o644)
        whole = path.read_bytes()
        at = chance.randrange(2, len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        found = lair.findings()
        assert found, (commit, at)
        assert any(commit in each or BRANCH in each for each in found)
        path.write_bytes(whole)
    assert lair.findings() == []


def test_what_git_finds_is_told_without_its_hints(lair: Lair) -> None:
    head = f"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent {lair.commits()[-1]}\n".encode()
    lair.point(lair.store(head + b"author x <x@y> 1 +0000\ncommitter x\n\nheld\n"))
    found = lair.findings()
    assert len(found) > 1
    assert not any("hint: " in each for each in found)


def test_a_commit_names_another_author(lair: Lair) -> None:
    made = lair.signed("ada", event("approved", version="2.0.0", at=NOW), author="grace <grace@acme.ledger>")
    (found,) = lair.findings()
    assert made[:12] in found
    assert "it names 'grace <grace@acme.ledger>', and ada signed it" in found


def test_a_commit_has_another_date_than_its_event(lair: Lair) -> None:
    made = lair.signed("ada", event("approved", version="2.0.0", at=NOW), at=NOW - DAY)
    (found,) = lair.findings()
    assert made[:12] in found


def test_a_commit_of_another_ledger_application_or_kind_counts_nowhere_else(lair: Lair) -> None:
    lair.point(lair.commits()[-1], "apps/payments/billing")
    found = lair.findings()
    assert len(found) == len(WRITTEN)
    assert all(each.startswith("apps/payments/billing") for each in found)
    (lair.path / "refs/heads/apps/payments/billing").unlink()
    made = lair.signed("payments", event("promoted", environment="production", at=NOW))
    (found_one,) = lair.findings()
    assert made[:12] in found_one
