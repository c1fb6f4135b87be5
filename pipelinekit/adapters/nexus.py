"""A Nexus server's REST API."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from pipelinekit import names
from pipelinekit.adapters.registry.connection import PLAIN_HTTP, Connection, is_plain
from pipelinekit.adapters.registry.trouble import Unanswered
from pipelinekit.errors import ToolFailed, failed, usage
from pipelinekit.model.release import Credentials

HINT = "set PK_NEXUS_USER and PK_NEXUS_PASSWORD to its administrator's"
ADMIN = "admin"


class NexusClient:
    """The API as an administrator sees it."""

    def __init__(self, url: str, login: Credentials, *, sleep: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(url)
        if parts.scheme == "http" and not (names.is_loopback(parts.netloc) or is_plain(parts.netloc)):
            raise usage(
                "plain-http",
                f"{parts.netloc} would be sent the administrator's password without TLS",
                hint=f"set nexus.url to its https address, or {PLAIN_HTTP}={parts.netloc}",
            )
        self.url, self.host, self.login = url.rstrip("/"), parts.netloc, login
        self._sleep = sleep
        self._connection = Connection(lambda _: login, sleep=sleep, hint=HINT)

    def get(self, path: str) -> Any:
        """What is at `path` below `/service/rest`, or None when there is nothing."""
        answer = self._connection.request("GET", self.host, self._address(path))
        if answer.status_code == 404:
            return None
        self._expect(answer, "GET", path)
        return answer.json()

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
        connection = Connection(lambda _: login, sleep=self._sleep, hint=HINT)
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
        while True:
            page = self.get(path + (f"&continuationToken={token}" if token else "")) or {}
            found += len(page.get("items", ()))
            token = page.get("continuationToken") or ""
            if not token:
                return found

    def _address(self, path: str) -> str:
        return f"{self.url}/service/rest/{path}"

    def _expect(self, answer: Any, method: str, path: str) -> None:
        if answer.status_code not in {200, 201, 204}:
            said = answer.text.strip().splitlines()
            reason = said[0][:300] if said else "no reason given"
            problem = f"{method} {path}: {self.host} answered {answer.status_code}: {reason}"
            raise failed("nexus-failed", problem)


def wait(url: str, seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until the server is up and takes changes; `ToolFailed` when it does not in time."""
    # As nobody: a new server does not know the administrator's wanted password yet.
    connection = Connection(lambda _: None, sleep=sleep)
    until = time.monotonic() + seconds
    while True:
        try:
            address = f"{url.rstrip('/')}/service/rest/v1/status/writable"
            answer = connection.request("GET", urlsplit(url).netloc, address, tries=1, again=frozenset())
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
