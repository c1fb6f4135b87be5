"""A repository of a Nexus as the body of a request; field names are the API's."""

from __future__ import annotations

from typing import Any

from pipelinekit.model.platform.nexus import Repository

Body = Any


def settings_of(repository: Repository) -> dict[str, Body]:
    """The body of the request that makes or changes a repository."""
    storage: dict[str, Body] = {
        "blobStoreName": repository.blob_store,
        "strictContentTypeValidation": repository.format != "raw",
    }
    body: dict[str, Body] = {"name": repository.name, "online": True, "storage": storage}
    if repository.kind == "hosted":
        # What was published is never replaced, not even by somebody who tries.
        storage["writePolicy"] = "allow" if repository.snapshots else "allow_once"
    if repository.kind == "proxy":
        body |= {
            "proxy": {"remoteUrl": repository.remote, "contentMaxAge": 1440, "metadataMaxAge": 1440},
            "negativeCache": {"enabled": True, "timeToLive": 1440},
            "httpClient": {"blocked": False, "autoBlock": True},
        }
    if repository.kind == "group":
        body["group"] = {"memberNames": list(repository.members)}
    if repository.cleanup:
        body["cleanup"] = {"policyNames": list(repository.cleanup)}
    return body | _of_format(repository)


def _of_format(repository: Repository) -> dict[str, Body]:
    if repository.format == "docker":
        docker: dict[str, Body] = {"v1Enabled": False, "forceBasicAuth": True}
        if repository.routing.by == "port":
            docker["httpPort"] = repository.routing.port
        elif repository.routing.by == "subdomain":
            docker["subdomain"] = repository.routing.subdomain
        else:
            docker["pathEnabled"] = True
        if repository.kind != "proxy":
            return {"docker": docker}
        hub = "docker.io" in repository.remote
        return {"docker": docker, "dockerProxy": {"indexType": "HUB" if hub else "REGISTRY"}}
    if repository.format == "maven2" and repository.kind != "group":
        policy = "SNAPSHOT" if repository.snapshots else "RELEASE"
        return {"maven": {"versionPolicy": policy, "layoutPolicy": "STRICT"}}
    return {}
