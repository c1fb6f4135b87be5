"""The namespace of a copy: whose it is, and that it is ready before anything is installed in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipelinekit.model.ground.preparation import POD_SECURITY
from pipelinekit.plan.draft import place
from pipelinekit.plan.moment import DAY, moment, spoken
from pipelinekit.steps.innerloop import release

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.draft import Place
    from pipelinekit.model.release import ReleaseState, Target

DAYS = 7
"""How long a developer's namespace lasts after its last use."""
APART = 300
"""Seconds by which two clocks may differ before it is worth a word."""


def whose(here: Draft, target: Target) -> tuple[Place | None, ReleaseState | None]:
    """The namespace, and what is installed in it; raises `Refused` where either is somebody else's."""
    # The first may answer that there is no namespace; then the second has found nothing in it.
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(here.helm.state, target)
        there = here.places.place(target)
        place.require_owner(there, target.namespace, here.developer)
        state = asked.result() if there else None
    release.require_ours(target, state, place.owner_of(here.developer))
    return there, state


def made_ready(
    here: Draft, target: Target, say: Callable[[str], None]
) -> tuple[ReleaseState | None, Future[None]]:
    """What is installed in the namespace, and what is done for it beside what follows: it has to be waited
    for before anything is installed. One that is new, or was asleep, is ready when this returns."""
    there, state = whose(here, target)
    now = here.places.now(target)
    if abs(apart := now - int(time.time())) > APART:
        behind = "behind" if apart > 0 else "ahead of"
        say(f"this machine's clock is {spoken(abs(apart))} {behind} the cluster's, which counts")
    mine = here.own or bool(there and there.owner)
    if there is None and not mine:
        here.cluster.ensure_namespace(target)
    host = here.platform.images.registry
    login = here.login(host) if host else None
    logins = {host: login} if login else {}
    # Woken before it counts as awake: a run that is killed in between is followed by one that does it.
    woken = bool(there and there.asleep and here.places.wake(target))
    if woken:
        say(f"{target.namespace} was asleep, and is awake")
    labels = labels_of(here, now) if mine else {}
    pool = ThreadPoolExecutor(1)
    done = pool.submit(here.places.prepare, target, labels, moment(now), logins)
    pool.shutdown(wait=False)
    if there is None or there.asleep:
        done.result()
    return state, done


def owner_of(here: Draft, target: Target) -> str:
    """Whose copy it is, where the namespace is not one that says it: in others each could take it."""
    own = target.namespace == place.namespace_of(here.app.team, here.developer)
    return "" if own else place.owner_of(here.developer)


def labels_of(here: Draft, now: int) -> dict[str, str]:
    """The labels of the developer's namespace, which is in use now."""
    days = int(here.config.get("days", DAYS))
    end = moment(now + days * DAY)[:10]
    # A chart of their own may need more than the generated one, which needs nothing.
    level = "restricted" if here.described else "baseline"
    return {
        place.MARK: "true",
        place.OWNER: place.owner_of(here.developer),
        place.END: end,
        f"{POD_SECURITY}/enforce": level,
    }
