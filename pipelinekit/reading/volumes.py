"""What `app.yaml` says of the folders that a process may write to."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from typing import Any

from pipelinekit.model.app import Volume, taken_by
from pipelinekit.reading.document.faults import mapping
from pipelinekit.reading.document.source import Path, Source

Data = Mapping[str, Any]

KINDS = ("memory", "disk", "persistent")
_TAKEN = ("tmp", "vault")


def volumes_of(data: Data) -> dict[str, Volume]:
    """The volumes of a process, by name."""
    return {
        name: Volume(
            path=posixpath.normpath(each["path"]),
            storage_class=each.get("class", ""),
            **{kind: each[kind] for kind in KINDS if kind in each},
        )
        for name, each in data.get("volumes", {}).items()
    }


def check_volumes(source: Source, process: Data, path: Path, written: Data) -> None:
    """Fault what no pod could have; `written` is what of the process is in the document at `path`."""
    seen: dict[str, str] = {}
    for name in mapping(process, "volumes"):
        volume = mapping(process["volumes"], name)
        ours = name in mapping(written, "volumes")
        at: Path = (*path, "volumes", name) if ours else path
        _check_volume(source, name, volume, at)
        place = posixpath.normpath(str(volume.get("path", name)))
        if (other := seen.setdefault(place, name)) != name:
            source.fault(at, "volume-twice", f"volume '{other}' is at {place} already", "give each a path")
        if "persistent" in volume:
            _check_persistent(source, process, at, () if ours else written)


def _check_volume(source: Source, name: str, volume: Data, at: Path) -> None:
    kinds = [each for each in KINDS if each in volume]
    if len(kinds) != 1:
        problem = f"is both {' and '.join(kinds)}" if kinds else "has no size"
        hint = "one of memory: 64Mi, disk: 1Gi (gone with the pod) or persistent: 10Gi (stays)"
        source.fault(at, "volume-kind", problem, hint)
    if "class" in volume and "persistent" not in volume:
        source.fault(at, "volume-class", "only a persistent volume has a storage class", "remove class")
    if name.split("-")[0] in _TAKEN:
        source.fault(at, "volume-name", f"'{name}' is a name of the chart's own", "choose another name")
    if "path" not in volume:
        source.fault(at, "volume-path", "has no path", "add path: /app/data")
    place = posixpath.normpath(str(volume.get("path", "/data")))
    if problem := taken_by(place):
        source.fault(at, "volume-path", problem, "choose a folder of the program's own, like /app/data")


def _check_persistent(source: Source, process: Data, at: Path, instead: Collection[str]) -> None:
    """`instead` are the keys at `at` that can be named where the volume stands elsewhere."""
    for key, why in (
        ("schedule", "a scheduled process has a new pod each time, and no volume that stays"),
        ("autoscale", "each replica keeps its own volume: an autoscaler would leave them behind"),
    ):
        if key in process:
            hint = "use disk: or a service of the platform" if key == "schedule" else "set replicas"
            place = key if key in instead else "persistent"
            source.fault((*at, place), "volume-stays", why, hint)
