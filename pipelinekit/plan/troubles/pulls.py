"""Images that cannot be pulled: gone, locked, or behind a registry that does not answer now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.troubles.events import happened

Object = Mapping[str, Any]

PULLING = 60
"""Seconds in which a registry or a pull secret may come."""

RECENT = 5
"""Seconds between a node's word on the pull secret and on the pull, when both are of one attempt."""

_GONE = re.compile(
    r"not found|manifest unknown|name unknown|does not exist(?! or may require)", re.IGNORECASE
)
_LOCKED = re.compile(
    r"\b40[13]\b|unauthorized|forbidden|denied|no basic auth|authentication required|authorization failed",
    re.IGNORECASE,
)
_ABSENT = re.compile(r"Unable to retrieve some image pull secrets \(([^)]*)\)")
_PLACES = re.compile(
    r'^.*(?:failed to resolve (?:reference|image) "[^"]*"|Failed to pull image "[^"]*"): ', re.DOTALL
)


def pull_trouble(
    pod: Object, status: Object, message: str, events: Sequence[Object], subject: str
) -> Trouble:
    """Why the image of a container cannot be had; the pull secrets are named where they may be why."""
    image = str(status.get("image") or _image(pod, status["name"]))
    said = _said(message, events)
    absent = _absent(events)
    if absent:
        words = f"cannot pull {image}: pull secret {absent} is not there ({said})"
        return _waits(subject, words, f"pull secret {absent}")
    if _LOCKED.search(said):
        named = ", ".join(each["name"] for each in pod["spec"].get("imagePullSecrets") or ())
        how = f"to pull secret {named}" if named else "and the pod names no pull secret"
        problem = f"cannot pull {image}: the registry denies it {how} ({said})"
        return Trouble(subject=subject, problem=problem, final=True)
    if _GONE.search(said):
        return Trouble(
            subject=subject, problem=f"cannot pull {image}: the registry has no such image", final=True
        )
    return _waits(subject, f"cannot pull {image}: {said}", f"the registry of {image.partition('@')[0]}")


def _said(message: str, events: Sequence[Object]) -> str:
    """What the registry said; where the state tells only of waiting, the last event has it."""
    if "rror" not in message and ": " not in message:
        failures = [str(each.get("message", "")) for each in events if each.get("reason") == "Failed"]
        message = next((each for each in reversed(failures) if each.startswith("Failed to pull")), message)
    return _PLACES.sub("", message).strip()[:300]


def _absent(events: Sequence[Object]) -> str:
    """The pull secrets that the node did not find when it last tried."""
    absent = [each for each in events if _ABSENT.search(str(each.get("message", "")))]
    tried = [each for each in events if each.get("reason") in ("Failed", "Pulling")]
    if not absent or (tried and happened(tried[-1]) > happened(absent[-1]) + RECENT):
        return ""
    found = _ABSENT.search(str(absent[-1]["message"]))
    return found[1] if found else ""


def _image(pod: Object, name: str) -> str:
    spec = pod["spec"]
    containers = [*spec.get("initContainers", []), *spec.get("containers", [])]
    return next((str(each.get("image", "")) for each in containers if each["name"] == name), "")


def _waits(subject: str, problem: str, awaited: str) -> Trouble:
    return Trouble(subject=subject, problem=problem, awaited=awaited, patience=PULLING)
