"""Grow the volumes of a component's StatefulSets without a restart: what an upgrade in place refuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from pipelinekit.errors import Fault, Refused, failed
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.part import UNCHANGED, Object, Outcome
from pipelinekit.plan.rollout import definitions as crds
from pipelinekit.plan.rollout import fixed
from pipelinekit.plan.rollout.fixed import Growth
from pipelinekit.ports import Say
from pipelinekit.ports.rollout import Volumes
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.steps.rollout import deploy as deploy_steps
from pipelinekit.steps.rollout.deploy import Site
from pipelinekit.steps.rollout.part import Packaged, Part, Shelf, release_of

Sleep = Callable[[float], None]
Clock = Callable[[], float]


def planned(part: Part, shelf: Shelf, site: Site, volumes: Volumes) -> tuple[Growth, ...]:
    """What would grow. Raises `Refused` with all that stands in the way; nothing is changed."""
    return _checked(release_of(part, shelf, publish=False), site, volumes)


def resize(
    part: Part,
    shelf: Shelf,
    site: Site,
    volumes: Volumes,
    *,
    timeout: int,
    say: Say,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
) -> Outcome:
    """Grow volumes, make their StatefulSets anew around the pods that run, and deploy.

    Killed at any moment it is run again, or `deploy` goes on from there. Raises `Refused` before anything is
    changed, `ToolFailed` when a volume does not grow in `timeout` seconds.
    """
    packaged = release_of(part, shelf, publish=False)
    growing = _checked(packaged, site, volumes)
    target = packaged.prepared.target
    if not growing:
        return Outcome(component=part.name, state=UNCHANGED, text="no volume is to grow")
    for each in growing:
        for claim in volumes.claims(target, each.stem):
            name = claim["metadata"]["name"]
            if not fixed.at_least(_asked(claim), each.after):
                say(f"volume {name} grows from {_asked(claim)} to {each.after}")
                volumes.grow(target, name, each.after)
    until = clock() + timeout
    for each in growing:
        _await(target, each, volumes, until, timeout, clock, sleep)
    for name in sorted({each.workload for each in growing}):
        say(f"StatefulSet/{name} is made anew; its pods go on")
        volumes.let_go(target, name)
    return deploy_steps.deploy(part, shelf, site, timeout=timeout, say=say)


def _checked(packaged: Packaged, site: Site, volumes: Volumes) -> tuple[Growth, ...]:
    prepared = packaged.prepared
    target = prepared.target
    state = site.releases.state(target)
    if state is None:
        raise Refused(Fault("not-installed", f"{target.name} is not installed in {target.namespace}"))
    manifest = site.components.everything(prepared.archive, target, prepared.layers)
    _, wanted = crds.split(read_formed(manifest))
    installed = read_manifest(state.manifest)
    growing = fixed.growths(installed, wanted)
    faults = list(fixed.without_growth(fixed.unchangeable(installed, wanted, target.name)))
    for each in growing:
        faults += _obstacles(target, each, volumes)
    if faults:
        raise Refused(*(Fault("cannot-resize", line) for line in faults))
    return growing


def _obstacles(target: Target, growth: Growth, volumes: Volumes) -> list[str]:
    """Why claims cannot grow."""
    claims = volumes.claims(target, growth.stem)
    found = [] if claims else [f"there is no volume {growth.stem}-…"]
    unbound = [each for each in claims if (each.get("status") or {}).get("phase") != "Bound"]
    found += [f"volume {each['metadata']['name']} is not bound" for each in unbound]
    classes = {str(each["spec"].get("storageClassName", "")) for each in claims}
    found += [
        f"volumes of the class '{name}' do not grow (allowVolumeExpansion): make larger ones from a backup"
        for name in sorted(classes)
        if not volumes.grows(target, name)
    ]
    return found


def _await(
    target: Target, growth: Growth, volumes: Volumes, until: float, timeout: int, clock: Clock, sleep: Sleep
) -> None:
    while True:
        small = [each for each in volumes.claims(target, growth.stem) if not _has(each, growth.after)]
        if not small:
            return
        if clock() > until:
            name = small[0]["metadata"]["name"]
            raise failed(
                "volume-small",
                f"volume {name} has {_capacity(small[0])} after {timeout} s, and {growth.after} is asked for",
                hint=f"{target.kubectl} describe pvc {name}; then run this again",
            )
        sleep(1.0)


def _asked(claim: Object) -> str:
    return str(claim["spec"]["resources"]["requests"]["storage"])


def _capacity(claim: Object) -> str:
    return str(((claim.get("status") or {}).get("capacity") or {}).get("storage", "nothing"))


def _has(claim: Object, size: str) -> bool:
    """Whether a claim has that size, or waits for no more than its pod's file system to take it up."""
    conditions: Sequence[Object] = (claim.get("status") or {}).get("conditions") or ()
    pending = any(
        each["type"] == "FileSystemResizePending" and each["status"] == "True" for each in conditions
    )
    return pending or fixed.at_least(_capacity(claim), size)
