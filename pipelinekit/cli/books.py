"""Which ledger a platform has: the repository that it names, or an embedded one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelinekit.errors import refused

if TYPE_CHECKING:
    from pipelinekit.adapters.source.ledger.gitledger import GitLedger
    from pipelinekit.model.platform import Platform


def ledger_of(platform: Platform) -> GitLedger:
    """The ledger of a platform; raises `Refused` where an embedded one has no home."""
    from pipelinekit.adapters.source.ledger import local
    from pipelinekit.adapters.source.ledger.gitledger import GitLedger

    if platform.ledger:
        return GitLedger(platform.ledger, platform, signed=True)
    folder = local.folder(platform.name)
    if folder is None:
        raise refused("ledger-none", "there is no home to keep a ledger in", hint="set HOME")
    return GitLedger(folder, platform, signed=False)
