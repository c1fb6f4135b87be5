"""The `nexus` section of `platform.yaml`: what its schema cannot say, and its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.model.platform.nexus import BlobStore, Cleanup, Nexus, Reached, Repository, Routing
from pipelinekit.names import nearest
from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source

Data = Mapping[str, Any]


def check(source: Source) -> None:
    """Add the faults that only show between parts: references, kinds, and cleaning where it would hurt."""
    section = faults.mapping(source.data, "nexus")
    known = {str(each.get("name")): each for each in faults.items(section, "repositories")}
    stores = {str(each.get("name")) for each in faults.items(section, "blobStores")} | {"default"}
    policies = {str(each.get("name")): each for each in faults.items(section, "cleanup")}
    _check_users(source, faults.mapping(section, "users"))
    seen: set[str] = set()
    for index, each in enumerate(faults.items(section, "repositories")):
        path: Path = ("nexus", "repositories", index)
        if each.get("name") in seen:
            source.fault((*path, "name"), "name-twice", f"'{each.get('name')}' is there already")
        seen.add(str(each.get("name")))
        _check_kind(source, path, each)
        _check_cleanup(source, path, each, policies)
        store = each.get("blobStore", "default")
        if store not in stores:
            source.fault(
                (*path, "blobStore"),
                "unknown-reference",
                f"there is no '{store}'",
                nearest(store, stores),
            )
        for number, member in enumerate(each.get("members") or ()):
            _check_member(source, (*path, "members", number), each, member, known)
    for index, each in enumerate(faults.items(section, "cleanup")):
        if not {"unused", "age"} & each.keys():
            source.fault(
                ("nexus", "cleanup", index),
                "cleanup-empty",
                "says neither 'unused' nor 'age'",
                "add one of them",
            )


def _check_users(source: Source, users: Data) -> None:
    teams = {f"nexus-{each.get('team')}" for each in faults.items(source.data, "applications")}
    for key, name in users.items():
        if name in teams:
            source.fault(
                ("nexus", "users", key),
                "user-of-team",
                f"'{name}' is a team's user",
                "name another one: a team's user writes what is the team's",
            )
    if len(users) == 2 and len(set(map(str, users.values()))) == 1:
        source.fault(("nexus", "users"), "user-twice", "one user would publish and read", "name two")


def _check_kind(source: Source, path: Path, each: Data) -> None:
    kind, form = each.get("kind"), str(each.get("format"))
    for key, owner in (("remote", "proxy"), ("members", "group")):
        if (key in each) != (kind == owner):
            problem = f"a {owner} needs '{key}'" if kind == owner else f"'{key}' is for a {owner}"
            source.fault((*path, key) if key in each else path, "kind-fields", problem)
    for key in ("port", "subdomain"):
        if key in each and form != "docker":
            source.fault((*path, key), "kind-fields", f"'{key}' is for docker repositories")
    if {"port", "subdomain"} <= each.keys():
        source.fault((*path, "port"), "routing-twice", "a repository has a port or a subdomain", "keep one")
    if each.get("snapshots") is True and kind != "hosted":
        source.fault((*path, "snapshots"), "kind-fields", "'snapshots' is for hosted repositories")


def _check_cleanup(source: Source, path: Path, each: Data, policies: Mapping[str, Data]) -> None:
    if not each.get("cleanup"):
        return
    if each.get("kind") != "proxy" and each.get("snapshots") is not True:
        source.fault(
            (*path, "cleanup"),
            "cleanup-of-published",
            "a cleanup policy would take away what was published, whatever runs",
            "policies are for proxies and snapshots; `registry prune` knows what runs",
        )
    for number, name in enumerate(each["cleanup"]):
        policy = policies.get(name)
        at = (*path, "cleanup", number)
        if policy is None:
            source.fault(at, "unknown-reference", f"there is no '{name}'", nearest(str(name), policies))
        elif policy.get("format") != each.get("format"):
            source.fault(at, "cleanup-format", f"'{name}' is for {policy.get('format')} repositories")


def _check_member(source: Source, at: Path, group: Data, member: Any, known: Mapping[str, Data]) -> None:
    found = known.get(str(member))
    if found is None:
        source.fault(at, "unknown-reference", f"there is no '{member}'", nearest(str(member), known))
    elif found.get("format") != group.get("format"):
        source.fault(at, "member-format", f"'{member}' is a {found.get('format')} repository")
    elif found.get("kind") == "group":
        source.fault(at, "member-group", f"'{member}' is a group itself", "name its members")


def read(data: Data) -> Nexus:
    """The section's values."""
    users = data.get("users", {})
    return Nexus(
        url=data["url"].rstrip("/"),
        credentials=data.get("credentials", ""),
        accept_eula=data.get("acceptEula", False),
        anonymous=data.get("anonymous", False),
        blob_stores=tuple(BlobStore(**each) for each in data.get("blobStores", ())),
        repositories=tuple(_repository(each) for each in data.get("repositories", ())),
        cleanup=tuple(Cleanup(**each) for each in data.get("cleanup", ())),
        **{f"{key}_user": users[key] for key in ("push", "pull") if key in users},
    )


def _repository(data: Data) -> Repository:
    by: Reached = "port" if "port" in data else "subdomain" if "subdomain" in data else "path"
    return Repository(
        name=data["name"],
        format=data["format"],
        kind=data["kind"],
        blob_store=data.get("blobStore", "default"),
        remote=data.get("remote", ""),
        members=tuple(data.get("members", ())),
        routing=Routing(by=by, port=data.get("port", 0), subdomain=data.get("subdomain", "")),
        snapshots=data.get("snapshots", False),
        cleanup=tuple(data.get("cleanup", ())),
    )
