"""HTTP as all our clients speak it: with bounds in size and time, and passwords that do not wander.

Whatever a server does, an exchange ends: headers, lines and bodies have a largest size, and what comes slower
than 8 KiB a second is given up after a minute. Redirects never lead from https to http, and no password goes
along to another host or port. What .netrc holds is not ours to send.
"""

from __future__ import annotations

import http.client
import json
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from urllib3.util import parse_url

from pipelinekit import names
from pipelinekit.adapters.web import plainhttp, waiting
from pipelinekit.adapters.web.wire import MIB, Bounded, Unbearable, decoded, pieces

__all__ = [
    "DOCUMENT",
    "MIB",
    "PROXIED",
    "Downgraded",
    "Session",
    "Unbearable",
    "decoded",
    "json_of",
    "no_login",
    "origin",
    "pieces",
    "require_no_downgrade",
]

DOCUMENT = 4 * MIB
"""Bytes of an answer that is read whole: what the specification lets a manifest have."""
REDIRECTS = 5


class Downgraded(Unbearable):
    """A server leads from https to http."""


Origin = tuple[str, str, int]


def origin(url: str) -> Origin:
    """Scheme, host and port: what a password belongs to. Raises `Unbearable` for what is no address."""
    # The same parser as the one that opens the connection: two that differ are a way around.
    try:
        parts = parse_url(url)
    except urllib3.exceptions.LocationParseError as error:
        raise Unbearable("names an address that cannot be read") from error
    scheme, host = (parts.scheme or "").lower(), (parts.host or "").lower()
    if scheme not in {"http", "https"} or not host or "\\" in url:
        raise Unbearable("names an address that is neither http nor https")
    return scheme, host, parts.port or (443 if scheme == "https" else 80)


def no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """What keeps `requests` from looking into .netrc, whose entry would be sent behind our back."""
    return request


class Session(requests.Session):
    """One client; `limit` is the largest body in bytes that is read whole.

    For a `browser`'s server, a redirected POST is followed as a GET (else only 307 and 308 are), and cookies
    are kept: the crumbs of Jenkins are good for one session.
    """

    def __init__(self, limit: int = DOCUMENT, *, browser: bool = False) -> None:
        super().__init__()
        self.browser = browser
        self.auth = no_login
        self.max_redirects = REDIRECTS
        self.headers["Accept-Encoding"] = "identity"
        if not browser:
            # A cookie knows no port: another server of the same machine would get it.
            self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.mount(scheme, Bounded(limit))

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        """The answer; raises `RequestException` where there is none, `Unbearable` where it is no use."""
        try:
            with waiting.for_answer(plainhttp.host_of(str(request.url))):
                return super().send(request, **how)
        except requests.RequestException:
            raise
        except (ValueError, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
            raise Unbearable(f"answers what cannot be read ({type(error).__name__})") from error

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where to go on; never from https to http, nor to a stranger without TLS."""
        target = super().get_redirect_target(resp)
        if target is None:
            return None
        method = str(resp.request.method)
        if method not in {"GET", "HEAD"} and resp.status_code not in {307, 308} and not self.browser:
            return None
        address = requests.compat.urljoin(str(resp.url), target)
        require_no_downgrade(str(resp.url), address)
        return target

    def should_strip_auth(self, old_url: str, new_url: str) -> bool:
        """Whether a redirect leads to another host, port or scheme."""
        return origin(old_url) != origin(new_url)

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Leave everything behind that says who we are when a redirect leads elsewhere."""
        if self.should_strip_auth(str(response.request.url), str(prepared_request.url)):
            for name in ("Authorization", "Cookie", "Jenkins-Crumb"):
                prepared_request.headers.pop(name, None)

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Proxies and authorities of the environment; no proxy stands between us and our own machine.

        Without TLS is fine there for that reason alone.
        """
        settings = super().merge_environment_settings(url, proxies, stream, verify, cert)
        # A `no_proxy` of ours would be in the environment of every thread and program while it is asked.
        return {**settings, "proxies": {}} if names.is_loopback(plainhttp.host_of(str(url))) else settings

    def rebuild_proxies(self, prepared_request: requests.PreparedRequest, proxies: Any) -> Any:
        """The proxies on the way to where a redirect leads."""
        found = super().rebuild_proxies(prepared_request, proxies)  # type: ignore[no-untyped-call]
        return {} if names.is_loopback(plainhttp.host_of(str(prepared_request.url))) else found


def require_no_downgrade(now: str, then: str) -> None:
    """Raise `Downgraded` when the way from one address to another leaves TLS."""
    (scheme, host, _), there = origin(now), origin(then)
    if there[0] == "https":
        return
    if scheme == "https" or not plainhttp.is_plain(plainhttp.host_of(then)):
        raise Downgraded(
            "answers over https with an address of its own that is http"
            if there[1] == host
            else f"leads to {there[1]} without TLS"
        )


PROXIED = "the proxy in front of it must send X-Forwarded-Proto: https (and X-Forwarded-Host)"
"""What to do about a server behind TLS that believes itself to be spoken to without."""


def json_of(answer: requests.Response) -> Any:
    """The JSON of an answer; raises `ValueError` with a reason in few words for anything else."""
    content = answer.content
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    except ValueError:
        kind = str(answer.headers.get("Content-Type", "")).partition(";")[0].strip()[:60]
        page = kind == "text/html" or content[:200].lstrip().lower().startswith((b"<!doctype", b"<html"))
        raise ValueError(
            "an HTML page" if page else "nothing" if not content else f"no JSON ({kind or 'unnamed'})"
        ) from None
