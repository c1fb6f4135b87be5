"""The API as a WSGI application: who asks, in which version, for what; and the answer."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes
from wsgiref.types import StartResponse, WSGIEnvironment

from pg8000.exceptions import DatabaseError

from broker import asked, bindings, instances
from broker.broker import Answer, Broker
from broker.errors import Refused, malformed
from broker.metrics import Metrics
from broker.sessions import LOST, passes, told

LARGEST = 64 * 1024
"""Bytes of a body; the server refuses longer ones."""
_LOG = logging.getLogger("broker.api")
_VERSION = re.compile(r"2\.(\d{1,3})")
_ODD = re.compile(r"[^\x21-\x7e]")
_IDENTITY = re.compile(r"[\x21-\x7e]{1,255}")
_SHAPES = {
    ("v2", "catalog"): "catalog",
    ("v2", "service_instances", "*"): "instance",
    ("v2", "service_instances", "*", "last_operation"): "instance operation",
    ("v2", "service_instances", "*", "service_bindings", "*"): "binding",
    ("v2", "service_instances", "*", "service_bindings", "*", "last_operation"): "binding operation",
}


class Request:
    """One request, in words of ours."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ
        self.method = str(environ["REQUEST_METHOD"])
        # As it came: an id may have a slash in it, which PATH_INFO would not tell from one between two.
        path, _, query = str(environ["REQUEST_URI"]).partition("?")
        self.parts = path.strip("/").split("/")
        self.path = _ODD.sub("?", "/".join(self.parts))[:1000]
        """For the log: whoever asks may send what moves a terminal's cursor."""
        self._query = query
        shape = tuple("*" if place in (2, 4) else each for place, each in enumerate(self.parts))
        self.kind = _SHAPES.get(shape, "")

    def header(self, name: str) -> str:
        """The value of a header; empty where there is none."""
        return str(self._environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""))

    def id(self, place: int) -> str:
        """An id of the path."""
        try:
            text = unquote_to_bytes(self.parts[place]).decode()
        except UnicodeDecodeError:
            raise malformed("an id is no UTF-8") from None
        return asked.identifier(text, "an id")

    def word(self, name: str, *, required: bool = False) -> str:
        """A parameter of the query."""
        try:
            said = parse_qs(self._query, max_num_fields=50).get(name, [""])[0]
        except ValueError as error:
            raise malformed(f"the query cannot be read: {error}") from None
        return asked.identifier(said, name) if said or required else ""

    @property
    def incomplete(self) -> bool:
        """Whether who asks can wait for what is done later."""
        return self.word("accepts_incomplete") == "true"

    def body(self) -> dict[str, Any]:
        """The object that was sent."""
        return asked.body_of(self._environ["wsgi.input"].read(LARGEST))


def application(
    broker: Broker, metrics: Metrics
) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """The broker for a WSGI server."""

    def answered(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        begun = time.monotonic()
        request = Request(environ)
        status, body, headers = _answer(broker, request)
        content = json.dumps(body).encode()
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        identity = request.header("X-Broker-API-Request-Identity")
        if _IDENTITY.fullmatch(identity):
            headers["X-Broker-API-Request-Identity"] = identity
        else:
            identity = "-"
        spent = time.monotonic() - begun
        metrics.count(request.method, request.kind, status)
        # Paths have ids, which are no secret; bodies and answers are not told.
        _LOG.info("%s %s %s %d %.3fs", request.method, request.path, identity, status, spent)
        start(f"{status} {HTTPStatus(status).phrase}", list(headers.items()))
        return [content]

    return answered


def _answer(broker: Broker, request: Request) -> tuple[int, dict[str, Any], dict[str, str]]:
    try:
        _known(broker, request)
        _in_our_version(request)
        status, body = _asked(broker, request)
    except Refused as refused:
        body = {"description": refused.description} | ({"error": refused.error} if refused.error else {})
        challenge = {"WWW-Authenticate": 'Basic realm="service broker"'} if refused.status == 401 else {}
        return refused.status, body, challenge
    except DatabaseError as error:
        _LOG.warning("%s", told(error))
        return 503 if passes(error) else 500, {"description": told(error)}, {}
    except LOST as error:
        _LOG.warning("PostgreSQL: %s", error)
        return 503, {"description": "PostgreSQL does not answer: ask again"}, {}
    except Exception:  # noqa: BLE001 - one request's fault is no other's
        _LOG.exception("a fault of the broker's own")
        return 500, {"description": "a fault of the broker's own: its log has it"}, {}
    return status, body, {}


def _known(broker: Broker, request: Request) -> None:
    """A Refused (401) unless the login is the Secret's."""
    scheme, _, text = request.header("Authorization").partition(" ")
    try:
        given = base64.b64decode(text.strip(), validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    wanted = f"{broker.settings.secret('login/username')}:{broker.settings.secret('login/password')}"
    if not hmac.compare_digest(given, wanted.encode()):
        raise Refused(401, "the login is not the broker's")


def _in_our_version(request: Request) -> None:
    """A Refused (412) unless the request is of a version whose words we know."""
    said = request.header("X-Broker-API-Version")
    found = _VERSION.fullmatch(said)
    if found is None or int(found[1]) < 13:
        given = f"{said!r} is none" if said else "there is none"
        raise Refused(412, f"X-Broker-API-Version must be 2.13 or a later 2, {given}")


def _asked(broker: Broker, request: Request) -> Answer:
    verbs = _VERBS.get(request.kind)
    if verbs is None:
        raise Refused(404, "there is nothing at this path")
    verb = verbs.get(request.method)
    if verb is None:
        raise Refused(405, f"this path takes {', '.join(verbs)}")
    return verb(broker, request)


def _provision(broker: Broker, request: Request) -> Answer:
    return instances.provision(broker, request.id(2), asked.provision(request.body()), request.incomplete)


def _deprovision(broker: Broker, request: Request) -> Answer:
    service, plan = (request.word(each, required=True) for each in ("service_id", "plan_id"))
    return instances.deprovision(broker, request.id(2), service, plan, request.incomplete)


def _operation(broker: Broker, request: Request) -> Answer:
    return instances.last_operation(
        broker, request.id(2), request.word("operation"), request.word("service_id")
    )


def _unbind(broker: Broker, request: Request) -> Answer:
    service, plan = (request.word(each, required=True) for each in ("service_id", "plan_id"))
    return bindings.unbind(broker, request.id(2), request.id(4), service, plan)


_VERBS: Mapping[str, Mapping[str, Callable[[Broker, Request], Answer]]] = {
    "catalog": {"GET": lambda broker, _: (200, broker.catalog.told())},
    "instance": {
        "PUT": _provision,
        "PATCH": lambda broker, request: instances.update(
            broker, request.id(2), asked.update(request.body())
        ),
        "DELETE": _deprovision,
        "GET": lambda broker, request: instances.fetch(broker, request.id(2)),
    },
    "instance operation": {"GET": _operation},
    "binding": {
        "PUT": lambda broker, request: bindings.bind(
            broker, request.id(2), request.id(4), asked.bind(request.body())
        ),
        "DELETE": _unbind,
        "GET": lambda broker, request: bindings.fetch(broker, request.id(2), request.id(4)),
    },
    "binding operation": {
        "GET": lambda broker, request: bindings.last_operation(broker, request.id(2), request.id(4))
    },
}
