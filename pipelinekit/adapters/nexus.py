"""A Nexus server's REST API."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from pipelinekit.adapters.registry.connection import Connection
from pipelinekit.adapters.registry.login.tokens import odd
from pipelinekit.adapters.registry.trouble import Unanswered, words
from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import Credentials

HINT = "set PK_NEXUS_USER and PK_NEXUS_PASSWORD to its administrator's"
ADMIN = "admin"
LIMIT = 16 * 1024 * 1024
"""Bytes of the largest answer that is read."""
PAGES = 100_000
LISTING = 900.0
"""Seconds that one list may take, page by page."""
T = TypeVar("T")


_LISTS: dict[str, tuple[str, ...]] = {
    "v1/repositories": ("name", "format", "type"),
    "v1/security/users": ("userId",),
    "v1/security/realms/active": (),
}
"""What gives a list, and the texts that each of its objects has; without any it is a list of texts."""


def _is_listed(each: Any, keys: tuple[str, ...]) -> bool:
    if not keys:
        return isinstance(each, str)
    return isinstance(each, dict) and all(isinstance(each.get(key), str) for key in keys)


class NexusClient:
    """The API as an administrator sees it."""

    def __init__(self, url: str, login: Credentials, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.url, self.login = url.rstrip("/"), login
        self._sleep = sleep
        self.host, self._connection = _connected(url, login, sleep)

    def get(self, path: str) -> Any:
        """What is at `path` below `/service/rest`, or None when there is nothing."""
        answer = self._connection.request("GET", self.host, self._address(path))
        if answer.status_code == 404:
            return None
        self._expect(answer, "GET", path)
        return self._shaped(path, self._connection.json(answer, self.host))

    def send(self, method: str, path: str, body: Any) -> None:
        """Make or change something; `ToolFailed` with the server's reason when it does not want to."""
        import json

        kind = "text/plain" if isinstance(body, str) else "application/json"
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        answer = self._connection.request(
            method, self.host, self._address(path), headers={"Content-Type": kind}, data=data
        )
        self._expect(answer, method, path)

    def takes(self, login: Credentials) -> bool:
        """Whether the server lets these in; asked once."""
        _, connection = _connected(self.url, login, self._sleep)
        try:
            answer = connection.request("GET", self.host, self._address("v1/security/realms/active"))
        except ToolFailed as error:
            if error.faults[0].code == "registry-denied":
                return False
            raise
        return answer.status_code == 200

    def components(self, repository: str) -> int:
        """How many components a repository has; page by page, for the API gives no count."""
        path = f"v1/components?repository={repository}"
        found, token = 0, ""
        until = time.monotonic() + LISTING
        for _ in range(PAGES):
            page = self.get(path + (f"&continuationToken={quote(token)}" if token else "")) or {}
            items = page.get("items", []) if isinstance(page, dict) else None
            if not isinstance(items, list):
                raise odd(self.host, "no list of components")
            found += len(items)
            token = str(page.get("continuationToken") or "")
            if not token:
                return found
            if time.monotonic() > until:
                break
        raise failed("nexus-endless", f"{self.host} lists the components of {repository} without end")

    def _shaped(self, path: str, body: Any) -> Any:
        """The answer, where it has the form that the API gives it at this path; `ToolFailed` where not."""
        keys = _LISTS.get(path.partition("?")[0])
        if keys is None:
            if isinstance(body, dict):
                return body
        elif isinstance(body, list) and all(_is_listed(each, keys) for each in body):
            return body
        raise odd(self.host, f"another form at {path}")

    def _address(self, path: str) -> str:
        return f"{self.url}/service/rest/{path}"

    def _expect(self, answer: Any, method: str, path: str) -> None:
        if answer.status_code not in {200, 201, 204}:
            problem = f"{method} {path}: {self.host} answered {answer.status_code}: {words(answer)}"
            raise failed("nexus-failed", problem)


def _connected(url: str, login: Credentials | None, sleep: Callable[[float], None]) -> tuple[str, Connection]:
    """The host of a server's address, and a connection for it; `UsageError` for http to a stranger."""
    connection = Connection(lambda _: login, sleep=sleep, hint=HINT, limit=LIMIT)
    why = "would be sent the administrator's password without TLS"
    plainhttp.require_secure(url, what="nexus.url", why=why)
    return connection.settle(url, what="nexus.url"), connection


def wait(url: str, seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until the server is up and takes changes; `ToolFailed` when it does not in time."""
    # As nobody: a new server does not know the administrator's wanted password yet.
    host, connection = _connected(url, None, sleep)
    until = time.monotonic() + seconds
    while True:
        try:
            address = f"{url.rstrip('/')}/service/rest/v1/status/writable"
            answer = connection.request("GET", host, address, tries=1, again=frozenset())
            if answer.status_code == 200:
                return
            reason = f"it answers {answer.status_code}"
        except Unanswered as cut:
            reason = str(cut.final)
        except ToolFailed as error:
            if error.faults[0].code not in {"registry-unreachable", "registry-failed"}:
                raise
            reason = str(error)
        if time.monotonic() > until:
            raise failed("nexus-not-ready", f"{url} takes no changes: {reason}", hint="is it starting?")
        sleep(2.0)


def patiently(ask: Callable[[], T], seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> T:
    """What `ask` gives; for so many seconds it asks again where nobody answers. It changes nothing.

    A new pod may be shut off until its node has the rules of the network, and once more after it was let out.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except ToolFailed as error:
            if error.faults[0].code != "registry-unreachable" or time.monotonic() >= until:
                raise
        sleep(1.0)


def enter(
    url: str,
    login: Credentials,
    first: str,
    *,
    change: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> NexusClient:
    """The client as the administrator; with `change` a new server's first password becomes the wanted one.

    `first` is what the server was born with, or empty. Each password is tried once.
    """
    client = NexusClient(url, login, sleep=sleep)
    if not first or client.takes(login):
        return client
    newborn = NexusClient(url, Credentials(login.user, first), sleep=sleep)
    if not change:
        return newborn
    newborn.send("PUT", f"v1/security/users/{login.user}/change-password", login.password)
    return client
