"""A Nexus' wanted state as requests of its REST API, and what differs from it. Field names are the API's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipelinekit.model.platform.nexus import BlobStore, Cleanup, Nexus, Repository, Tenant
from pipelinekit.plan.nexus.repositories import settings_of
from pipelinekit.plan.nexus.tenants import charts_expression, images_expression
from pipelinekit.records import dataclass

Body = Any

REALMS = ("NexusAuthenticatingRealm", "DockerToken")
"""Users and passwords, and the tokens that docker and nodes are given for them."""
READ_ONLY = frozenset(("format", "type", "url", "readOnly", "externalRoles"))
"""Fields that the server gives and does not take."""
PUBLISH, READ = ("browse", "read", "edit", "add"), ("browse", "read")
SELECTORS, PRIVILEGES = "v1/security/content-selectors", "v1/security/privileges"
UNORDERED = ("privileges", "roles", "actions")
COMMUNITY_COMPONENTS = 40_000
"""So many components a Community Edition serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing on the server: where it is read, and what makes or changes it.

    `read` gives the thing itself, or a list in which `name` is looked for under `key`.
    """

    subject: str
    read: str
    body: Body
    create: tuple[str, str]
    update: tuple[str, str]
    key: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has to be done for one thing, and why."""

    wanted: Wanted
    new: bool
    differences: tuple[str, ...] = ()
    there: Body = None

    def __str__(self) -> str:
        if self.new:
            return f"create {self.wanted.subject}"
        return f"change {self.wanted.subject}: {'; '.join(self.differences)}"


def wanted_of(nexus: Nexus) -> tuple[Wanted, ...]:
    """Everything that the document asks for, in an order in which it can be made."""
    groups_last = sorted(nexus.repositories, key=lambda each: each.kind == "group")
    return (
        _anonymous(nexus),
        *(_blob_store(each) for each in nexus.blob_stores),
        *(_cleanup(each) for each in nexus.cleanup),
        *(_repository(each) for each in groups_last),
        *(each for tenant in nexus.tenants for each in _selectors(nexus, tenant)),
        *_roles(nexus),
    )


def differences(wanted: Body, there: Body, path: str = "") -> tuple[str, ...]:
    """Where what is there is not what is wanted; what nobody asked for does not count."""
    if isinstance(wanted, Mapping) and isinstance(there, Mapping):
        return tuple(
            each
            for key, value in wanted.items()
            for each in differences(value, there.get(key), f"{path}.{key}" if path else str(key))
        )
    if isinstance(wanted, list) and isinstance(there, list) and path.endswith(UNORDERED):
        ours, theirs = sorted(map(str, wanted)), sorted(map(str, there))
        return () if ours == theirs else (_differs(path, ours, theirs),)
    return () if _same(wanted, there) else (_differs(path, wanted, there),)


def to_send(change: Change) -> Body:
    """The body of the request: for a change, what is there with the wanted over it, so that no other setting
    that somebody made is lost."""
    if change.new or not isinstance(change.there, Mapping):
        return change.wanted.body
    kept = {key: value for key, value in change.there.items() if key not in READ_ONLY and value is not None}
    return _overlay(kept, change.wanted.body)


def _overlay(below: Mapping[str, Body], above: Mapping[str, Body]) -> dict[str, Body]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = _overlay(under, value)
        else:
            merged[key] = value
    return merged


def find(wanted: Wanted, answer: Body) -> Body:
    """The thing in what its address gave, or None."""
    if not wanted.key:
        return answer
    return next((each for each in answer or () if each.get(wanted.key) == wanted.name), None)


def missing_realms(active: Iterable[str]) -> list[str]:
    """The realms to switch on, in order; others stay."""
    have = list(active)
    return [each for each in REALMS if each not in have]


def user_body(user: str, role: str, what: str) -> dict[str, Body]:
    """A user without its password, which is nowhere but in the request that makes it."""
    return {
        "userId": user,
        "firstName": "pipelinekit",
        "lastName": what,
        "emailAddress": f"{user}@localhost.localdomain",
        "status": "active",
        "roles": [role],
    }


def users(nexus: Nexus) -> tuple[tuple[str, str, str], ...]:
    """Each user with its role and what it does."""
    return (
        (nexus.push_user, nexus.push_user, "publishes"),
        (nexus.pull_user, nexus.pull_user, "reads"),
        *((each.user, each.user, f"publishes for team {each.team}") for each in nexus.tenants),
    )


def password_variable(nexus: Nexus, user: str) -> str:
    """Where the password of a user that has to be made is; no two users have one name."""
    fixed = {nexus.push_user: "PUSH", nexus.pull_user: "PULL"}
    teams = {each.user: "TEAM_" + each.team.upper().replace("-", "_") for each in nexus.tenants}
    return f"PK_NEXUS_{(teams | fixed)[user]}_PASSWORD"


# --- one thing after the other --------------------------------------------------------------------


def _anonymous(nexus: Nexus) -> Wanted:
    path = "v1/security/anonymous"
    body = {"enabled": nexus.anonymous, "userId": "anonymous", "realmName": "NexusAuthorizingRealm"}
    return Wanted(
        subject="anonymous access", read=path, body=body, create=("PUT", path), update=("PUT", path)
    )


