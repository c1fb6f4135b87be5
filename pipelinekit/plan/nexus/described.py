"""What of a platform decides what is on its Nexus, as a document that `nexus apply` reads in the cluster."""

from __future__ import annotations

from typing import Any

from pipelinekit.model.platform.document import Images, Platform
from pipelinekit.model.platform.nexus import BlobStore, Cleanup, Nexus, Repository

Data = dict[str, Any]


def described(platform: Platform, nexus: Nexus) -> Data:
    """A `platform.yaml` of that alone, without addresses of clusters and ids of credentials.

    What it says differs exactly where the server, or who may write what there, would differ. Its one cluster
    and environment are there for the document's shape.
    """
    return {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": platform.name},
        "images": _images(platform.images),
        "charts": {"repository": platform.charts.repository},
        "clusters": [{"name": "here"}],
        "environments": [{"name": "here", "cluster": "here", "namespace": "here"}],
        "nexus": _server(nexus),
        "applications": [
            {"name": each.name, "team": each.team, "repository": each.repository}
            for each in platform.applications
        ],
    }


def _images(images: Images) -> Data:
    return {
        "registry": images.registry,
        "path": images.path,
        **({"cache": images.cache} if images.cache else {}),
    }


def _server(nexus: Nexus) -> Data:
    return {
        "url": nexus.url,
        "acceptEula": nexus.accept_eula,
        "anonymous": nexus.anonymous,
        "blobStores": [_blob_store(each) for each in nexus.blob_stores],
        "repositories": [_repository(each) for each in nexus.repositories],
        "cleanup": [_cleanup(each) for each in nexus.cleanup],
        "users": {"push": nexus.push_user, "pull": nexus.pull_user},
    }


def _blob_store(store: BlobStore) -> Data:
    return {"name": store.name} | _said({"path": store.path, "quota": store.quota})


def _repository(each: Repository) -> Data:
    routing = {"port": each.routing.port, "subdomain": each.routing.subdomain}
    return {
        "name": each.name,
        "format": each.format,
        "kind": each.kind,
        "blobStore": each.blob_store,
        **_said({"remote": each.remote, "members": list(each.members), **routing}),
        **_said({"snapshots": each.snapshots, "cleanup": list(each.cleanup)}),
    }


def _cleanup(policy: Cleanup) -> Data:
    return {"name": policy.name, "format": policy.format} | _said(
        {"unused": policy.unused, "age": policy.age}
    )


def _said(values: Data) -> Data:
    return {key: each for key, each in values.items() if each}
