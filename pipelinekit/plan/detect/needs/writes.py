"""The folders that a program writes to, as the chart gives it some."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from pipelinekit import names
from pipelinekit.model.app import taken_by
from pipelinekit.plan.detect.signs import Detected

_PATH = re.compile(r"/[A-Za-z0-9._@+/-]{1,299}")
SIZE = "1Gi"


def writing(found: Detected, path: str, why: str, *, stays: bool) -> Detected:
    """The same with a volume at `path`: one that stays, or one that goes with the pod.

    What can be no volume is told, and one that is there already is left as it is: who names a folder first
    knows best. `why` says who wants it.
    """
    place = posixpath.normpath(path)
    if not _PATH.fullmatch(place) or (problem := taken_by(place)):
        if place.startswith("/tmp"):  # noqa: S108 - the container's
            return found
        return found.doubting(
            f"{why} {path}, but {problem if _PATH.fullmatch(place) else 'that is no folder'}"
        )
    there = {each["path"]: name for name, each in found.volumes.items()}
    kind = "persistent" if stays else "disk"
    if place in there:
        if not stays or "persistent" in found.volumes[there[place]]:
            return found
        volumes = {**found.volumes, there[place]: {"path": place, kind: SIZE}}
        doubts = tuple(each for each in found.doubts if f" {path}: run.volumes" not in each)
        found = replace(found, volumes=volumes, doubts=doubts)
    else:
        found = replace(found, volumes={**found.volumes, _name(place, found): {"path": place, kind: SIZE}})
    if stays:
        return found.doubting(f"{why} {path}: run.volumes keeps {SIZE} of it, which is a guess")
    return found.doubting(f"{why} {path}: run.volumes lets it be written, and it goes with the pod")


def _name(place: str, found: Detected) -> str:
    name = names.label_from(posixpath.basename(place), names.PROCESS_MAX) or "data"
    name = f"the-{name}"[: names.PROCESS_MAX].rstrip("-") if name.split("-")[0] in ("tmp", "vault") else name
    number = 2
    chosen = name
    while chosen in found.volumes:
        chosen, number = f"{name[:17]}-{number}", number + 1
    return chosen
