"""Whose signature a commit has: asked of git and OpenSSH, with nobody's programs but theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.source.git import Git
from pipelinekit.adapters.source.ledger import proven
from pipelinekit.plan.ledger.commit import Commit
from pipelinekit.plan.ledger.keyring import Keyring

_FIELDS = "%H%x09%G?%x09%GS%x09%GF"


def prove(here: Git, commits: Iterable[Commit], keys: Keyring) -> dict[str, str]:
    """The principal of each commit whose SSH signature is good, by the commit's id.

    Commits with any other signature are not shown to git: it would start a program that settings name.
    """
    asked = [each for each in commits if not each.trouble and each.fingerprint in keys.owners]
    before = proven.known() if asked else frozenset[str]()
    found = {each.id: keys.owners[each.fingerprint].principal for each in asked if each.id in before}
    asked = [each for each in asked if each.id not in before]
    if not asked:
        return found
    with momentary.folder() as folder:
        allowed = Path(folder, "allowed")
        allowed.write_text(keys.allowed_signers())
        rows = log_of(here, [each.id for each in asked], allowed)
    named = {each.id: each.fingerprint for each in asked}
    fresh = {
        identity: principal
        for identity, verdict, principal, key in rows
        if verdict == "G" and named.get(identity) == key
    }
    if fresh:
        proven.keep(fresh)
    return found | fresh


def log_of(here: Git, commits: Sequence[str], allowed: Path) -> list[tuple[str, str, str, str]]:
    """Id, git's verdict (`G` is good), principal and key of each signature; only OpenSSH is started."""
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
        stdin="".join(f"{each}\n" for each in commits),
    )
    split = ([*line.split("\t"), "", "", ""] for line in done.out.splitlines())
    return [(each[0], each[1], each[2], each[3]) for each in split]
