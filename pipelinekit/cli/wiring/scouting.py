"""What looks a target over before anything is changed there."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelinekit.cli.wiring.kubeconfigs import kubeconfig

if TYPE_CHECKING:
    from pipelinekit.adapters.cluster.ground.preflight import Preflight
    from pipelinekit.model.platform.document import Platform
    from pipelinekit.model.release import Credentials, ImageRef


def scout(platform: Platform, login: Callable[[str], Credentials | None]) -> Preflight:
    """The clusters of the kubeconfig files, and the platform's own registries."""
    from pipelinekit.adapters.cluster.ground.preflight import Preflight
    from pipelinekit.adapters.registry.oci import OciRegistry

    def exists(ref: ImageRef, login: Credentials | None) -> bool:
        return OciRegistry(lambda _: login).digest_of(ref) is not None

    hosts = {platform.images.registry, *(each.registry for each in platform.environments)} - {""}
    return Preflight(kubeconfig(dict(os.environ)), exists, login, hosts)
