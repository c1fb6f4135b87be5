"""Whose signature a commit has: asked of git and OpenSSH, with nobody's programs but theirs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from pipelinekit.adapters.source.git import Git
from pipelinekit.plan.ledger.commit import Commit
from pipelinekit.plan.ledger.keyring import Keyring

_FIELDS = "%H%x09%G?%x09%GS%x09%GF"


def prove(here: Git, commits: Iterable[Commit], keys: Keyring) -> dict[str, str]:
    """The principal of each commit whose SSH signature is good, by the commit's id.

    Commits with any other signature are not shown to git: it would start a program that settings name.
    """
    asked = [each for each in commits if not each.trouble and each.fingerprint in keys.owners]
    if not asked:
        return {}
    with tempfile.TemporaryDirectory(prefix="pipelinekit-") as folder:
        allowed = Path(folder, "allowed")
        allowed.write_text(keys.allowed_signers())
        done = here.run(
            "-c",
            "gpg.format=ssh",
            "-c",
            "gpg.program=false",
            "-c",
            "gpg.openpgp.program=false",
            "-c",
            "gpg.x509.program=false",
            "-c",
            "gpg.ssh.program=ssh-keygen",
            "-c",
            "gpg.ssh.revocationFile=",
            "-c",
            f"gpg.ssh.allowedSignersFile={allowed}",
            "log",
            "--no-walk=unsorted",
            "--stdin",
            f"--format={_FIELDS}",
            stdin="".join(f"{each.id}\n" for each in asked),
        )
    named = {each.id: each.fingerprint for each in asked}
    found: dict[str, str] = {}
    for line in done.out.splitlines():
        identity, verdict, principal, key = [*line.split("\t"), "", "", ""][:4]
        if verdict == "G" and named.get(identity) == key:
            found[identity] = principal
    return found
