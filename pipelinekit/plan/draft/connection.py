"""Which pod a developer is connected to, and which local port leads to which of its ports."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelinekit.errors import usage
from pipelinekit.model.draft import Pod


def chosen(pods: Sequence[Pod], container: str = "") -> Pod | None:
    """The pod to be connected to: ready, not on its way out, the newest; one with ports before others.

    `pods` are the newest first. None where no pod is ready.
    """
    able = [each for each in pods if each.ready and not each.going]
    if container:
        able = [each for each in able if container in each.ports]
    serving = [each for each in able if any(each.ports.values())]
    return next(iter(serving or able), None)


def pairs(pod: Pod, wanted: Sequence[str], container: str = "") -> dict[int, int]:
    """Local port to remote port: what was asked for as LOCAL:REMOTE, else each of the pod's ports itself.

    A debugger's port is among them in any case: nobody has asked for another one where none was thought of.
    """
    if not wanted:
        inside = [pod.ports.get(container, ())] if container else list(pod.ports.values())
        return {port: port for ports in inside for port in ports}
    found: dict[int, int] = {}
    for each in wanted:
        match = re.fullmatch(r"([0-9]{1,5}):([0-9]{1,5})", each)
        local, remote = match.groups() if match else ("0", "0")
        if not 0 < int(local) < 65536 > int(remote) > 0:
            raise usage("bad-ports", f"'{each[:40]}' is no LOCAL:REMOTE", hint="-p 8080:80")
        if int(local) in found:
            raise usage("bad-ports", f"local port {local} is asked for twice")
        found[int(local)] = int(remote)
    left = (each for each in pod.debug if each not in found.values())
    return {**{each: each for each in left if each not in found}, **found}


def fresh(stamp: str, last: str) -> bool:
    """Whether a log line's time is later than that of the last one told; both as kubectl writes them."""
    return _padded(stamp) > _padded(last)


def _padded(stamp: str) -> str:
    # Kubernetes leaves zeros at the end of the fraction out.
    whole, _, fraction = stamp.rstrip("Z").partition(".")
    return f"{whole}.{fraction:<09}" if whole else ""
