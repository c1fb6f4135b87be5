"""Bearer tokens: asked for where the registry itself says, over TLS, with the login of that registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pipelinekit import names
from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import IDENTITY, Credentials

if TYPE_CHECKING:
    import requests

Ask = Callable[[str, str, dict[str, str], bytes | None], "requests.Response"]
"""One exchange: method, address, headers and body."""
CLIENT = "pipelinekit"


def basic(login: Credentials) -> str:
    """A login as a header's value."""
    import base64

    return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()


def realm_of(base: str, host: str, fields: Mapping[str, str]) -> str:
    """Where a registry at `base` wants its tokens asked for; empty when it names no place.

    Another host is fine, over https. Raises `ToolFailed` for one without TLS, unless it is excepted: by name,
    or as this machine's when the registry is spoken to without TLS too.
    """
    from pipelinekit.adapters.web import exchange

    realm = fields.get("realm", "")
    try:
        scheme, there, _ = exchange.origin(realm)
    except exchange.Unbearable:
        return ""
    place = plainhttp.host_of(realm)
    if scheme == "https" or plainhttp.is_named(place):
        return realm
    if names.is_loopback(place) and base.startswith("http://"):
        return realm
    own = there == host.partition(":")[0].lower()
    allowed = f"is that the registry's doing? {plainhttp.PLAIN_HTTP}={place} allows it"
    raise failed(
        "registry-plain-realm",
        f"{host} wants the password sent to {there} without TLS",
        hint=exchange.PROXIED if own else allowed,
    )


def ask(
    request: Ask, realm: str, fields: Mapping[str, str], scope: str, login: Credentials | None
) -> requests.Response:
    """The answer of the place that gives tokens."""
    wanted = [("scope", each) for each in (scope or fields.get("scope", "")).split(" ") if each]
    service = [("service", fields["service"])] if fields.get("service") else []
    if login and login.user == IDENTITY:
        form = [("grant_type", "refresh_token"), ("refresh_token", login.password), ("client_id", CLIENT)]
        scopes = [("scope", " ".join(each for _, each in wanted))] if wanted else []
        body = urlencode([*form, *service, *scopes]).encode()
        return request("POST", realm, {"Content-Type": "application/x-www-form-urlencoded"}, body)
    query = urlencode([*service, *wanted])
    address, _, _ = realm.partition("#")
    joiner = "" if not query else "&" if "?" in address else "?"
    headers = {"Authorization": basic(login)} if login else {}
    return request("GET", f"{address}{joiner}{query}", headers, None)


def token_in(host: str, body: Any) -> str:
    """The token of an answer; raises `ToolFailed` when there is none that could be one."""
    found = (body.get("token") or body.get("access_token")) if isinstance(body, dict) else None
    if isinstance(found, str) and re.fullmatch(r"[\x21-\x7e]{1,65536}", found):
        return found
    raise odd(host, "no token")


def odd(host: str, found: str) -> ToolFailed:
    """An answer that is not what the protocol says."""
    return failed(
        "registry-odd",
        f"{host} does not answer as a registry does: {found}",
        hint="is the address right? A proxy or a login page may stand in between",
    )
