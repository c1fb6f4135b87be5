"""A platform that asks the service broker, from a pod of an application's team."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.real.components.callers import asking, basic, called
from tests.real.components.site import Site
from tests.real.kube import eventually

NAME, DATABASE = "service-broker", "postgresql"
# What a shell, SQL, JSON and an HTTP header take for something else.
PASSWORD = "a:b\\c'd\"e$(f)${g} `h`%"
SERVICE = "6f0f7c2e-8a1b-4d53-9d3a-0b6f4d1c2a01"
ORDERS = "/v2/service_instances/orders"
LOGIN = f"{ORDERS}/service_bindings/web"
SMALL, LARGE, HUGE = (f"6f0f7c2e-8a1b-4d53-9d3a-0b6f4d1c2a0{each}" for each in (2, 3, 4))

Request = tuple[str, str, Any] | tuple[str, str, Any, Mapping[str, str | None]]
"""Method, path, body (a text is sent as it is), and headers that are other ones than usual; None is none."""


HEADERS: dict[str, str | None] = {
    "Authorization": basic(f"platform:{PASSWORD}"),
    "X-Broker-API-Version": "2.17",
    "Content-Type": "application/json",
}

TALK = """
import concurrent.futures, json, sys, urllib.error, urllib.request
def small(headers):
    return {name.lower(): each for name, each in headers.items()}
def ask(words):
    url, method, headers, body = words
    data = body.encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method)
    for name, value in headers.items():
        if value is not None:
            request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            return [answer.status, answer.read().decode(), small(answer.headers)]
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode(), small(error.headers)]
    except OSError as error:
        return [0, str(error), {}]
at_a_time, requests = json.load(sys.stdin)
with concurrent.futures.ThreadPoolExecutor(at_a_time) as pool:
    print(json.dumps(list(pool.map(ask, requests))))
"""


@dataclass(frozen=True)
class Answer:
    """Status, body, and headers by their names in small letters; status 0 where there was no answer."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Team:
    """Somebody with the broker's login, and a pod to ask it from."""

    site: Site
    space: str

    @property
    def address(self) -> str:
        """Where the broker is."""
        return f"http://{NAME}.{self.site.namespace(NAME)}:8080"

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """An answer."""
        (said,) = self.in_turn((method, path, body))
        return said

    def in_turn(self, *requests: Request) -> list[Answer]:
        """Those of several requests, one after the other."""
        return self._talk(requests, 1)

    def together(self, *requests: Request) -> list[Answer]:
        """Those of several requests at a time."""
        return self._talk(requests, len(requests))

    def _talk(self, requests: Sequence[Request], at_a_time: int) -> list[Answer]:
        words = [
            [
                f"{self.address}{path}",
                method,
                {**HEADERS, **(headers[0] if headers else {})},
                body if body is None or isinstance(body, str) else json.dumps(body),
            ]
            for method, path, body, *headers in requests
        ]
        arguments = ("exec", "-i", "caller", "--", "python3", "-c", TALK)
        said = self.site.said(self.space, *arguments, stdin=json.dumps([at_a_time, words]))
        return [
            Answer(status, json.loads(text) if text[:1] == "{" else text, heads)
            for status, text, heads in json.loads(said)
        ]

    def looking(self) -> AbstractContextManager[list[Any]]:
        """What is answered to who looks at the catalog again and again in the block; there at its end."""
        return asking(self.site, self.space, f"{self.address}/v2/catalog", HEADERS, None, 600)


def team(site: Site, space: str) -> Team:
    """A team whose pod is as the chart of an application makes it."""
    called(site, space, {"app.kubernetes.io/component": "web"})
    return Team(site, space)


def wanted(plan: str = SMALL, **more: Any) -> dict[str, Any]:
    """The body of a PUT of an instance."""
    return {
        "service_id": SERVICE,
        "plan_id": plan,
        "organization_guid": "payments",
        "space_guid": "payments-dev",
        **more,
    }


def bound(plan: str = SMALL, **more: Any) -> dict[str, Any]:
    """Of a PUT of a binding."""
    return {"service_id": SERVICE, "plan_id": plan, **more}


def of(plan: str = SMALL, **more: str) -> str:
    """The query of a DELETE."""
    return "?" + "&".join(
        f"{key}={value}" for key, value in {"service_id": SERVICE, "plan_id": plan, **more}.items()
    )


def sql(site: Site, statement: str, database: str = "postgres", patience: float = 120) -> str:
    """What the superuser is told."""
    script = f'. /scripts/connect.sh; PGHOST=127.0.0.1 sql --dbname={database} --command="$1"'
    words = ("exec", f"{DATABASE}-0", "-c", DATABASE, "--", "sh", "-c", script, "sh", statement)
    return site.platform.kubectl(*words, component=DATABASE, patience=patience).strip()


SLEEPING = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


@contextmanager
def meanwhile(site: Site, statement: str) -> Iterator[None]:
    """In the block the superuser holds what a statement has locked."""
    with ThreadPoolExecutor(1) as aside:
        begun = aside.submit(_held, site, f"BEGIN; {statement}; SELECT pg_sleep(600)")
        try:
            assert eventually(lambda: sql(site, f"SELECT count(*) {SLEEPING}") == "1", 60)
            yield
        finally:
            sql(site, f"SELECT pg_cancel_backend(pid) {SLEEPING}")
            assert "canceling statement" in begun.result()


def _held(site: Site, statement: str) -> str:
    try:
        return sql(site, statement, patience=660)
    except AssertionError as error:
        return str(error)
