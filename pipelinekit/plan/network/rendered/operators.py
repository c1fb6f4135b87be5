"""Resources of operators to the templates of the pods that they make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Object = Mapping[str, Any]

_CASSANDRA = "K8ssandraCluster"


def templates_of(resource: Object) -> Iterator[Object]:
    """A template for each kind of pod that an operator is told to make; none where it is told of none.

    That is each `podTemplate`, wherever it stands; of a K8ssandraCluster, whose datacenters say labels,
    account and containers each in a place of its own, one for each of them.
    """
    if resource.get("kind") == _CASSANDRA:
        yield from _datacenters(resource)
    else:
        yield from _templates(resource.get("spec"))


def _templates(value: Any) -> Iterator[Object]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "podTemplate" and isinstance(inner, Mapping):
                yield inner
            else:
                yield from _templates(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _templates(inner)


def _datacenters(resource: Object) -> Iterator[Object]:
    """As one operator lays a datacenter over the cluster, and the other its own labels over both."""
    cluster = _mapping(_mapping(resource.get("spec")).get("cassandra"))
    name = cluster.get("clusterName") or _mapping(resource.get("metadata")).get("name")
    for each in cluster.get("datacenters") or ():
        said = {**cluster, **each}
        own = {
            "app.kubernetes.io/name": "cassandra",
            "app.kubernetes.io/managed-by": "cass-operator",
            "cassandra.datastax.com/cluster": name,
            "cassandra.datastax.com/datacenter": _mapping(each.get("metadata")).get("name"),
        }
        spec = {
            "serviceAccountName": said.get("serviceAccount"),
            "hostNetwork": _mapping(said.get("networking")).get("hostNetwork"),
            "securityContext": said.get("podSecurityContext"),
            "containers": said.get("containers"),
            "initContainers": said.get("initContainers"),
        }
        yield {
            "metadata": {
                "labels": {**_of_pods(cluster, "labels"), **_of_pods(each, "labels"), **own},
                "annotations": {**_of_pods(cluster, "annotations"), **_of_pods(each, "annotations")},
            },
            "spec": {key: value for key, value in spec.items() if value},
        }


def _of_pods(said: Object, what: str) -> Object:
    return _mapping(_mapping(_mapping(said.get("metadata")).get("pods")).get(what))


def _mapping(value: Any) -> Object:
    return value if isinstance(value, Mapping) else {}
