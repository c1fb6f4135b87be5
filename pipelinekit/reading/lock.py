"""`.pipelinekit/lock.yaml` to a `Lock`."""

from __future__ import annotations

from typing import Any

from pipelinekit.model.lock import Lock
from pipelinekit.model.platform import Agent, AgentPod
from pipelinekit.model.site import Site
from pipelinekit.reading.faults import mapping
from pipelinekit.reading.source import parse


def read_lock(text: str, origin: str) -> Lock | None:
    """The lock in `text`, or None when it is damaged: by hand, or by a git merge of two generations."""
    source = parse(text, origin)
    data = source.data
    if source.faults or not isinstance(data, dict):
        return None
    try:
        return Lock(
            tool=str(data["tool"]),
            site=_site(data["site"]),
            files={str(path): str(digest) for path, digest in mapping(data, "files").items()},
            was={str(path): str(digest) for path, digest in mapping(data, "was").items()},
            yours=tuple(map(str, data.get("yours", ()))),
        )
    except (KeyError, TypeError, AttributeError):
        return None


def _site(data: dict[str, Any]) -> Site:
    pod = data.get("pod")
    return Site(
        library=str(data["library"]),
        agent=Agent(label=str(data.get("label", "")), pod=AgentPod(**pod) if pod else None),
        branch=str(data["branch"]),
        path=str(data["path"]),
        registry_credentials=str(data.get("registryCredentials", "")),
        charts_credentials=str(data.get("chartsCredentials", "")),
        kube_credentials=tuple(map(str, data.get("kubeCredentials", ()))),
    )
