"""A ledger that somebody has got at, and what is found in it."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.model.ledger import Anchor, Event
from pipelinekit.steps import ledger as steps
from tests.ledgers import BRANCH, DAY, NOW, event
from tests.real.remotes import git
from tests.real.signers import Signers

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
