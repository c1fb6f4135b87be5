"""See that whoever reads a renewed Secret has read it: pods are replaced once, servers asked."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.errors import failed, refused
from pipelinekit.model.certificate import FINE, UNSERVED
from pipelinekit.model.platform.certificates import Certificate
from pipelinekit.ports import Say
from pipelinekit.steps.certificates.survey import look
from pipelinekit.steps.certificates.world import World

EVERY = 2.0
"""Seconds between two looks at what servers show."""


def see(world: World, wanted: Certificate, root: str, say: Say, seconds: int) -> None:
    """See that who reads the Secret has read this one: pods that began before it are replaced, once."""
    target = world.at(wanted.namespace)
    found = look(world, wanted, root, world.clock(), None, ask=True)
    if found.state not in (FINE, UNSERVED):
        return
    held = world.secrets.look(target, "Secret", wanted.name, world.platform)
    reading = world.secrets.reading(target, wanted.name, held.written if held else "")
    # One server that answers with another certificate is enough; without `served`, the pods' age has to do.
    behind = found.state == UNSERVED and bool(found.shown) if wanted.served else bool(reading.behind)
    if not behind:
        return
    if wanted.restart:
        for each in reading.readers:
            if each.reloads:
                say(f"{wanted.title}: {each.name} reads it anew by itself")
            elif each.told != found.serial:
                world.secrets.renew(target, each.name, wanted.name, found.serial)
                say(f"{wanted.title}: {each.name} gets new pods")
        by_hand = [each.name for each in reading.readers if each.by_hand and not each.reloads]
        if by_hand:
            raise refused(
                "certificate-by-hand",
                f"{', '.join(by_hand)} keeps its pods until somebody deletes them",
                hint="`pipelinekit platform deploy` does, standbys first",
            )
        if not reading.readers:
            say(f"{wanted.title}: {_unread(reading.behind)}")
    if wanted.served:
        _await(world, wanted, root, seconds)


def _unread(behind: Sequence[str]) -> str:
    """Why nothing is replaced."""
    why = "no Deployment, StatefulSet or DaemonSet reads it, so nothing is replaced"
    return f"{why}; what {', '.join(behind)} has read is older: delete it yourself" if behind else why


def _await(world: World, wanted: Certificate, root: str, seconds: int) -> None:
    until = world.clock() + seconds
    while (found := look(world, wanted, root, world.clock(), None, ask=True)).state == UNSERVED:
        if world.clock() >= until:
            raise failed(
                "certificate-unserved",
                f"after {seconds} s it is not served: {found.why}",
                hint="does the server read the Secret, is its pod ready, and is `served` its Service?",
            )
        world.sleep(EVERY)
