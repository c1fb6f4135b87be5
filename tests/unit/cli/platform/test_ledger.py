"""A key that is taken back is one that there is, and whose it is is said."""

from __future__ import annotations

import pytest

from pipelinekit.cli.platform import ledger as verbs
from pipelinekit.errors import UsageError
from pipelinekit.model.ledger import PLATFORM
from tests.doubles import Ledger
from tests.ledgers import BRANCH, event, key_of, platform
from tests.promotions import person


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    made = Ledger(as_writer=person("ada"))
    monkeypatch.setattr(verbs, "read_platform_at", lambda _: (platform(), "p" * 40))
    monkeypatch.setattr(verbs, "ledger_of", lambda _: made)
    return made


def revoke(key: str, *more: str) -> None:
    words = [key, "--platform", "x", "--reason", "lost", *more]
    verbs.revoke.main(words, standalone_mode=False)


def test_a_key_that_nobody_has_is_not_taken_back(book: Ledger) -> None:
    """Somebody who has mistyped it would believe that the stolen one counts no more."""
    grace = key_of("grace").fingerprint
    wrong = f"{grace[:-1]}{'A' if grace[-1] != 'A' else 'B'}"
    for plan in ((), ("--plan",)):
        with pytest.raises(UsageError) as caught:
            revoke(wrong, *plan)
        (fault,) = caught.value.faults
        assert (fault.code, fault.hint) == ("key-unknown", f"did you mean '{grace}'?")
    assert book.branches() == ()


@pytest.mark.parametrize(
    ("mark", "whose"), [("grace", "grace"), ("payments", "pipeline:payments"), ("release", "release:jenkins")]
)
def test_whose_key_is_taken_back_is_said(
    book: Ledger, capsys: pytest.CaptureFixture[str], mark: str, whose: str
) -> None:
    key = key_of(mark).fingerprint
    revoke(key, "--plan")
    assert capsys.readouterr().out.startswith(f"would revoke {key} of {whose}: ")
    revoke(key)
    assert capsys.readouterr().out.startswith(f"{key} of {whose} is revoked: ")
    assert [each.kind for each in book.history(PLATFORM).events] == ["revoked"]


def test_no_branch_that_can_be_read_is_told_as_one_that_cannot(
    book: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first event of the platform's branch may be the revocation itself."""
    book.add(event("released"), event("released", name="stock"))
    revoke(key_of("grace").fingerprint)
    assert capsys.readouterr().err == ""
    book.joined.add(BRANCH)
    revoke(key_of("payments").fingerprint)
    assert capsys.readouterr().err.startswith(f"notice: of {BRANCH} nothing of it counts: a commit of")


def test_who_says_not_why_takes_no_key_back(book: Ledger) -> None:
    with pytest.raises(UsageError, match="say why"):
        revoke(key_of("grace").fingerprint, "--reason", "  ")
    assert book.branches() == ()
