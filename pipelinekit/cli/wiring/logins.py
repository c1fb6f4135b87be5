"""Whose login a build uses for a registry: the mirror's own, the platform's, the agent's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pipelinekit.model.platform.packages import MIRROR

if TYPE_CHECKING:
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.model.release import Credentials, Revision


def of_build(
    platform: Platform,
    revision: Revision,
    environment: Mapping[str, str],
    others: Callable[[str], Credentials | None],
) -> Callable[[str], Credentials | None]:
    """What a build logs in with: at the mirror with the mirror's login, elsewhere with `others`.

    A pull request has no others: what its agent is logged in to is not for those who write it.
    """
    from pipelinekit.adapters.build.secrets import BuildSecrets
    from pipelinekit.plan.inputs import HUB, HUB_API

    host = platform.images.mirror.partition("/")[0]
    mirrors = {HUB, HUB_API} if host == HUB else {host}
    mine = BuildSecrets(environment).login(MIRROR)

    def login(asked: str) -> Credentials | None:
        if mine and asked in mirrors:
            return mine
        return None if revision.pull_request else others(asked)

    return login