def _blob_store(store: BlobStore) -> Wanted:
    body: dict[str, Body] = {"path": store.path or store.name}
    if store.quota:
        body["softQuota"] = {"type": "spaceRemainingQuota", "limit": store.quota}
    return Wanted(
        subject=f"blob store {store.name}",
        read=f"v1/blobstores/file/{store.name}",
        body=body,
        create=("POST", "v1/blobstores/file"),
        update=("PUT", f"v1/blobstores/file/{store.name}"),
        name=store.name,
    )


def _cleanup(policy: Cleanup) -> Wanted:
    body: dict[str, Body] = {
        "name": policy.name,
        "format": policy.format,
        "notes": "made by pipelinekit: for proxies and snapshots",
    }
    if policy.unused:
        body["criteriaLastDownloaded"] = policy.unused
    if policy.age:
        body["criteriaLastBlobUpdated"] = policy.age
    return Wanted(
        subject=f"cleanup policy {policy.name}",
        read=f"v1/cleanup-policies/{policy.name}",
        body=body,
        create=("POST", "v1/cleanup-policies"),
        update=("PUT", f"v1/cleanup-policies/{policy.name}"),
    )


def _repository(repository: Repository) -> Wanted:
    kind = {"maven2": "maven"}.get(repository.format, repository.format)
    path = f"v1/repositories/{kind}/{repository.kind}"
    return Wanted(
        subject=f"repository {repository.name}",
        read=f"{path}/{repository.name}",
        body=settings_of(repository),
        create=("POST", path),
        update=("PUT", f"{path}/{repository.name}"),
    )


def _roles(nexus: Nexus) -> tuple[Wanted, ...]:
    hosted = [each for each in nexus.repositories if each.kind == "hosted"]
    reading = _privileges(nexus.repositories, READ)
    return (
        _role(nexus.push_user, "publishes from Jenkins", sorted({*_privileges(hosted, PUBLISH), *reading})),
        _role(nexus.pull_user, "reads what was published", reading),
        *(
            _role(each.user, f"publishes for team {each.team}", sorted({*_own(nexus, each), *reading}))
            for each in nexus.tenants
        ),
    )


def _own(nexus: Nexus, tenant: Tenant) -> list[str]:
    return [each.body["name"] for each in _selectors(nexus, tenant) if each.read.startswith(PRIVILEGES)]


def _selectors(nexus: Nexus, tenant: Tenant) -> list[Wanted]:
    """What a team may write: a selector a format, and with it a privilege a hosted repository."""
    found = []
    for form, expression in (("docker", images_expression(tenant)), ("helm", charts_expression(tenant))):
        hosted = [each.name for each in nexus.repositories if (each.format, each.kind) == (form, "hosted")]
        # No part but the last can hold a dot: no two teams' names come out alike.
        name = f"{tenant.user}.{form}"
        found += [_selector(name, tenant, expression)] if hosted else []
        found += [_privilege(name, tenant, form, each) for each in hosted]
    return found


def _selector(name: str, tenant: Tenant, expression: str) -> Wanted:
    return Wanted(
        subject=f"content selector {name}",
        read=f"{SELECTORS}/{name}",
        body={"description": f"what team {tenant.team} publishes", "expression": expression},
        create=("POST", SELECTORS),
        update=("PUT", f"{SELECTORS}/{name}"),
        name=name,
    )


def _privilege(selector: str, tenant: Tenant, form: str, repository: str) -> Wanted:
    name, path = f"{selector}.{repository}", f"{PRIVILEGES}/repository-content-selector"
    return Wanted(
        subject=f"privilege {name}",
        read=f"{PRIVILEGES}/{name}",
        body={
            "name": name,
            "description": f"team {tenant.team} publishes in {repository}",
            "actions": [each.upper() for each in PUBLISH],
            "format": form,
            "repository": repository,
            "contentSelector": selector,
        },
        create=("POST", path),
        update=("PUT", f"{path}/{name}"),
    )


def _role(name: str, description: str, privileges: list[str]) -> Wanted:
    return Wanted(
        subject=f"role {name}",
        read=f"v1/security/roles/{name}",
        body={
            "id": name,
            "name": name,
            "description": description,
            "privileges": privileges,
            "roles": [],
        },
        create=("POST", "v1/security/roles"),
        update=("PUT", f"v1/security/roles/{name}"),
    )


def _privileges(repositories: Iterable[Repository], actions: Iterable[str]) -> list[str]:
    views = [f"nx-repository-view-{each.format}-{each.name}" for each in repositories]
    return sorted(f"{view}-{action}" for view in views for action in actions)


def _same(wanted: Body, there: Body) -> bool:
    if isinstance(wanted, str) and isinstance(there, str):
        # The server gives back in capitals what it takes in small letters, and adds a slash to addresses.
        return wanted.rstrip("/").lower() == there.rstrip("/").lower()
    return bool(wanted == there)


def _differs(path: str, wanted: Body, there: Body) -> str:
    return f"{path} is {_shown(there)}, wanted {_shown(wanted)}"


def _shown(value: Body) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)
