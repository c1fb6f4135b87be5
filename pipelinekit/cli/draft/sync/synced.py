"""Whether pods that sources are copied into have what the folder holds: they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelinekit.cli.draft.sync import syncing
from pipelinekit.model.sources import Layout
from pipelinekit.plan.sync.batches import digest_of
from pipelinekit.plan.sync.values import sync_of

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.release import ReleaseState, Target


def is_synced(state: ReleaseState) -> bool:
    """Whether a release's pods take sources."""
    return bool(sync_of(state.values))


def current(here: Draft, target: Target, state: ReleaseState) -> bool:
    """Whether the image is made of the folder's other files, and each pod has its sources.

    A pod that nothing was copied into yet counts as stale: what was removed since its image nobody knows;
    and so do those of a release that does not say where its sources are.
    Raises `ToolFailed` where a pod that is ready does not answer.
    """
    found = syncing.able(here)
    if not isinstance(found, Layout):
        return False
    sync, look = sync_of(state.values), syncing.folder(here, found).look()
    path = sync.get("path")
    if digest_of(look.building) != sync.get("built") or not (isinstance(path, str) and path):
        return False
    receivers = syncing.receivers(here, found, path)
    try:
        asked = [
            receivers.compare(target, pod.name, container, look.sources)
            for pod in here.pods.pods(target)
            if pod.ready and not pod.going
            for container in pod.synced
        ]
    finally:
        receivers.close()
    return bool(asked) and all(each.is_same for each in asked)
