"""What was signed by a key that does not count is found, and where: ended, revoked, a stranger's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger import signing
from pipelinekit.model.ledger import PLATFORM
from pipelinekit.steps import ledger as steps
from tests.ledgers import BRANCH, DAY, NOW, event
from tests.real.remotes import git
from tests.real.tampering.lair import WRITTEN, Lair


def test_an_expired_key_with_a_false_date(lair: Lair) -> None:
    # The end of its time is before NOW, and the commit says that it was made before that.
    made = lair.signed("grace", event("approved", version="2.0.0", at=NOW - 30 * DAY))
    allowed = lair.path / "allowed"
    allowed.write_text(f'grace namespaces="git",valid-before="20270101" {lair.signers.public("grace").key}\n')
    git("-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", made, cwd=lair.path)
    found = lair.findings(grace="2027-01-01")
    assert any(made[:12] in each and "nothing proves that it was there before" in each for each in found)


def test_a_revoked_key(lair: Lair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(signing.KEY, str(lair.signers.private("grace")))
    ledger = lair.ledger()
    key = lair.signers.public("ada").fingerprint
    steps.revoke(ledger, key, "laptop lost", keep=True, writer=ledger.writer())
    assert lair.findings() == [], "what was there when it was revoked stays"
    made = lair.signed("ada", event("approved", version="2.0.0", at=NOW - 30 * DAY))
    (found,) = lair.findings()
    assert (made[:12] in found, "is revoked" in found) == (True, True)
    assert ledger.branches() == (BRANCH, PLATFORM)


def test_a_revocation_that_trusts_nothing_of_it(lair: Lair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(signing.KEY, str(lair.signers.private("grace")))
    ledger = lair.ledger()
    steps.revoke(ledger, lair.signers.public("ada").fingerprint, "stolen", keep=False, writer=ledger.writer())
    (found,) = lair.findings()
    assert lair.commits()[3][:12] in found


def by_nobody(text: bytes) -> bytes:
    return re.sub(rb"gpgsig .*?-----END SSH SIGNATURE-----\n", b"", text, flags=re.DOTALL)


@pytest.mark.parametrize("change", [by_nobody, lambda text: text.replace(b'"1.2.3"', b'"6.6.6"')])
def test_a_new_chain_by_somebody_without_the_keys(lair: Lair, change: Callable[[bytes], bytes]) -> None:
    old = lair.commits()
    made = lair.chain([change(lair.text(each)) for each in old])
    found = lair.findings(old[-1])
    assert all(any(each[:12] in line for line in found) for each in (*made, old[-1]))


def test_a_new_chain_with_keys_of_their_own(lair: Lair) -> None:
    old = lair.commits()
    git("update-ref", "-d", f"refs/heads/{BRANCH}", cwd=lair.path)
    lair.chain([by_nobody(lair.text(old[0]))])
    made = [lair.signed("eve", each, author="ada <ada@acme.ledger>") for _, each in WRITTEN]
    found = lair.findings(old[-1])
    assert all(any(each[:12] in line for line in found) for each in (*made, old[-1]))


def test_an_openpgp_signature_starts_nobody_s_program(lair: Lair, tmp_path: Path) -> None:
    stub = tmp_path / "gpg"
    stub.write_text(
        f"#!/bin/sh\ntouch {tmp_path}/asked\necho '[GNUPG:] GOODSIG 0 ada' >&2\n"
        "echo '[GNUPG:] GOODSIG 0123456789ABCDEF ada'\necho '[GNUPG:] VALIDSIG 0 0 0'\n"
    )
    stub.chmod(0o755)
    text = lair.text(lair.commits()[-1])
    pgp = re.sub(
        rb"gpgsig .*?-----END SSH SIGNATURE-----\n",
        b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n",
        text,
        flags=re.DOTALL,
    )
    made = lair.store(pgp)
    lair.point(made)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[gpg]\n\tprogram = {stub}\n[gpg "ssh"]\n\tprogram = {stub}\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        found = lair.findings()
    assert found == [f"{BRANCH} {made[:12]}: it is signed, but not with SSH"]
    assert not (tmp_path / "asked").exists()
