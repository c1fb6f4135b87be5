"""One HTTP session with registries: where they are, who we are there, and asking again on a passing fault."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipelinekit import names
from pipelinekit.adapters.registry.login import tokens
from pipelinekit.adapters.registry.login.challenges import challenges
from pipelinekit.adapters.registry.trouble import (
    Unanswered,
    denied,
    downgraded,
    is_hopeless,
    retry_after,
    strange,
    unbearable,
    unexpected,
    unreachable,
)
from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import ToolFailed
from pipelinekit.model.release import IDENTITY, Credentials

if TYPE_CHECKING:
    import requests

    from pipelinekit.adapters.web.exchange import Session

TIMEOUT = (10, 60)
"""Seconds to connect, and between two bytes of an answer."""
TRIES = 6
PATIENCE = 180.0
"""Seconds after which nothing is asked once more."""
AGAIN = frozenset((408, 429, 500, 502, 503, 504))
NONE: frozenset[int] = frozenset()
CERTIFICATES = Path("/etc/docker/certs.d")
"""Where the Docker engine has the CA of a registry; what it trusts, we trust."""

Body = bytes | IO[bytes] | None


class Connection:
    """Registries as one set of credentials sees them. `count` is how many requests were made.

    `limit` is the largest answer in bytes, where it is not a manifest's.
    """

    def __init__(
        self,
        credentials: Callable[[str], Credentials | None],
        *,
        sleep: Callable[[float], None] = time.sleep,
        hint: str = "",
        limit: int = 0,
    ) -> None:
        self.count = 0
        self._hint = hint
        self._limit = limit
        self._credentials = credentials
        self._known: dict[str, Credentials | None] = {}
        self._sleep = sleep
        self._session: Session | None = None
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
        takes: frozenset[int] = NONE,
    ) -> requests.Response:
        """One answer, whatever its status; asked again on a passing fault, with pauses that grow.

        `path` is below the host, or a whole address that the host gave. `also` are repositories that are
        read on the way. A 403 is an answer where `takes` has it. Raises `ToolFailed` when the registry does
        not let us in, or does not answer; with `tries` 1, `Unanswered` when the connection was cut.
        """
        from pipelinekit.adapters.web import exchange

        url = path if path.startswith(("http://", "https://")) else f"{self.base(host)}/{path}"
        scope = _scope(method, repository, also)
        try:
            home = exchange.origin(self.base(host))
            exchange.require_no_downgrade(self.base(host), url)
            own = exchange.origin(url) == home
            for last in (False, True):
                used = self._authorization(host, scope) if own else ""
                fields = {**(headers or {}), **({"Authorization": used} if used else {})}
                answer = self._try(method, url, fields, data, again, tries, stream=stream)
                if answer.status_code != 401:
                    break
                # Who was reached by a redirect, or lives elsewhere, has no claim to a login of this registry.
                if exchange.origin(str(answer.url)) != home:
                    raise strange(host, str(answer.url))
                if last or not self._authorize(host, scope, answer, used):
                    raise self._denied(host, 401)
        except exchange.Downgraded as error:
            raise downgraded(host, error) from error
        except exchange.Unbearable as error:
            raise unbearable(host, error) from error
        if answer.status_code == 403 and 403 not in takes:
            raise self._denied(host, 403)
        return answer

    def json(self, answer: requests.Response, host: str) -> Any:
        """The JSON of an answer; raises `ToolFailed` when something else answers."""
        from pipelinekit.adapters.web import exchange

        try:
            return exchange.json_of(answer)
        except ValueError as error:
            raise tokens.odd(host, f"{error} where JSON was due") from error

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

        until = time.monotonic() + PATIENCE
        for attempt in range(1, tries + 1):
            self.count += 1
            answer: requests.Response | None = None
            at_last = attempt == tries or time.monotonic() > until
            if data is not None and not isinstance(data, bytes):
                data.seek(0)
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
                if answer.status_code not in again or at_last:
                    return answer
                answer.close()
            except requests.exceptions.RequestException as error:
                final = unreachable(url, error)
                if is_hopeless(error):
                    raise final from error
                if tries == 1:
                    raise Unanswered(final) from error
                if at_last:
                    raise final from error
            self.pause(attempt, answer)
        raise AssertionError("the last try returns or raises")

    @property
    def session(self) -> Session:
        """The HTTP session, made at first use; proxies come from the environment."""
        if self._session is None:
            from pipelinekit.adapters.web import exchange

            self._session = exchange.Session(self._limit or exchange.DOCUMENT)
        return self._session

    def _verify(self, url: str) -> bool | str:
        own = CERTIFICATES / plainhttp.host_of(url) / "ca.crt"
        return str(own) if own.exists() else True

    # --- where it is ------------------------------------------------------------------------------

    def settle(self, address: str, *, what: str) -> str:
        """The host of an address that somebody has named, spoken to as the address says.

        Raises `UsageError` for http to a host that is not excepted; `what` names the address' place.
        """
        plainhttp.require_secure(address, what=what)
        host = plainhttp.host_of(address)
        self._bases[host] = f"{address.partition('://')[0].lower()}://{host}"
        return host

    def base(self, host: str) -> str:
        """`https://host`; plain http for a loopback address that does not speak TLS, or by explicit word."""
        if host not in self._bases:
            if plainhttp.is_named(host) or (
                names.is_loopback(host) and not plainhttp.speaks_tls(host, TIMEOUT[0])
            ):
                self._bases[host] = f"http://{host}"
            else:
                self._bases[host] = f"https://{host}"
        return self._bases[host]

    # --- who we are -------------------------------------------------------------------------------

    def _login(self, host: str) -> Credentials | None:
        if host not in self._known:
            self._known[host] = self._credentials(host)
        return self._known[host]

    def _denied(self, host: str, status: int) -> ToolFailed:
        return denied(host, status, known=self._login(host) is not None, hint=self._hint)

    def _authorization(self, host: str, scope: str) -> str:
        """What to send along to the registry itself, and to nobody else."""
        token = self._tokens.get((host, scope))
        if token:
            return token
        # Told at once who we are, a registry with Basic authentication needs no second request.
        login = self._login(host)
        return tokens.basic(login) if login and login.user != IDENTITY else ""

    def _authorize(self, host: str, scope: str, answer: requests.Response, used: str) -> bool:
        """Prepare what a 401 asks for; False when we have nothing, or have just given it."""
        asked = challenges(answer.headers.get("WWW-Authenticate", ""))
        fields = asked.get("bearer", {})
        realm = tokens.realm_of(self.base(host), host, fields) if fields else ""
        if not realm:
            return False
        self._tokens[host, scope] = f"Bearer {self._token(host, scope, realm, fields)}"
        return self._tokens[host, scope] != used

    def _token(self, host: str, scope: str, realm: str, fields: Mapping[str, str]) -> str:
        def request(method: str, url: str, headers: dict[str, str], data: bytes | None) -> requests.Response:
            return self._try(method, url, headers, data, AGAIN, TRIES, stream=False)

        answer = tokens.ask(request, realm, fields, scope, self._login(host))
        if answer.status_code in {400, 401, 403}:
            raise self._denied(host, answer.status_code)
        self.expect(answer, host, 200)
        return tokens.token_in(host, self.json(answer, host))


def _scope(method: str, repository: str, also: Iterable[str]) -> str:
    if not repository:
        return ""
    actions = {"GET": "pull", "HEAD": "pull", "DELETE": "pull,delete"}.get(method, "pull,push")
    return " ".join([f"repository:{repository}:{actions}", *(f"repository:{each}:pull" for each in also)])
