"""Requests and answers of the double, and the pages that Jenkins has for what is wrong."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.controller.state import Refusal
from tests.controller.trees import cut, parse_tree


@dataclass
class Answer:
    """What goes back; `signed` puts Jenkins' own headers on it, which not every answer has."""

    status: int = 200
    body: bytes = b""
    type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    signed: bool = False


@dataclass
class Request:
    """What came; `path` is as sent, without the query."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes
    headers: dict[str, str]
    user: str = ""
    cookie: str = ""

    @property
    def form(self) -> dict[str, str]:
        """The body's fields, where it is a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


def signed_page(status: int, text: str, reason: str = "") -> Answer:
    headers = {"X-Error": reason} if reason else {}
    return Answer(
        status, f"<html><body>{text}</body></html>".encode(), "text/html;charset=utf-8", headers, signed=True
    )


def oops() -> Answer:
    return signed_page(
        500, f"Oops! <p>Logging ID={secrets.token_hex(4)}-0000-0000-0000-{secrets.token_hex(6)}"
    )


def no_crumb() -> Answer:
    text = "<html><title>Error 403 No valid crumb was included in the request</title></html>"
    return Answer(403, text.encode(), "text/html;charset=iso-8859-1")


def getting_ready() -> Answer:
    return Answer(503, b"<html><h1>Jenkins is getting ready to work</h1></html>", "text/html;charset=utf-8")


def refused(refusal: Refusal) -> Answer:
    if refusal.status == 403:
        return no_crumb() if refusal.reason == "crumb" else signed_page(403, "Authentication required")
    if refusal.status == 401:
        headers = {"WWW-Authenticate": 'Basic realm="Jenkins"'}
        return Answer(
            401,
            b"<html><title>Error 401 Unauthorized</title></html>",
            "text/html;charset=iso-8859-1",
            headers,
        )
    if refusal.status == 409:
        return signed_page(409, "This project is not buildable")
    if not refusal.signed:
        return Answer(refusal.status, b"<html>Error</html>", "text/html;charset=iso-8859-1")
    return oops() if refusal.status == 500 else signed_page(refusal.status, "Error", refusal.reason)


def json_of(bean: Any, request: Request) -> Answer:
    if "tree" in request.query:
        bean = cut(bean, parse_tree(request.query["tree"]))
    indent = 2 if request.query.get("pretty") == "true" else None
    return Answer(
        200,
        json.dumps(bean, ensure_ascii=False, indent=indent).encode(),
        "application/json;charset=utf-8",
        signed=True,
    )


def depth_of(request: Request) -> int:
    # A tree reaches as deep as it says; a bean that goes ten levels down is cut to it.
    return 10 if "tree" in request.query else int(request.query.get("depth", 0))
