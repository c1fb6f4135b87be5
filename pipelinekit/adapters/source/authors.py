"""Who wrote the commits of a release, by their signatures: what the author line says is free text."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipelinekit.adapters.source import addresses, git
from pipelinekit.adapters.source.git import TIMEOUT
from pipelinekit.adapters.source.ledger.proof import log_of
from pipelinekit.plan.ledger.keyring import Keyring

MOST = 20_000
"""Commits that are looked at; more than that nobody has approved as one."""


def authors(repository: str, branch: str, commit: str, since: str, keys: Keyring) -> tuple[str, ...] | None:
    """The person of each signature since a commit (or since the beginning), each once.

    An empty text stands for commits that no person's key signed. None: the repository does not answer, or
    does not have both commits on that branch.
    """
    with git.scratch(origin=addresses.address(repository)) as here:
        ref = addresses.head(branch)
        # Commits alone: what they change has no say in who wrote them.
        words = ("fetch", "--quiet", "--no-tags", "--filter=tree:0", "origin", ref)
        if here.run(*words, timeout=TIMEOUT).code:
            return None
        for each in filter(None, (commit, since)):
            if here.run("merge-base", "--is-ancestor", each, "FETCH_HEAD").code:
                return None
        span = [commit, f"^{since}"] if since else [commit]
        listed = here.check("rev-list", f"--max-count={MOST + 1}", *span, "--").split()
        if len(listed) > MOST:
            return None
        people = {each.principal for each in keys.owners.values() if each.role == "person"}
        with tempfile.TemporaryDirectory(prefix="pipelinekit-") as folder:
            allowed = Path(folder, "allowed")
            allowed.write_text(keys.allowed_signers())
            rows = log_of(here, listed, allowed)
        proven = {identity: name for identity, verdict, name, _ in rows if verdict == "G" and name in people}
        return tuple(dict.fromkeys(proven.get(each, "") for each in listed))
