"""A Nexus that keeps state: every request is held against the models that its maker publishes.

It refuses what the real one refuses: unknown fields, unknown blob stores, members, policies, privileges and
roles, an agreement that is not word for word its own.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nexus_api_client as published
from pydantic import ValidationError

from tests import csel

DISCLAIMER = "Use of Sonatype Nexus Repository - Community Edition is governed by …"
FORMATS = {"maven": "Maven", "go": "Golang", "pypi": "Pypi"}
KNOWN_REALMS = {"NexusAuthenticatingRealm", "DockerToken", "NpmToken", "LdapRealm", "rutauth-realm"}


class Refusal(Exception):
    """A request that the server does not take, with its status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass
class Nexus:
    """The server's state. `log` has each request as `METHOD path`, `writes` those that change something."""

    url: str = ""
    password: str = "first"
    accepted: bool = False
    community: bool = True
    realms: list[str] = field(default_factory=lambda: ["NexusAuthenticatingRealm"])
    anonymous: dict[str, Any] = field(
        default_factory=lambda: {
            "enabled": True,
            "userId": "anonymous",
            "realmName": "NexusAuthorizingRealm",
        }
    )
    blob_stores: dict[str, dict[str, Any]] = field(default_factory=lambda: {"default": {"path": "default"}})
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    repositories: dict[str, dict[str, Any]] = field(default_factory=dict)
    roles: dict[str, dict[str, Any]] = field(default_factory=dict)
    selectors: dict[str, dict[str, Any]] = field(default_factory=dict)
    privileges: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    components: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: Path | None = None
    """Where it keeps its database and blobs, for what works on them; None: nowhere."""
    broken: bool = False
    """Whether its tasks fail."""
    log: list[str] = field(default_factory=list)
    refused_logins: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def writes(self) -> list[str]:
        return [line for line in self.log if not line.startswith("GET ")]

    def may(self, user: str, action: str, repository: str, path: str) -> bool:
        """Whether a user may do that (`read`, `add`, `edit`) at a path of a repository."""
        form = self.repositories[repository]["format"]
        for role in self.users.get(user, {}).get("roles", ()):
            for each in self.roles[role]["privileges"]:
                selected = self.privileges.get(each)
                if selected is None:
                    if each == f"nx-repository-view-{form}-{repository}-{action}":
                        return True
                elif (selected["repository"], selected["format"]) == (repository, form):
                    expression = self.selectors[selected["contentSelector"]]["expression"]
                    if action.upper() in selected["actions"] and csel.matches(expression, form, path):
                        return True
        return False

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and body of one request by the administrator."""
        for pattern, handler in ROUTES:
            match = re.fullmatch(f"{method} {pattern}" if " " not in pattern else pattern, f"{method} {path}")
            if match:
                status, found = handler(self, *match.groups(), body)
                return int(status), found
        raise Refusal(404, f"no such address: {method} {path}")


def _validated(model: str, body: Any) -> dict[str, Any]:
    kind = getattr(published, model)
    known = set(kind.model_json_schema(by_alias=True)["properties"])
    unknown = set(body) - known
    if unknown:
        raise Refusal(400, f"{model} has no field {sorted(unknown)}")
    try:
        _check_nested(kind.model_validate(body), body, model)
    except ValidationError as error:
        raise Refusal(400, f"{model}: {error.errors()[0]}") from error
    found: dict[str, Any] = json.loads(json.dumps(body))
    return found


def _check_nested(value: Any, body: Any, where: str) -> None:
    """Unknown fields inside: the models drop them, the server does not."""
    if not hasattr(value, "to_dict") or not isinstance(body, dict):
        return
    fields = {each.alias or name: getattr(value, name) for name, each in type(value).model_fields.items()}
    unknown = set(body) - set(fields)
    if unknown:
        raise Refusal(400, f"{where} has no field {sorted(unknown)}")
    for name, inner in body.items():
        _check_nested(fields[name], inner, f"{where}.{name}")


def _eula_get(nexus: Nexus, body: Any) -> tuple[int, Any]:
    if not nexus.community:
        raise Refusal(404, "not a Community Edition")
    return 200, {"accepted": nexus.accepted, "disclaimer": DISCLAIMER}


def _eula_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = _validated("EulaStatus", body)
    if found != {"accepted": True, "disclaimer": DISCLAIMER}:
        raise Refusal(400, "Invalid EULA disclaimer")
    nexus.accepted = True
    return 204, None


def _realms_get(nexus: Nexus, body: Any) -> tuple[int, Any]:
    return 200, nexus.realms


def _anonymous_get(nexus: Nexus, body: Any) -> tuple[int, Any]:
    return 200, nexus.anonymous


def _realms_put(nexus: Nexus, body: Any) -> tuple[int, Any]:
    if not set(body) <= KNOWN_REALMS:
        raise Refusal(400, f"unknown realms {sorted(set(body) - KNOWN_REALMS)}")
    nexus.realms = list(body)
    return 204, None


def _anonymous_put(nexus: Nexus, body: Any) -> tuple[int, Any]:
    nexus.anonymous = _validated("AnonymousAccessSettingsXO", body)
    return 200, nexus.anonymous


def _blob_store_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, _known(nexus.blob_stores, name)


def _blob_store_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = _validated("FileBlobStoreApiCreateRequest", body)
    name = found.pop("name")
    _new(nexus.blob_stores, name)
    nexus.blob_stores[name] = found
    return 204, None


def _blob_store_put(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    _known(nexus.blob_stores, name)
    nexus.blob_stores[name] = _validated("FileBlobStoreApiUpdateRequest", body)
    return 204, None


def _policy_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, _known(nexus.policies, name)


def _policy_set(nexus: Nexus, *rest: Any) -> tuple[int, Any]:
    found = _validated("CleanupPolicyResourceXO", rest[-1])
    if len(rest) == 1:
        _new(nexus.policies, found["name"])
    nexus.policies[found["name"]] = found
    return 201 if len(rest) == 1 else 204, None


def _repositories(nexus: Nexus, body: Any) -> tuple[int, Any]:
    keys = ("name", "format", "type", "url")
    return 200, [{key: each[key] for key in keys} for each in nexus.repositories.values()]


def _repository_get(nexus: Nexus, form: str, kind: str, name: str, body: Any) -> tuple[int, Any]:
    found = json.loads(json.dumps(_known(nexus.repositories, name)))
    if (found["format"], found["type"]) != ("maven2" if form == "maven" else form, kind):
        raise Refusal(404, "of another kind")
    # The server gives in capitals what it takes in small letters.
    if "writePolicy" in found["storage"]:
        found["storage"]["writePolicy"] = found["storage"]["writePolicy"].upper()
    return 200, found


def _repository_post(nexus: Nexus, form: str, kind: str, body: Any) -> tuple[int, Any]:
    found = _repository(nexus, form, kind, body)
    _new(nexus.repositories, found["name"])
    nexus.repositories[found["name"]] = found
    return 201, None


def _repository_put(nexus: Nexus, form: str, kind: str, name: str, body: Any) -> tuple[int, Any]:
    _repository_get(nexus, form, kind, name, None)
    nexus.repositories[name] = _repository(nexus, form, kind, body)
    return 204, None


def _repository(nexus: Nexus, form: str, kind: str, body: Any) -> dict[str, Any]:
    title = FORMATS.get(form, form.title())
    found = _validated(f"{title}{kind.title()}RepositoryApiRequest", body)
    _known(nexus.blob_stores, found["storage"]["blobStoreName"], 400)
    for member in found.get("group", {}).get("memberNames", ()):
        _known(nexus.repositories, member, 400)
    for policy in found.get("cleanup", {}).get("policyNames", ()):
        _known(nexus.policies, policy, 400)
    form = "maven2" if form == "maven" else form
    return {**found, "format": form, "type": kind, "url": f"{nexus.url}/repository/{found['name']}"}


def _selector_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, {"type": "csel", **_known(nexus.selectors, name)}


def _selector_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = _validated("ContentSelectorApiCreateRequest", body)
    _check_name(found["name"])
    _new(nexus.selectors, found["name"])
    csel.parse(found["expression"])
    nexus.selectors[found["name"]] = found
    return 204, None


def _selector_put(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    _known(nexus.selectors, name)
    found = _validated("ContentSelectorApiUpdateRequest", body)
    csel.parse(found["expression"])
    nexus.selectors[name] = {"name": name, **found}
    return 204, None


def _privilege_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, {
        "type": "repository-content-selector",
        "readOnly": False,
        **_known(nexus.privileges, name),
    }


def _privilege_set(nexus: Nexus, *rest: Any) -> tuple[int, Any]:
    found = _validated("ApiPrivilegeRepositoryContentSelectorRequest", rest[-1])
    _check_name(found["name"])
    _known(nexus.selectors, found["contentSelector"], 400)
    if _known(nexus.repositories, found["repository"], 400)["format"] != found["format"]:
        raise Refusal(400, "of another format")
    if not set(found["actions"]) <= {"BROWSE", "READ", "EDIT", "ADD", "DELETE"}:
        raise Refusal(400, f"no actions {found['actions']}")
    if len(rest) == 1:
        _new(nexus.privileges, found["name"])
    elif rest[0] != found["name"]:
        raise Refusal(400, "a privilege keeps its name")
    nexus.privileges[found["name"]] = found
    return 201 if len(rest) == 1 else 204, None


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-zA-Z0-9-][a-zA-Z0-9_.-]*", name):
        raise Refusal(400, "letters, digits, underscores, hyphens and dots; may not begin with _ or .")


def _role_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, {**_known(nexus.roles, name), "readOnly": False}


def _role_set(nexus: Nexus, *rest: Any) -> tuple[int, Any]:
    found = _validated("RoleXORequest", rest[-1])
    for each in found.get("privileges", ()):
        if each in nexus.privileges:
            continue
        match = re.fullmatch(r"nx-repository-view-([a-z0-9]+)-(.+)-(browse|read|edit|add)", each)
        if not match or nexus.repositories.get(match[2], {}).get("format") != match[1]:
            raise Refusal(400, f"no privilege {each}")
    if len(rest) == 1:
        _new(nexus.roles, found["id"])
    nexus.roles[found["id"]] = found
    return 200 if len(rest) == 1 else 204, None


def _users_get(nexus: Nexus, prefix: str, body: Any) -> tuple[int, Any]:
    # The parameter is the beginning of a name, and so finds others as well.
    return 200, [each for name, each in nexus.users.items() if name.startswith(prefix)]


def _users_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = _validated("ApiCreateUser", body)
    _new(nexus.users, found["userId"])
    _check_roles(nexus, found)
    nexus.passwords[found["userId"]] = found.pop("password")
    nexus.users[found["userId"]] = {**found, "source": "default", "readOnly": False, "externalRoles": []}
    return 200, None


def _users_put(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    _known(nexus.users, name)
    found = _validated("ApiUser", body)
    _check_roles(nexus, found)
    nexus.users[name] = {"readOnly": False, "externalRoles": [], **found}
    return 204, None


def _check_roles(nexus: Nexus, user: dict[str, Any]) -> None:
    for each in user["roles"]:
        _known(nexus.roles, each, 400)


def _password(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    if name != "admin" or not isinstance(body, str) or not body:
        raise Refusal(400, "a password as plain text")
    nexus.password = body
    return 204, None


def _components(nexus: Nexus, name: str, token: str | None, body: Any) -> tuple[int, Any]:
    count, at = nexus.components.get(name, 0), int(token or 0)
    items = [{"id": str(number)} for number in range(at, min(at + 10, count))]
    return 200, {"items": items, "continuationToken": str(at + 10) if at + 10 < count else None}


def _tasks_get(nexus: Nexus, kind: str, body: Any) -> tuple[int, Any]:
    return 200, {"items": [each for each in nexus.tasks.values() if each["type"] == kind]}


def _tasks_post(nexus: Nexus, body: Any) -> tuple[int, Any]:
    found = _validated("TaskTemplateXO", body)
    # Of the kinds of tasks the double has the one that is asked for here.
    if found["type"] != "h2.backup.task" or set(found.get("properties", {})) != {"location"}:
        raise Refusal(400, f"no such task: {found['type']}")
    if found["frequency"] != {"schedule": "manual"}:
        raise Refusal(400, "of the double's schedules there is manual")
    made = {**found, "id": str(len(nexus.log)), "currentState": "WAITING", "lastRunResult": None}
    nexus.tasks[made["id"]] = made
    return 201, made


def _task_get(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    return 200, _known(nexus.tasks, name)


def _task_run(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    task = _known(nexus.tasks, name)
    if nexus.broken or nexus.data is None:
        task["lastRunResult"] = "FAILED"
        return 204, None
    # A relative location is below the data's folder.
    folder = nexus.data / task["properties"]["location"]
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "nexus-2026-01-01-01-02-03.zip", "w") as archive:
        archive.write(nexus.data / "db" / "nexus.mv.db", "nexus.mv.db")
    task["lastRunResult"] = "OK"
    return 204, None


def _task_delete(nexus: Nexus, name: str, body: Any) -> tuple[int, Any]:
    _known(nexus.tasks, name)
    del nexus.tasks[name]
    return 204, None


def _known(things: dict[str, dict[str, Any]], name: str, status: int = 404) -> dict[str, Any]:
    if name not in things:
        raise Refusal(status, f"there is no '{name}'")
    return things[name]


def _new(things: dict[str, dict[str, Any]], name: str) -> None:
    if name in things:
        raise Refusal(400, f"'{name}' is there already")


_KIND = "(docker|helm|raw|pypi|npm|maven|go)/(hosted|proxy|group)"
ROUTES: tuple[tuple[str, Any], ...] = (
    ("GET v1/system/eula", _eula_get),
    ("POST v1/system/eula", _eula_post),
    ("GET v1/security/realms/active", _realms_get),
    ("PUT v1/security/realms/active", _realms_put),
    ("GET v1/security/anonymous", _anonymous_get),
    ("PUT v1/security/anonymous", _anonymous_put),
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
    ("GET v1/security/content-selectors/([^/]+)", _selector_get),
    ("POST v1/security/content-selectors", _selector_post),
    ("PUT v1/security/content-selectors/([^/]+)", _selector_put),
    ("GET v1/security/privileges/([^/]+)", _privilege_get),
    ("POST v1/security/privileges/repository-content-selector", _privilege_set),
    ("PUT v1/security/privileges/repository-content-selector/([^/]+)", _privilege_set),
    ("GET v1/security/roles/([^/]+)", _role_get),
    ("POST v1/security/roles", _role_set),
    ("PUT v1/security/roles/([^/]+)", _role_set),
    (r"GET v1/security/users\?userId=([^&]+)", _users_get),
    ("POST v1/security/users", _users_post),
    ("PUT v1/security/users/([^/]+)", _users_put),
    ("PUT v1/security/users/([^/]+)/change-password", _password),
    (r"GET v1/tasks\?type=([^&]+)", _tasks_get),
    ("POST v1/tasks", _tasks_post),
    ("GET v1/tasks/([^/]+)", _task_get),
    ("POST v1/tasks/([^/]+)/run", _task_run),
    ("DELETE v1/tasks/([^/]+)", _task_delete),
    (r"GET v1/components\?repository=([^&]+)(?:&continuationToken=(\d+))?", _components),
)


class Server:
    """The same without a connection, for steps."""

    def __init__(self, state: Nexus | None = None) -> None:
        self.state = state or Nexus()

    def get(self, path: str) -> Any:
        try:
            return self._asked("GET", path, None)
        except Refusal as refusal:
            if refusal.status == 404:
                return None
            raise

    def send(self, method: str, path: str, body: Any) -> None:
        self._asked(method, path, body)

    def _asked(self, method: str, path: str, body: Any) -> Any:
        self.state.log.append(f"{method} {path}")
        return self.state.answer(method, path, body)[1]


@contextmanager
def serve() -> Iterator[Nexus]:
    """A new server on loopback for the duration of the block; its administrator's password is `first`."""
    nexus = Nexus()

    class Handler(_Handler):
        state = nexus

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    nexus.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield nexus
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Nexus

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def _any(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.removeprefix("/service/rest/")
        with self.state.lock:
            self.state.log.append(f"{self.command} {path}")
            try:
                status, body = self._answer(path, raw)
            except Refusal as refusal:
                status, body = refusal.status, str(refusal)
        text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        content = text.encode()
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, path: str, raw: bytes) -> tuple[int, Any]:
        if path == "v1/status/writable":
            return 200, None
        given = self.headers.get("Authorization", "")
        expected = base64.b64encode(f"admin:{self.state.password}".encode()).decode()
        if given != f"Basic {expected}":
            self.state.refused_logins += 1
            raise Refusal(401, "unauthorized")
        plain = self.headers.get("Content-Type", "").startswith("text/plain")
        body = raw.decode() if plain else json.loads(raw) if raw else None
        return self.state.answer(self.command, path, body)

    def log_message(self, *_: object) -> None:
        """Requests are in the state's own log."""
