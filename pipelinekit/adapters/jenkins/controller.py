"""A Jenkins controller over REST, with python-jenkins: one client for all threads, and errors that say why.

python-jenkins writes the crumb into a dict that all its clients share, hides the reasons of errors, and
takes a starting controller for an empty one. So requests go through its client, and answers are judged here.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelinekit.adapters.jenkins.addresses import shown_path
from pipelinekit.adapters.jenkins.shapes import Bean, bean
from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import Fault, ToolFailed, failed
from pipelinekit.records import dataclass

if TYPE_CHECKING:
    import requests

TIMEOUT = 60.0
"""Seconds between two bytes of an answer."""
LIMIT = 64 * 1024 * 1024
"""Bytes of the largest answer: the console of a build."""

XML = {"Content-Type": "text/xml; charset=utf-8"}
AGAIN = frozenset((500, 502, 503, 504))
PAUSES = (0.3, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try after a 5xx or a dropped connection."""

NO_CRUMB = "No valid crumb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who we are to Jenkins; a token is a password that needs no crumb."""

    user: str
    password: str = field(repr=False)


class NotThere(ToolFailed):
    """Jenkins itself says that there is no such thing."""


class Denied(ToolFailed):
    """Jenkins knows who we are, and does not let us."""


class Client:
    """One connection to one controller, for any number of threads."""

    def __init__(
        self,
        url: str,
        login: Login | None,
        *,
        pauses: tuple[float, ...] = PAUSES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        import jenkins

        from pipelinekit.adapters.web import exchange

        plainhttp.require_secure(url, what="jenkins.url", why="would be sent the API token without TLS")
        self.url = url.rstrip("/")
        self.login = login
        self.pauses = pauses
        self.sleep = sleep
        user, password = (login.user, login.password) if login else (None, None)
        self._client = jenkins.Jenkins(self.url, user, password, timeout=TIMEOUT)
        # A session that bounds answers, and takes nothing from .netrc, whoever we are.
        self._client._session = exchange.Session(LIMIT, browser=True)  # noqa: SLF001
        if login is None:
            self._client._auths = [("anonymous", exchange.no_login)]  # noqa: SLF001
        # Left alone, the client would fetch a crumb before the first GET, and never another after a restart.
        self._client.crumb = False
        self._crumbed = False
        self._lock = threading.Lock()

    def hang_up(self) -> None:
        """Have the next request begin a new connection; who one is stays."""
        self._client._session.close()  # noqa: SLF001

    def get(self, path: str) -> requests.Response:
        """The answer to a GET below the controller's address; raises like `send`."""
        return self.send("GET", path)

    def json(self, path: str) -> Bean:
        """The object that Jenkins answers; raises `ToolFailed` when something else answers."""
        return self._json(self.get(path))

    def version(self) -> str:
        """The controller's version, from an answer that needs address and account to be good."""
        answer = self.get("api/json?tree=mode")
        self._json(answer)
        return str(answer.headers["X-Jenkins"])

    def session(self) -> str:
        """Which run of the controller answers: another one after a restart."""
        return self.get("api/json?tree=mode").headers.get("X-Jenkins-Session", "")

    def _json(self, answer: requests.Response) -> Bean:
        from pipelinekit.adapters.web.exchange import json_of

        try:
            if "X-Jenkins" not in answer.headers:
                raise ValueError("no Jenkins")
            return bean(json_of(answer))
        except ValueError as error:
            raise failed(
                "not-jenkins",
                f"{self.url} answers, but not as Jenkins does",
                hint="is the address right, with its path? A proxy or a login page may stand in between",
            ) from error

    def send(
        self,
        method: str,
        path: str,
        *,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        again: bool = True,
    ) -> requests.Response:
        """Send a request and return a good answer. With `again` it is tried again after a 5xx or a cut.

        Raises `NotThere` on a 404 that Jenkins signs, `Denied` on 401 and 403, `ToolFailed` on all else.
        """
        pauses = list(self.pauses) if again else []
        if method != "GET":
            self._first_crumb()
        while True:
            outcome = self._once(method, path, data, headers)
            if not isinstance(outcome, _Trouble):
                return outcome
            if outcome.crumb:
                self._fetch_crumb()
                outcome = self._once(method, path, data, headers)
                if not isinstance(outcome, _Trouble):
                    return outcome
            if not (outcome.passing and pauses):
                raise outcome.error
            self.sleep(pauses.pop(0))

    def _once(
        self,
        method: str,
        path: str,
        data: bytes | Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> requests.Response | _Trouble:
        import jenkins
        import requests

        from pipelinekit.adapters.web.exchange import PROXIED, Downgraded, Unbearable

        # A dict of its own for each request: the client writes the crumb into it.
        request = requests.Request(method, f"{self.url}/{path}", data=data, headers=dict(headers or {}))
        try:
            answer: requests.Response = self._client.jenkins_request(request)
        except (jenkins.JenkinsException, requests.RequestException) as error:
            return self._trouble(error, path)
        except Downgraded as error:
            hint = "is Jenkins' URL (Manage Jenkins, System) https? " + PROXIED
            return _Trouble(failed("jenkins-downgrade", f"{self.host} {error}: not followed", hint=hint))
        except Unbearable as error:
            return _Trouble(failed("jenkins-endless", f"{self.host} {error}", hint="is that a Jenkins?"))
        return answer

    def _trouble(self, error: Exception, path: str) -> _Trouble:
        import requests

        # python-jenkins raises errors of its own from those that know the answer.
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, requests.RequestException):
            cause = cause.__context__
        if isinstance(cause, requests.HTTPError) and cause.response is not None:
            return _judged(cause.response, path, self)
        return _unanswered(cause or error, self.url)

    def _first_crumb(self) -> None:
        """Before the first POST, and once for all threads; a controller without crumbs says 404."""
        with self._lock:
            if not self._crumbed:
                with contextlib.suppress(NotThere):
                    self._fetch_crumb()
                self._crumbed = True

    def _fetch_crumb(self) -> None:
        self._client.crumb = self.json("crumbIssuer/api/json")

    @property
    def host(self) -> str:
        """Where the controller is, for messages."""
        return plainhttp.host_of(self.url)

    @property
    def who(self) -> str:
        """Who we are, for messages."""
        return f"user {self.login.user}" if self.login else "anonymous access"


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A bad answer or none: whether it may pass by itself, and whether a crumb would help."""

    error: ToolFailed
    passing: bool = False
    crumb: bool = False


def _judged(answer: requests.Response, path: str, client: Client) -> _Trouble:
    status, shown = answer.status_code, shown_path(path)
    text = answer.text if status in (401, 403, 500) else ""
    if status == 403 and NO_CRUMB in text:
        return _Trouble(failed("jenkins-crumb", f"Jenkins takes no crumb of ours for {shown}"), crumb=True)
    if status in (401, 403):
        return _Trouble(_denied(answer, text, shown, client))
    if status == 404 and "X-Jenkins" in answer.headers:
        return _Trouble(NotThere(Fault("jenkins-not-there", f"Jenkins has no {shown}")))
    if status == 503:
        hint = "wait until it is ready, then run the same again: it goes on where it was"
        return _Trouble(
            failed("jenkins-starting", f"{client.url} is starting (503)", hint=hint), passing=True
        )
    reason = answer.headers.get("X-Error", "").strip() or _logged(text) or str(answer.reason)
    error = failed("jenkins-refused", f"Jenkins refuses {shown} ({status}): {' '.join(reason.split())}")
    return _Trouble(error, passing=status in AGAIN)


def _logged(text: str) -> str:
    """Jenkins keeps the reason of a 500 to itself, and names the line of its log."""
    found = re.search(r"Logging ID=([0-9a-f-]+)", text)
    return f"the reason is in Jenkins' log, under {found[1]}" if found else ""


def _denied(answer: requests.Response, text: str, shown: str, client: Client) -> Denied:
    wants = answer.headers.get("X-Required-Permission", "")
    missing = re.search(r"is missing the ([\w/ ]+?) permission", text)
    permission = missing[1] if missing else wants.removeprefix("hudson.model.").replace("Item.", "Job/")
    if answer.status_code == 401 or (not permission and client.login is None):
        hint = "set PK_JENKINS_USER and PK_JENKINS_PASSWORD (an API token of that user)"
        return Denied(
            Fault("jenkins-denied", f"{client.url} refuses {client.who} ({answer.status_code})", hint=hint)
        )
    lacks = f"lacks the permission {permission}" if permission else "may not do that (403)"
    hint = "an administrator grants it in the folder's or the controller's authorization"
    return Denied(Fault("jenkins-forbidden", f"{client.who} {lacks} for {shown}", hint=hint))


def _unanswered(error: BaseException, url: str) -> _Trouble:
    import requests

    host = urlsplit(url).netloc
    if isinstance(error, requests.exceptions.SSLError):
        hint = "REQUESTS_CA_BUNDLE names a file with the authority that signed it"
        return _Trouble(failed("jenkins-certificate", f"the certificate of {host} is not trusted", hint=hint))
    if isinstance(error, requests.exceptions.ProxyError):
        hint = "HTTPS_PROXY and NO_PROXY say which way to go"
        return _Trouble(
            failed("jenkins-proxy", f"the proxy does not lead to {host}", hint=hint), passing=True
        )
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema)):
        return _Trouble(
            failed("jenkins-address", f"{url} is no address", hint="jenkins.url in platform.yaml")
        )
    if isinstance(error, requests.Timeout):
        return _Trouble(
            failed("jenkins-timeout", f"{host} does not answer within {TIMEOUT:.0f} s"), passing=True
        )
    hint = "is the address right, and does the controller run?"
    reason = _reason(error)
    return _Trouble(
        failed("jenkins-unreachable", f"{host} cannot be reached: {reason}", hint=hint), passing=True
    )


def _reason(error: BaseException) -> str:
    text = str(error)
    known = re.search(
        r"Connection refused|Name or service not known|nodename nor servname|No route to host"
        r"|Temporary failure in name resolution|Connection reset|Remote end closed|Connection aborted"
        r"|Network is unreachable",
        text,
    )
    return known[0] if known else type(error).__name__
