"""One HTTP session with registries: where they are, who we are there, and asking again on a passing fault."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipelinekit import names
from pipelinekit.adapters.registry.trouble import (
    Unanswered,
    denied,
    is_hopeless,
    retry_after,
    unexpected,
    unreachable,
)
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import Credentials

if TYPE_CHECKING:
    import requests

TIMEOUT = (10, 60)
"""Seconds to connect, and between two bytes of an answer."""
TRIES = 6
AGAIN = frozenset((408, 429, 500, 502, 503, 504))
PLAIN_HTTP = "PIPELINEKIT_PLAIN_HTTP"
"""The explicit word: hosts, separated by commas, that are spoken to without TLS."""
CERTIFICATES = Path("/etc/docker/certs.d")
"""Where the Docker engine has the CA of a registry; what it trusts, we trust."""

Body = bytes | IO[bytes] | None


class Connection:
    """Registries as one set of credentials sees them. `count` is how many requests were made."""

    def __init__(
        self,
        credentials: Callable[[str], Credentials | None],
        *,
        sleep: Callable[[float], None] = time.sleep,
        hint: str = "",
    ) -> None:
        self.count = 0
        self._hint = hint
        self._credentials = credentials
        self._known: dict[str, Credentials | None] = {}
        self._sleep = sleep
        self._session: requests.Session | None = None
        self._bases: dict[str, str] = {}
        self._tokens: dict[tuple[str, str], str] = {}

    def request(
        self,
        method: str,
        host: str,
        path: str,
        *,
        repository: str = "",
        also: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        data: Body = None,
        again: frozenset[int] = AGAIN,
        tries: int = TRIES,
        stream: bool = False,
    ) -> requests.Response:
        """One answer, whatever its status; asked again on a passing fault, with pauses that grow.

        `path` is below the host, or a whole address that the host gave. `also` are repositories that are
        read on the way. Raises `ToolFailed` when the registry does not let us in, or does not answer;
        with `tries` 1, `Unanswered` when the connection was cut.
        """
        url = path if path.startswith(("http://", "https://")) else f"{self.base(host)}/{path}"
        scope = _scope(method, repository, also)
        for last in (False, True):
            used = self._authorization(host, scope, url)
            fields = {**(headers or {}), **({"Authorization": used} if used else {})}
            answer = self._try(method, url, fields, data, again, tries, stream=stream)
            if answer.status_code != 401:
                break
            if last or not self._authorize(host, scope, answer, used):
                raise self._denied(host, 401)
        if answer.status_code == 403:
            raise self._denied(host, 403)
        return answer

    def expect(self, answer: requests.Response, host: str, *statuses: int) -> requests.Response:
        """The answer, if its status is one of those; else `ToolFailed` with the registry's words."""
        if answer.status_code in statuses:
            return answer
        raise unexpected(host, answer)

    def pause(self, attempt: int, answer: requests.Response | None = None) -> None:
        """Wait before the next try: as long as the registry asks, else longer each time, never in step."""
        asked = retry_after(answer) if answer is not None else None
        # Several agents that were refused together must not come back together.
        jitter = 0.5 + random.random()  # noqa: S311 - no secret depends on it
        self._sleep(asked + jitter / 5 if asked is not None else 0.25 * 2**attempt * jitter)

    # --- one try after the other ------------------------------------------------------------------

    def _try(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        data: Body,
        again: frozenset[int],
        tries: int,
        *,
        stream: bool,
    ) -> requests.Response:
        import requests

        for attempt in range(1, tries + 1):
            self.count += 1
            answer: requests.Response | None = None
            try:
                answer = self.session.request(
                    method,
                    url,
                    headers=headers,
                    data=data,
                    timeout=TIMEOUT,
                    stream=stream,
                    verify=self._verify(url),
                )
                if answer.status_code not in again or attempt == tries:
                    return answer
            except requests.exceptions.RequestException as error:
                final = unreachable(url, error)
                if is_hopeless(error):
                    raise final from error
                if tries == 1:
                    raise Unanswered(final) from error
                if attempt == tries:
                    raise final from error
            self.pause(attempt, answer)
        raise AssertionError("the last try returns or raises")

    @property
    def session(self) -> requests.Session:
        """The HTTP session, made at first use; proxies come from the environment."""
        if self._session is None:
            import requests

            self._session = requests.Session()
            # Credentials come from us alone: no .netrc, whose entry would be sent behind our back.
            self._session.auth = _no_auth
        return self._session

    def _verify(self, url: str) -> bool | str:
        own = CERTIFICATES / url.split("/")[2] / "ca.crt"
        return str(own) if own.exists() else True

    # --- where it is ------------------------------------------------------------------------------

    def base(self, host: str) -> str:
        """`https://host`; plain http for a loopback address that does not speak TLS, or by explicit word."""
        if host not in self._bases:
            if is_plain(host) or (names.is_loopback(host) and not self._speaks_tls(host)):
                self._bases[host] = f"http://{host}"
            else:
                self._bases[host] = f"https://{host}"
        return self._bases[host]

    def _speaks_tls(self, host: str) -> bool:
        import requests

        try:
            self.session.get(f"https://{host}/v2/", timeout=TIMEOUT, verify=self._verify(f"https://{host}/"))
        except requests.exceptions.SSLError as error:
            return not re.search(r"WRONG_VERSION_NUMBER|wrong version number|record layer", str(error))
        except requests.exceptions.RequestException:
            return True
        return True

    # --- who we are -------------------------------------------------------------------------------

    def _login(self, host: str) -> Credentials | None:
        if host not in self._known:
            self._known[host] = self._credentials(host)
        return self._known[host]

    def _denied(self, host: str, status: int) -> ToolFailed:
        return denied(host, status, known=self._login(host) is not None, hint=self._hint)

    def _authorization(self, host: str, scope: str, url: str) -> str:
        """What to send along: never to another address than the registry's own."""
        if url.split("/")[2] != host:
            return ""
        token = self._tokens.get((host, scope))
        if token:
            return token
        # Told at once who we are, a registry with Basic authentication needs no second request.
        login = self._login(host)
        return _basic(login) if login else ""

    def _authorize(self, host: str, scope: str, answer: requests.Response, used: str) -> bool:
        """Prepare what a 401 asks for; False when we have nothing, or have just given it."""
        challenge = answer.headers.get("WWW-Authenticate", "")
        if not challenge.lower().startswith("bearer"):
            return False
        fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        if not fields.get("realm", "").startswith(("https://", "http://")):
            return False
        self._tokens[host, scope] = f"Bearer {self._token(host, scope, fields)}"
        return self._tokens[host, scope] != used

    def _token(self, host: str, scope: str, fields: Mapping[str, str]) -> str:
        from urllib.parse import urlencode

        login = self._login(host)
        headers = {"Authorization": _basic(login)} if login else {}
        wanted = [("scope", each) for each in (scope or fields.get("scope", "")).split(" ") if each]
        query = urlencode([("service", fields.get("service", "")), *wanted])
        answer = self._try("GET", f"{fields['realm']}?{query}", headers, None, AGAIN, TRIES, stream=False)
        if answer.status_code in {401, 403}:
            raise self._denied(host, answer.status_code)
        self.expect(answer, host, 200)
        body: dict[str, Any] = answer.json()
        return str(body.get("token") or body.get("access_token"))


def is_plain(host: str) -> bool:
    """Whether somebody said that this host is spoken to without TLS."""
    return host in os.environ.get(PLAIN_HTTP, "").split(",")


def _scope(method: str, repository: str, also: Iterable[str]) -> str:
    if not repository:
        return ""
    actions = {"GET": "pull", "HEAD": "pull", "DELETE": "pull,delete"}.get(method, "pull,push")
    return " ".join([f"repository:{repository}:{actions}", *(f"repository:{each}:pull" for each in also)])


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _basic(credentials: Credentials) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{credentials.user}:{credentials.password}".encode()).decode()
