"""A release that somebody is in the middle of changing: wait for the living, take over from the killed."""

from __future__ import annotations

import time
from collections.abc import Callable

from pipelinekit.errors import refused
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.ports import Cluster, Releases, Say

Sleep = Callable[[float], None]

PENDING = "pending-"
"""How the status of such a release begins."""


def settled_state(
    target: Target, releases: Releases, cluster: Cluster, say: Say, sleep: Sleep
) -> ReleaseState | None:
    """The release's state once nobody is in the middle of changing it.

    Helm marks a release as pending while it works. One whose process is gone, or whose time is up, was
    killed: its record is dropped, and the one before it counts. Any other is waited for.
    """
    told, unread = False, 0
    due: dict[int, float] = {}
    while True:
        state = releases.state(target)
        if state is None or not state.status.startswith(PENDING):
            return state
        labels = cluster.release_labels(target, state.revision)
        if labels is None and unread != state.revision:
            # It may have gone between the two questions; a record that may not be read stays so.
            unread = state.revision
            continue
        alive, until = releases.holder(labels or {})
        if not until:
            who = (
                "by something else than pipelinekit" if labels is not None else "and its record is unreadable"
            )
            raise refused(
                "release-pending",
                f"release '{target.name}' is {state.status}, {who}",
                hint=f"helm history {target.name} {target.for_helm}",
            )
        # Its time is a date, which nobody may put right meanwhile: only how much of it was left counts.
        now = time.monotonic()
        due.setdefault(state.revision, now + until - time.time())
        if alive is False or now > due[state.revision]:
            # Who has finished between the two questions is as gone as who was killed.
            if releases.state(target) != state:
                continue
            say(f"an earlier deployment was killed in the middle (revision {state.revision}): taking over")
            cluster.drop_release(target, state.revision)
            continue
        if not told:
            latest = time.strftime("%H:%M:%S", time.localtime(until))
            say(f"another deployment is under way, until {latest} at the latest: waiting")
            told = True
        sleep(1.0)
