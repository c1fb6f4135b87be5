"""Looking after the ledger: what does not hold is told with its place, and nothing unseen holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from pipelinekit.errors import Refused, failed
from pipelinekit.model.ledger import PLATFORM, Anchor, Entry, Event, Writer
from pipelinekit.steps import ledger as steps
from tests.doubles import Ledger
from tests.ledgers import BRANCH, NOW, event

ADA = Writer(role="person", person="ada", key="SHA256:ada")
PIPELINE = Writer(role="pipeline", team="payments", key="SHA256:pipeline")


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger(as_writer=PIPELINE)
    made.add(
        event("released"), event("deployed", environment="dev", at=NOW), event("released", version="2.0.0")
    )
    return made


def anchor(ledger: Ledger, number: int, branch: str = BRANCH, name: str = "acme") -> Anchor:
    commit = ledger.entries[BRANCH][number].commit
    return Anchor(ledger=name, branch=branch, commit=commit, where="Deployment/orders in dev")


def remembering(*anchors: Anchor) -> steps.Anchors:
    return lambda branch: anchors if branch == BRANCH else ()


def nothing(_: Event) -> str:
    return ""


def found(done: steps.Verified) -> list[str]:
    return [str(each) for each in done.findings]


def test_a_sound_ledger_is_counted(ledger: Ledger) -> None:
    known = remembering(anchor(ledger, 0), anchor(ledger, 1))
    done = steps.verify(ledger, "acme", [BRANCH, "apps/payments/new"], [known], nothing)
    assert (done.branches, done.events, done.anchors, done.releases) == (1, 3, 2, 2)
    assert found(done) == []


def test_what_an_anchor_remembers_and_is_gone_is_told(ledger: Ledger) -> None:
    gone = anchor(ledger, 2)
    ledger.entries[BRANCH].pop()
    done = steps.verify(ledger, "acme", [], [remembering(gone)], None)
    (told,) = found(done)
    assert told.startswith(f"{BRANCH} {gone.commit[:12]}: Deployment/orders in dev remembers a commit ")
    assert told.endswith("that is not in it any more: it was rewritten or cut")


def test_a_branch_that_is_gone_is_missed(ledger: Ledger) -> None:
    gone = anchor(ledger, 0)
    ledger.entries.clear()
    assert len(found(steps.verify(ledger, "acme", [BRANCH], [remembering(gone)], None))) == 1


def test_a_freeze_or_a_revocation_that_was_cut_from_the_platform_s_branch_is_told(ledger: Ledger) -> None:
    ledger.as_writer = ADA
    ledger.add(Event(kind="frozen", at=NOW, reason="incident"), Event(kind="thawed", at=NOW))
    head = ledger.history(PLATFORM).head
    ledger.add(event("requested", environment="staging", details={"common": head}))
    assert found(steps.verify(ledger, "acme", [], [], None)) == []
    ledger.entries[PLATFORM].pop()
    (told,) = found(steps.verify(ledger, "acme", [], [], None))
    assert told.startswith(f"{BRANCH} ")
    assert f"the branch platform has no {head[:12]} any more" in told
    del ledger.entries[PLATFORM]
    assert found(steps.verify(ledger, "acme", [], [], None)) == [told]


def test_nothing_is_said_to_be_cut_from_a_platform_s_branch_that_cannot_be_read(ledger: Ledger) -> None:
    ledger.as_writer = ADA
    ledger.add(Event(kind="frozen", at=NOW, reason="incident"))
    ledger.add(event("requested", environment="staging", details={"common": ledger.history(PLATFORM).head}))
    ledger.joined.add(PLATFORM)
    (told,) = found(steps.verify(ledger, "acme", [], [], None))
    assert told.startswith(f"{PLATFORM}: a commit of {PLATFORM} joins two histories")


def test_a_platform_s_branch_that_begins_while_all_is_read_was_not_cut(ledger: Ledger) -> None:
    def begins() -> Iterable[str]:
        ledger.as_writer = ADA
        ledger.add(Event(kind="frozen", at=NOW, reason="incident"))
        head = ledger.history(PLATFORM).head
        ledger.add(event("requested", environment="staging", details={"common": head}))
        return ()

    assert found(steps.verify(ledger, "acme", [], [], None, begins)) == []


def test_an_anchor_of_another_ledger_is_told(ledger: Ledger) -> None:
    for other in (anchor(ledger, 0, name="globex"), anchor(ledger, 0, branch="apps/payments/x")):
        (told,) = found(steps.verify(ledger, "acme", [], [remembering(other)], None))
        assert "which is another place" in told


def test_what_cannot_be_asked_does_not_hold(ledger: Ledger) -> None:
    def silent(_: str) -> Iterable[Anchor]:
        raise failed("cluster-unreachable", "Connection refused")

    def away(_: Event) -> str:
        raise failed("registry-unreachable", "no route")

    def corrupt() -> Iterable[str]:
        raise failed("ledger-unreachable", "object is corrupt")

    told = found(steps.verify(ledger, "acme", [], [silent], away, corrupt))
    assert told == [
        "repository: object is corrupt",
        f"{BRANCH}: an anchor cannot be asked: Connection refused",
        f"{BRANCH} {ledger.entries[BRANCH][0].commit[:12]}: the registry cannot be asked: no route",
        f"{BRANCH} {ledger.entries[BRANCH][2].commit[:12]}: the registry cannot be asked: no route",
    ]


def test_what_does_not_count_and_what_git_finds_is_told(ledger: Ledger) -> None:
    ledger.add(event("approved"))
    told = found(steps.verify(ledger, "acme", [], [], None, lambda: ["missing blob"]))
    assert told[0] == "repository: missing blob"
    assert "no event of the kind approved" in told[1]


def test_a_release_without_its_artefacts_is_told_unless_it_has_expired(ledger: Ledger) -> None:
    def lost(each: Event) -> str:
        return f"{each.version} is not there"

    assert len(found(steps.verify(ledger, "acme", [], [], lost))) == 2
    ledger.as_writer = ADA
    ledger.add(event("expired", version="2.0.0"))
    (told,) = found(steps.verify(ledger, "acme", [], [], lost))
    assert told.endswith("1.2.3 is not there")


# --- the log --------------------------------------------------------------------------------------


def log(ledger: Ledger, **asked: Any) -> tuple[Entry, ...]:
    unread: list[str] = []
    entries = steps.log(ledger, lambda branch, _: unread.append(branch), **asked)
    assert unread == sorted(ledger.joined)
    return entries


def test_a_branch_that_cannot_be_read_hides_no_other_one(ledger: Ledger) -> None:
    ledger.add(event("released", name="stock"))
    ledger.joined.add(BRANCH)
    assert [each.event.name for each in log(ledger)] == ["stock"]
    ledger.silent = True
    with pytest.raises(Refused, match="does not answer"):
        log(ledger)


def test_the_log_is_one_row_of_time_over_all_branches(ledger: Ledger) -> None:
    ledger.as_writer = ADA
    ledger.add(Event(kind="frozen", at=NOW - 1), event("released", team="stock", at=NOW + 1))
    kinds = [each.event.kind for each in log(ledger)]
    assert kinds == ["released", "released", "frozen", "deployed", "released"]
    assert [each.event.kind for each in log(ledger, environment="dev")] == ["deployed"]
    assert len(log(ledger, since=NOW)) == 2
    assert len(log(ledger, application="orders")) == 4
    assert len(log(ledger, application="stock/orders")) == 1


def test_an_application_of_which_nothing_is_known(ledger: Ledger) -> None:
    for name in ("rders", "nothing", "apps"):
        with pytest.raises(Refused, match="nothing of"):
            log(ledger, application=name)


# --- revocations ----------------------------------------------------------------------------------


def test_a_key_is_revoked_once(ledger: Ledger) -> None:
    head = ledger.history(BRANCH).head
    made = steps.revoke(ledger, "SHA256:x", "lost", keep=True, writer=ADA, platform="c0ffee")
    assert (made.details, made.reason, made.platform) == (
        {"key": "SHA256:x", "kept": {BRANCH: head}},
        "lost",
        "c0ffee",
    )
    ledger.as_writer = ADA
    ledger.entries[PLATFORM].clear()
    steps.revoke(ledger, "SHA256:x", "lost", keep=False, writer=ADA)
    assert ledger.history(PLATFORM).events[0].details["kept"] == {}
    with pytest.raises(Refused, match="revoked already"):
        steps.revoke(ledger, "SHA256:x", "again", keep=True, writer=ADA)


def test_a_pipeline_revokes_nothing(ledger: Ledger) -> None:
    with pytest.raises(Refused, match="revokes nothing"):
        steps.revoke(ledger, "SHA256:x", "lost", keep=True, writer=PIPELINE)


def test_a_branch_that_cannot_be_read_keeps_no_key_from_being_revoked(ledger: Ledger) -> None:
    """Whoever has the key may have made it so."""
    ledger.add(event("released", name="stock"))
    ledger.joined.add(BRANCH)
    ledger.as_writer = ADA
    made = steps.revoke(ledger, "SHA256:eve", "stolen", keep=True, writer=ADA)
    assert [*made.details["kept"]] == ["apps/payments/stock"]
    ledger.silent = True
    with pytest.raises(Refused, match="does not answer"):
        steps.revoke(ledger, "SHA256:mal", "stolen", keep=True, writer=ADA)


# --- by which document ----------------------------------------------------------------------------


def documented(ledger: Ledger, ask: steps.Documents) -> list[str]:
    return found(steps.verify(ledger, "acme", [], [], None, gated=["production"], documents=ask))


def test_what_was_judged_by_another_document_is_told_with_its_commit(ledger: Ledger) -> None:
    asked: list[str] = []

    def main() -> list[str]:
        asked.append("main")
        return ["a" * 40]

    assert documented(ledger, main) == []
    assert asked == [], "nothing was judged, so nobody is asked"
    ledger.as_writer = ADA
    for each in ("a" * 40, "f" * 40, ""):
        ledger.add(event("promoted", environment="production", platform=each))
    ledger.add(Event(kind="set-promoted", environment="production", platform="e" * 40, at=NOW))
    told = documented(ledger, main)
    commits = [each.commit[:12] for each in ledger.entries[BRANCH][-2:]]
    assert [each.split(":")[0] for each in told[:2]] == [f"{BRANCH} {each}" for each in commits]
    assert "promoted by a document (fffffffffffffffffff) that is not of the main branch" in told[0]
    assert "promoted by a document (none)" in told[1]
    assert told[2].startswith(f"{PLATFORM} ")
    assert asked == ["main"]


def test_a_repository_of_the_platform_that_does_not_answer_is_one_finding(ledger: Ledger) -> None:
    def nobody() -> list[str]:
        raise failed("platform-unread", "it does not answer")

    ledger.as_writer = ADA
    ledger.add(event("promoted", environment="production"), event("approved", environment="production"))
    ledger.add(Event(kind="set-promoted", environment="production", at=NOW))
    (told,) = documented(ledger, nobody)
    assert (
        told == "platform.yaml: by which document its releases were judged is not known: it does not answer"
    )
