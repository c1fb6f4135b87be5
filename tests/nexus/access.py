"""Who may do what: realms, anonymous access, content selectors, privileges, roles and users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests import csel
from tests.nexus.checks import Refusal, check_name, known, new, validated

if TYPE_CHECKING:
    from tests.nexus.state import Nexus

KNOWN_REALMS = {"NexusAuthenticatingRealm", "DockerToken", "NpmToken", "LdapRealm", "rutauth-realm"}


def realms_get(nexus: Nexus, body: Any) -> tuple[int, Any]:
    return 200, nexus.realms


def anonymous_get(nexus: Nexus, body: Any) -> tuple[int, Any]:
    return 200, nexus.anonymous


def realms_put(nexus: Nexus, body: Any) -> tuple[int, Any]:
    if not set(body) <= KNOWN_REALMS:
        raise Refusal(400, f"unknown realms {sorted(set(body) - KNOWN_REALMS)}")
    nexus.realms = list(body)
    return 204, None


def anonymous_put(nexus: Nexus, body: Any) -> tuple[int, Any]:
    nexus.anonymous = validated("AnonymousAccessSettingsXO", body)
    return 200, nexus.anonymous


def selector_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, {"type": "csel", **known(nexus.selectors, name)}


def selector_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = validated("ContentSelectorApiCreateRequest", body)
    check_name(found["name"])
    new(nexus.selectors, found["name"])
    csel.parse(found["expression"])
    nexus.selectors[found["name"]] = found
    return 204, None


def selector_put(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    known(nexus.selectors, name)
    found = validated("ContentSelectorApiUpdateRequest", body)
    csel.parse(found["expression"])
    nexus.selectors[name] = {"name": name, **found}
    return 204, None


def privilege_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, {
        "type": "repository-content-selector",
        "readOnly": False,
        **known(nexus.privileges, name),
    }


def privilege_set(nexus: Nexus, *rest: Any) -> tuple[int, Any]:
    found = validated("ApiPrivilegeRepositoryContentSelectorRequest", rest[-1])
    check_name(found["name"])
    known(nexus.selectors, found["contentSelector"], 400)
    if known(nexus.repositories, found["repository"], 400)["format"] != found["format"]:
        raise Refusal(400, "of another format")
    if not set(found["actions"]) <= {"BROWSE", "READ", "EDIT", "ADD", "DELETE"}:
        raise Refusal(400, f"no actions {found['actions']}")
    if len(rest) == 1:
        new(nexus.privileges, found["name"])
    elif rest[0] != found["name"]:
        raise Refusal(400, "a privilege keeps its name")
    nexus.privileges[found["name"]] = found
    return 201 if len(rest) == 1 else 204, None


def role_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, {**known(nexus.roles, name), "readOnly": False}


def role_set(nexus: Nexus, *rest: Any) -> tuple[int, Any]:
    found = validated("RoleXORequest", rest[-1])
    for each in found.get("privileges", ()):
        if each in nexus.privileges:
            continue
        match = re.fullmatch(r"nx-repository-view-([a-z0-9]+)-(.+)-(browse|read|edit|add)", each)
        if not match or nexus.repositories.get(match[2], {}).get("format") != match[1]:
            raise Refusal(400, f"no privilege {each}")
    if len(rest) == 1:
        new(nexus.roles, found["id"])
    nexus.roles[found["id"]] = found
    return 200 if len(rest) == 1 else 204, None


def users_get(nexus: Nexus, prefix: str, body: Any) -> tuple[int, Any]:
    # The parameter is the beginning of a name, and so finds others as well.
    return 200, [each for name, each in nexus.users.items() if name.startswith(prefix)]


def users_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = validated("ApiCreateUser", body)
    new(nexus.users, found["userId"])
    _check_roles(nexus, found)
    nexus.passwords[found["userId"]] = found.pop("password")
    nexus.users[found["userId"]] = {**found, "source": "default", "readOnly": False, "externalRoles": []}
    return 200, None


def users_put(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    known(nexus.users, name)
    found = validated("ApiUser", body)
    _check_roles(nexus, found)
    nexus.users[name] = {"readOnly": False, "externalRoles": [], **found}
    return 204, None


def _check_roles(nexus: Nexus, user: dict[str, Any]) -> None:
    for each in user["roles"]:
        known(nexus.roles, each, 400)


def password(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    if name != "admin" or not isinstance(body, str) or not body:
        raise Refusal(400, "a password as plain text")
    nexus.password = body
    return 204, None
