"""Helm's own record of a release: a Secret for each revision, with the release as packed JSON in it."""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pipelinekit.adapters.cluster import printed
from pipelinekit.adapters.cluster.direct import places
from pipelinekit.adapters.cluster.direct.way import Way
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.reading.chart.values import as_helm_keeps

MOST = 64 * 1024 * 1024
"""Bytes of a record, unpacked."""
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


def newest(way: Way, target: Target, environment: Mapping[str, str] = os.environ) -> ReleaseState | None:
    """What is installed under the target's name; None where there is nothing, or Helm itself has to say."""
    if environment.get("HELM_DRIVER", "") not in ("", "secret", "secrets"):
        return None
    if any(name.startswith("HELM_KUBE") and value for name, value in environment.items()):
        # Another server, another account: of them Helm alone knows.
        return None
    secrets = places.listed("v1", "secrets", target.namespace)
    chosen = quote(f"owner=helm,name={target.name}", safe="")
    answer = way.found(f"{secrets}?labelSelector={chosen}", accept=_METADATA)
    if not answer or (answer.get("metadata") or {}).get("continue"):
        return None
    revisions = {_revision(each): each["metadata"]["name"] for each in answer.get("items") or ()}
    if not revisions or 0 in revisions:
        return None
    record = way.found(f"{secrets}/{quote(revisions[max(revisions)], safe='')}")
    return _state(record, max(revisions)) if record else None


def _revision(each: Mapping[str, Any]) -> int:
    text = str((each["metadata"].get("labels") or {}).get("version", ""))
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _state(record: Mapping[str, Any], revision: int) -> ReleaseState | None:
    try:
        packed = base64.b64decode(base64.b64decode(record["data"]["release"]))
        unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
        text = unpacking.decompress(packed, MOST)
        release = json.loads(text) if unpacking.eof else {}
        if int(release["version"]) != revision:
            return None
        return ReleaseState(
            revision=revision,
            status=str(release["info"]["status"]),
            values=as_helm_keeps(release.get("config") or {}),
            manifest=str(release.get("manifest", "")),
            hooks=printed.hooks(release),
        )
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, zlib.error):
        return None
