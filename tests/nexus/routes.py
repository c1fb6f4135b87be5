"""The double's addresses, and what those of the agreement, of stores, policies and repositories do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.nexus import access, tasks
from tests.nexus.checks import Refusal, known, new, validated

if TYPE_CHECKING:
    from tests.nexus.state import Nexus

DISCLAIMER = "Use of Sonatype Nexus Repository - Community Edition is governed by …"
FORMATS = {"maven": "Maven", "go": "Golang", "pypi": "Pypi"}


def _eula_get(nexus: Nexus, body: Any) -> tuple[int, Any]:
    if not nexus.community:
        raise Refusal(404, "not a Community Edition")
    return 200, {"accepted": nexus.accepted, "disclaimer": DISCLAIMER}


def _eula_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = validated("EulaStatus", body)
    if found != {"accepted": True, "disclaimer": DISCLAIMER}:
        raise Refusal(400, "Invalid EULA disclaimer")
    nexus.accepted = True
    return 204, None


def _blob_store_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, known(nexus.blob_stores, name)


def _blob_store_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = validated("FileBlobStoreApiCreateRequest", body)
    name = found.pop("name")
    new(nexus.blob_stores, name)
    nexus.blob_stores[name] = found
    return 204, None


def _blob_store_put(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    known(nexus.blob_stores, name)
    nexus.blob_stores[name] = validated("FileBlobStoreApiUpdateRequest", body)
    return 204, None


def _policy_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, known(nexus.policies, name)


def _policy_set(nexus: Nexus, *rest: Any) -> tuple[int, Any]:
    found = validated("CleanupPolicyResourceXO", rest[-1])
    if len(rest) == 1:
        new(nexus.policies, found["name"])
    nexus.policies[found["name"]] = found
    return 201 if len(rest) == 1 else 204, None


def _repositories(nexus: Nexus, body: Any) -> tuple[int, Any]:
    keys = ("name", "format", "type", "url")
    return 200, [{key: each[key] for key in keys} for each in nexus.repositories.values()]


def _repository_get(nexus: Nexus, form: str, kind: str, name: str, body: Any) -> tuple[int, Any]:
    found = json.loads(json.dumps(known(nexus.repositories, name)))
    if (found["format"], found["type"]) != ("maven2" if form == "maven" else form, kind):
        raise Refusal(404, "of another kind")
    # The server gives in capitals what it takes in small letters.
    if "writePolicy" in found["storage"]:
        found["storage"]["writePolicy"] = found["storage"]["writePolicy"].upper()
    return 200, found


def _repository_post(nexus: Nexus, form: str, kind: str, body: Any) -> tuple[int, Any]:
    found = _repository(nexus, form, kind, body)
    new(nexus.repositories, found["name"])
    nexus.repositories[found["name"]] = found
    return 201, None


def _repository_put(nexus: Nexus, form: str, kind: str, name: str, body: Any) -> tuple[int, Any]:
    _repository_get(nexus, form, kind, name, None)
    nexus.repositories[name] = _repository(nexus, form, kind, body)
    return 204, None


def _repository(nexus: Nexus, form: str, kind: str, body: Any) -> dict[str, Any]:
    title = FORMATS.get(form, form.title())
    found = validated(f"{title}{kind.title()}RepositoryApiRequest", body)
    known(nexus.blob_stores, found["storage"]["blobStoreName"], 400)
    for member in found.get("group", {}).get("memberNames", ()):
        known(nexus.repositories, member, 400)
    for policy in found.get("cleanup", {}).get("policyNames", ()):
        known(nexus.policies, policy, 400)
    form = "maven2" if form == "maven" else form
    return {**found, "format": form, "type": kind, "url": f"{nexus.url}/repository/{found['name']}"}


def _components(nexus: Nexus, name: str, token: str | None, body: Any) -> tuple[int, Any]:
    count, at = nexus.components.get(name, 0), int(token or 0)
    items = [{"id": str(number)} for number in range(at, min(at + 10, count))]
    return 200, {"items": items, "continuationToken": str(at + 10) if at + 10 < count else None}


_KIND = "(docker|helm|raw|pypi|npm|maven|go)/(hosted|proxy|group)"
ROUTES: tuple[tuple[str, Any], ...] = (
    ("GET v1/system/eula", _eula_get),
    ("POST v1/system/eula", _eula_post),
    ("GET v1/security/realms/active", access.realms_get),
    ("PUT v1/security/realms/active", access.realms_put),
    ("GET v1/security/anonymous", access.anonymous_get),
    ("PUT v1/security/anonymous", access.anonymous_put),
    ("GET v1/blobstores/file/([^/]+)", _blob_store_get),
    ("POST v1/blobstores/file", _blob_store_post),
    ("PUT v1/blobstores/file/([^/]+)", _blob_store_put),
    ("GET v1/cleanup-policies/([^/]+)", _policy_get),
    ("POST v1/cleanup-policies", _policy_set),
    ("PUT v1/cleanup-policies/([^/]+)", _policy_set),
    ("GET v1/repositories", _repositories),
    (f"GET v1/repositories/{_KIND}/([^/]+)", _repository_get),
    (f"POST v1/repositories/{_KIND}", _repository_post),
    (f"PUT v1/repositories/{_KIND}/([^/]+)", _repository_put),
    ("GET v1/security/content-selectors/([^/]+)", access.selector_get),
    ("POST v1/security/content-selectors", access.selector_post),
    ("PUT v1/security/content-selectors/([^/]+)", access.selector_put),
    ("GET v1/security/privileges/([^/]+)", access.privilege_get),
    ("POST v1/security/privileges/repository-content-selector", access.privilege_set),
    ("PUT v1/security/privileges/repository-content-selector/([^/]+)", access.privilege_set),
    ("GET v1/security/roles/([^/]+)", access.role_get),
    ("POST v1/security/roles", access.role_set),
    ("PUT v1/security/roles/([^/]+)", access.role_set),
    (r"GET v1/security/users\?userId=([^&]+)", access.users_get),
    ("POST v1/security/users", access.users_post),
    ("PUT v1/security/users/([^/]+)", access.users_put),
    ("PUT v1/security/users/([^/]+)/change-password", access.password),
    (r"GET v1/tasks\?type=([^&]+)", tasks.tasks_get),
    ("POST v1/tasks", tasks.tasks_post),
    ("GET v1/tasks/([^/]+)", tasks.task_get),
    ("POST v1/tasks/([^/]+)/run", tasks.task_run),
    ("DELETE v1/tasks/([^/]+)", tasks.task_delete),
    (r"GET v1/components\?repository=([^&]+)(?:&continuationToken=(\d+))?", _components),
)
