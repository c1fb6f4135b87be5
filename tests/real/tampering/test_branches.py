"""What was done to a branch is found, and where: commits gone, changed about or joined on, names."""

from __future__ import annotations

import os
import subprocess

import pytest

from pipelinekit.adapters.source.ledger import remote, signing
from pipelinekit.errors import Refused
from pipelinekit.model.ledger import PLATFORM, Event
from pipelinekit.plan.ledger.commit import EMPTY_TREE
from tests.ledgers import BRANCH, DAY, NOW, event
from tests.real.remotes import git
from tests.real.tampering.lair import Lair


def test_a_commit_is_dropped_from_the_middle_or_the_beginning(lair: Lair) -> None:
    texts = [lair.text(each) for each in lair.commits()]
    for number in range(len(texts) - 1):
        made = lair.chain([*texts[:number], *texts[number + 1 :]])
        assert any(made[number][:12] in each for each in lair.findings()), number


def test_a_commit_is_dropped_from_the_end(lair: Lair) -> None:
    *_, before, last = lair.commits()
    lair.point(before)
    assert lair.findings() == [], "the repository alone cannot know"
    (found,) = lair.findings(before, last)
    assert found == (
        f"{BRANCH} {last[:12]}: Deployment/orders in dev remembers a commit that is not in it any more: "
        "it was rewritten or cut"
    )


def test_a_branch_is_taken_away(lair: Lair) -> None:
    last = lair.commits()[-1]
    (lair.path / "refs/heads" / BRANCH).unlink()
    assert any(last[:12] in each for each in lair.findings(last))


