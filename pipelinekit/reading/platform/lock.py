"""`platform.lock.yaml` to a `PlatformLock`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.errors import Place, refused
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.reading.document.faults import items
from pipelinekit.reading.document.source import Bounds, parse

FILE = "platform.lock.yaml"
BOUNDS = Bounds(characters=60_000_000, values=400_000)
"""Room for all registrations that platform.yaml may have, of 3,000 characters each with their descriptors."""
_REGISTRATION = ("name", "team", "repository", "credentials", "path", "branch")


def read_platform_lock(content: bytes | str, origin: str = FILE) -> PlatformLock:
    """The lock in `content`; raises `Refused` when it is damaged, by hand or by a merge."""
    source = parse(content, origin, BOUNDS)
    try:
        if source.faults or not isinstance(source.data["applications"], list):
            raise ValueError("not a lock")
        locked = tuple(
            LockedApplication(
                registration=_registration(each),
                commit=str(each["commit"]),
                descriptor=str(each["descriptor"]),
            )
            for each in items(source.data, "applications")
        )
    except (KeyError, TypeError, ValueError) as error:
        raise refused(
            "lock-damaged",
            "the lock cannot be read",
            place=Place(origin),
            hint="remove it and run `pipelinekit platform sync`, which writes it anew",
        ) from error
    return PlatformLock(applications=locked)


def _registration(data: Mapping[str, Any]) -> Registration:
    fields: dict[str, Any] = {key: str(data[key]) for key in _REGISTRATION if key in data}
    return Registration(**fields)
