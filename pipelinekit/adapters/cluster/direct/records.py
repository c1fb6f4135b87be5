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
_LISTS = ("SecretList", "PartialObjectMetadataList")
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class UntoldError(Exception):
    """Helm itself has to say what is installed."""


def newest(way: Way, target: Target, environment: Mapping[str, str] = os.environ) -> ReleaseState | None:
    """What is installed under the target's name; None where there is nothing. Raises `UntoldError`."""
    if environment.get("HELM_DRIVER", "") not in ("", "secret", "secrets"):
        raise UntoldError
    if any(name.startswith("HELM_KUBE") and value for name, value in environment.items()):
        # Another server, another account: of them Helm alone knows.
        raise UntoldError
    secrets = places.listed("v1", "secrets", target.namespace)
    chosen = quote(f"owner=helm,name={target.name}", safe="")
    answer = way.found(f"{secrets}?labelSelector={chosen}", accept=_METADATA)
    # What serves no Kubernetes may answer as well, and with anything.
    if not answer or answer.get("kind") not in _LISTS or (answer.get("metadata") or {}).get("continue"):
        raise UntoldError
    revisions = {_revision(each): each["metadata"]["name"] for each in answer.get("items") or ()}
    if not revisions:
        return None
    record = None if 0 in revisions else way.found(f"{secrets}/{quote(revisions[max(revisions)], safe='')}")
    state = _state(record, max(revisions)) if record else None
    if state is None:
        raise UntoldError
    return state


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