@pytest.mark.parametrize("whole", [False, True], ids=["its end", "all of it"])
def test_a_freeze_is_cut_from_the_platform_s_branch_without_any_key(
    lair: Lair, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setenv(signing.KEY, str(lair.signers.private("ada")))
    ledger = lair.ledger()
    stood = ledger.append(PLATFORM, [Event(kind="frozen", at=NOW - 90, reason="incident")], after="").head
    head = ledger.append(PLATFORM, [Event(kind="thawed", at=NOW - 80)], after=stood).head
    begun = event("requested", environment="production", at=NOW - 60, details={"common": head})
    last = ledger.append(BRANCH, [begun], after=ledger.history(BRANCH).head).head
    assert lair.findings(last) == []
    if whole:
        (lair.path / "refs/heads" / PLATFORM).unlink()
    else:
        lair.point(stood, PLATFORM)
    (found,) = lair.findings(last)
    assert found.startswith(f"{BRANCH} {last[:12]}: the branch platform has no {head[:12]} any more")


def test_two_commits_change_places(lair: Lair) -> None:
    texts = [lair.text(each) for each in lair.commits()]
    made = lair.chain([texts[0], texts[2], texts[1], *texts[3:]])
    found = lair.findings()
    assert all(any(each[:12] in line for line in found) for each in made[1:])


@pytest.mark.parametrize("odd", [False, True], ids=["as ours", "of no form of ours"])
def test_joining_histories_hides_nothing_and_lets_nothing_in_before_what_stood_there(
    lair: Lair, odd: bool
) -> None:
    first, *_, last = lair.commits()
    lair.point(first)
    beside = lair.signed("ada", event("approved", version="6.6.6", at=NOW - 6 * DAY + 1))
    zone = b"+0100" if odd else b"+0000"
    for parents in ((last, beside), (beside, last)):
        lines = "".join(f"parent {each}\n" for each in parents).encode()
        text = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n" + lines
        text += b"".join(b"%s x <x@y> 1800000000 %s\n" % (each, zone) for each in (b"author", b"committer"))
        made = lair.store(text + b"\nheld\n")
        lair.point(made)
        # Pushed without a key and without force, it must not move an event that stands before it.
        with pytest.raises(Refused, match=f"{made[:12]} of the ledger joins two histories"):
            lair.ledger().history(BRANCH)
        (found,) = lair.findings()
        assert made[:12] in found


def test_a_branch_that_is_at_no_commit_is_no_empty_one(lair: Lair) -> None:
    (lair.path / "blob").write_text("held")
    blob = git("hash-object", "-w", "blob", cwd=lair.path)
    lair.point(blob)
    with pytest.raises(Refused, match="which is no commit"):
        lair.ledger().history(BRANCH)
    assert any(blob[:12] in each for each in lair.findings())


@pytest.mark.parametrize("odd", ["\u2028", "\u3000", "\x85"], ids=["line", "space", "next line"])
def test_a_branch_whose_name_has_what_counts_as_an_end_of_a_line_stops_nobody(lair: Lair, odd: str) -> None:
    last = lair.commits()[-1]
    for each in (f"aside{odd}x", f"apps/payments/x{odd}y"):
        git("update-ref", f"refs/heads/{each}", last, cwd=lair.path)
    assert lair.ledger().branches() == (BRANCH, f"apps/payments/x{odd}y")
    found = lair.findings()
    assert len(found) == len(lair.commits())
    assert all(each.startswith(f"apps/payments/x{odd}y ") for each in found)


@pytest.mark.parametrize("odd", ["apps/payments", "apps/payments/orders/x"])
def test_a_branch_in_the_way_of_the_ledger_s_own_is_told_and_not_tried_against(lair: Lair, odd: str) -> None:
    """Whoever may push can make it without a key, before an application has its first event."""
    last = lair.commits()[-1]
    (lair.path / "refs/heads" / BRANCH).unlink()
    (lair.path / "refs/heads/apps/payments").rmdir()
    git("update-ref", f"refs/heads/{odd}", last, cwd=lair.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(signing.KEY, str(lair.signers.private("ada")))
        with pytest.raises(Refused, match=f"its branch {odd} is in the way of {BRANCH}") as told:
            lair.ledger().append(BRANCH, [event("held", environment="production", at=NOW)], after="")
    assert told.value.faults[0].code == "ledger-refused"


def test_what_strangers_push_of_any_size_is_read_past_or_told_with_what_to_do(
    lair: Lair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may push needs no key for that; and what is sound grows by itself, year after year."""
    sound, who = lair.commits(), f"s <s@x> {NOW} +0000"
    text = f"tree {EMPTY_TREE}\nparent {sound[-1]}\nauthor {who}\ncommitter {who}\n\n{'x' * (65 * 2**20)}"
    lair.point(lair.store(text.encode()))
    found = lair.ledger().history(BRANCH)
    assert [each.commit for each in found] == sound
    assert len(found.troubled) == 1
    monkeypatch.setattr(remote, "MOST", 2**20)
    with pytest.raises(Refused, match="has more than 1 MiB") as told:
        lair.ledger().history(BRANCH)
    (fault,) = told.value.faults
    assert fault.code == "ledger-large"
    assert "the server's administrator puts the branch back" in fault.hint


def test_files_beside_a_stranger_s_commit_are_fetched_by_nobody_where_the_server_can_leave_them_away(
    lair: Lair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MOST", 2**20)
    monkeypatch.setenv(signing.KEY, str(lair.signers.private("ada")))
    sound, who = lair.commits(), f"s <s@x> {NOW} +0000"
    file = lair.path.with_name("file")
    file.write_bytes(os.urandom(3 * 2**20))
    blob = git("hash-object", "-w", str(file), cwd=lair.path)
    row = f"100644 blob {blob}\tbig\n".encode()
    tree = subprocess.run(["git", "mktree"], cwd=lair.path, input=row, capture_output=True, check=True)
    text = f"tree {tree.stdout.decode().strip()}\nparent {sound[-1]}\nauthor {who}\ncommitter {who}\n\nx\n"
    lair.point(lair.store(text.encode()))
    git("config", "uploadpack.allowFilter", "false", cwd=lair.path)
    with pytest.raises(Refused, match=f"at {BRANCH} has more than 1 MiB") as told:
        lair.ledger().history(BRANCH)
    assert "uploadpack.allowFilter" in told.value.faults[0].hint
    git("config", "uploadpack.allowFilter", "true", cwd=lair.path)
    known = lair.ledger().history(BRANCH)
    assert [each.commit for each in known] == sound
    assert [each.trouble for each in known.troubled] == ["it has files, which no event has"]
    held = event("held", environment="production", at=NOW)
    assert lair.ledger().append(BRANCH, [held], after=known.head).events[-1].kind == "held"
    assert "has more than 1 MiB" in lair.findings()[0], "all of it is looked at there"
