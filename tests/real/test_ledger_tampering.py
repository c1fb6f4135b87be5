"""What was done to a ledger is found, and where: bytes, commits, order, names, dates, keys, whole chains."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger import signing
from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.errors import Refused
from pipelinekit.model.ledger import PLATFORM, Anchor, Event
from pipelinekit.steps import ledger as steps
from tests.ledgers import BRANCH, DAY, NOW, event
from tests.real.remotes import bare, git
from tests.real.signers import Signers

SEED = 20261128
BYTES = int(os.environ.get("PIPELINEKIT_LEDGER_BYTES", "6"))
"""So many bytes of each commit are changed, one by one; 0 for all of them."""
WRITTEN: tuple[tuple[str, Event], ...] = (
    ("payments", event("released", at=NOW - 6 * DAY)),
    ("payments", event("deployed", environment="dev", at=NOW - 5 * DAY, details={"revision": 1})),
    ("grace", event("requested", environment="production", at=NOW - 4 * DAY)),
    ("ada", event("approved", environment="production", at=NOW - 3 * DAY, plan="sha256:p")),
    ("release", event("promoted", environment="production", at=NOW - 2 * DAY)),
)


@dataclass
class Lair:
    """A copy of the ledger that somebody has got at."""

    path: Path
    signers: Signers

    def ledger(self, **until: str) -> GitLedger:
        return GitLedger(self.path, self.signers.platform(**until), signed=True, clock=lambda: NOW)

    def commits(self) -> list[str]:
        return git("rev-list", "--reverse", BRANCH, cwd=self.path).split()

    def text(self, commit: str) -> bytes:
        return subprocess.run(
            ["git", "cat-file", "commit", commit], cwd=self.path, capture_output=True, check=True
        ).stdout

    def store(self, text: bytes) -> str:
        words = ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
        done = subprocess.run(words, cwd=self.path, input=text, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def point(self, commit: str, branch: str = BRANCH) -> None:
        (self.path / "refs/heads" / branch).parent.mkdir(parents=True, exist_ok=True)
        (self.path / "refs/heads" / branch).write_text(f"{commit}\n")

    def chain(self, texts: list[bytes]) -> list[str]:
        """Store these commits, each after the one before, and point the branch at the last."""
        made: list[str] = []
        for each in texts:
            line = b"parent " + made[-1].encode() + b"\n" if made else b""
            bare_text = re.sub(rb"(?m)^parent [0-9a-f]{40}\n", b"", each, count=1)
            tree, _, rest = bare_text.partition(b"\n")
            made.append(self.store(tree + b"\n" + line + rest))
        self.point(made[-1])
        return made

    def signed(self, name: str, made: Event, *, author: str = "", at: int = 0) -> str:
        """A commit on top, made by hand with that key."""
        head = self.commits()[-1]
        when = at or made.at
        whole = author or f"{name} <{name}@acme.ledger>"
        who, _, address = whole.partition(" <")
        env = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", who), ("EMAIL", address.rstrip(">")), ("DATE", f"{when} +0000"))
        }
        from pipelinekit.plan.ledger.body import Body, message_of

        words = ["-c", "gpg.format=ssh", "-c", f"user.signingKey={self.signers.private(name)}", "commit-tree"]
        done = subprocess.run(
            ["git", *words, "-S", "-p", head, "4b825dc642cb6eb9a060e54bf8d69288fbee4904"],
            cwd=self.path,
            env={**os.environ, **env},
            input=message_of(Body(ledger="acme", event=made)),
            capture_output=True,
            text=True,
            check=True,
        )
        self.point(done.stdout.strip())
        return done.stdout.strip()

    def findings(self, *anchors: str, **until: str) -> list[str]:
        def remembered(branch: str) -> list[Anchor]:
            return [
                Anchor(ledger="acme", branch=BRANCH, commit=each, where="Deployment/orders in dev")
                for each in anchors
                if branch == BRANCH
            ]

        ledger = self.ledger(**until)
        done = steps.verify(ledger, "acme", [BRANCH], [remembered], None, ledger.fsck)
        return [str(each) for each in done.findings]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Lair:
    """A sound ledger, written by five keys."""
    signers = Signers(tmp_path_factory.mktemp("keys"))
    made = bare(tmp_path_factory.mktemp("ledger"), "ledger", {}).path
    git("update-ref", "-d", "refs/heads/main", cwd=made)
    lair = Lair(made, signers)
    with pytest.MonkeyPatch.context() as patch:
        for name, each in WRITTEN:
            patch.setenv(signing.KEY, str(signers.private(name)))
            lair.ledger().append(BRANCH, [each], after=lair.ledger().history(BRANCH).head)
    return lair


@pytest.fixture
def lair(original: Lair, tmp_path: Path) -> Lair:
    shutil.copytree(original.path, tmp_path / "ledger.git")
    return Lair(tmp_path / "ledger.git", original.signers)


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
