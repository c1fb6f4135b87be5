"""A server that is asked for JSON over HTTP: Elasticsearch, and Kibana."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path

LARGEST = 16 * 2**20  # bytes of an answer
SECRETS = Path("/secrets")
TRIES, PAUSE = 60, 2.0  # seconds between two; who lets nobody in is asked for two minutes


class Failed(Exception):
    """What ends this with a line."""


class _Stays(urllib.request.HTTPRedirectHandler):
    """What leads elsewhere is an answer like another: whoever is there would get the password."""

    def redirect_request(self, *_: object) -> None:
        """Nobody is asked instead."""


class Server:
    """One server, asked as somebody. `name` is what lines call it; without `login` nobody logs in."""

    def __init__(self, name: str, address: str, login: tuple[str, str] | None, authority: Path) -> None:
        self.name, self.address, self.login = name, address.rstrip("/"), login
        trusted = ssl.create_default_context(cafile=str(authority)) if authority.exists() else None
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusted), _Stays)

    def wait(self, path: str) -> None:
        """Return once it answers. Raises Failed. A new pod may be shut off for seconds."""
        until = patience()
        while True:
            try:
                code, said = self.send("GET", path, None, {})
            except OSError as error:
                code, said = 0, str(getattr(error, "reason", error))
            if code not in (0, 429, 502, 503, 504):
                return
            if time.monotonic() >= until:
                raise Failed(f"{self.name} does not answer at {self.address}: {code or ''} {short(said)}")
            time.sleep(PAUSE)

    def ask(self, method: str, path: str, body: object = None, missing: bool = False) -> object:
        """What it answers; None for what is not there, where that may be. Raises Failed."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        return self.judged(method, path, data, headers, missing)

    def judged(
        self, method: str, path: str, data: bytes | None, headers: dict, missing: bool = False
    ) -> object:
        """Likewise, with a body of any kind."""
        code, said = self.told(method, path, data, headers)
        if code == 404 and missing:
            return None
        if not 200 <= code < 300:
            raise Failed(f"{self.name} refuses {method} {path}: {code} {reason(said)}{self.hint(code, said)}")
        if not isinstance(said, dict):
            raise Failed(f"{self.address} is not {self.name}: it answers {method} {path} with {short(said)}")
        return said

    def told(self, method: str, path: str, data: bytes | None, headers: dict) -> tuple[int, object]:
        """What `send` has, of a server that was there a moment ago. Raises Failed."""
        until = patience()
        while True:
            try:
                return self.send(method, path, data, headers)
            except OSError as error:
                # Nobody got what no connection came about for, and a new pod may be shut off once more.
                if time.monotonic() >= until or not isinstance(error, urllib.error.URLError):
                    why = getattr(error, "reason", error)
                    raise Failed(f"{self.name}: {method} {path}: {why}") from error
            time.sleep(PAUSE)

    def hint(self, code: int, said: object) -> str:
        """The next step, where one is known."""
        if 300 <= code < 400:
            return "; it leads elsewhere, where no password is sent: give the address that answers itself"
        if code == 401:
            return f"; the login of {self.name} is not known there: mend the Secret that the values name"
        if code == 403:
            return f"; {self.login[0] if self.login else 'nobody'} may not do that: name a login that may"
        if "no handler found" in json.dumps(said):
            return "; it has no such thing: OpenSearch takes retention.days: 0 and no writer.secret"
        return ""

    def send(self, method: str, path: str, data: bytes | None, headers: dict) -> tuple[int, object]:
        """Status and content of an answer; whatever status. OSError where there is none."""
        if self.login:
            word = base64.b64encode(":".join(self.login).encode()).decode()
            headers = {**headers, "Authorization": f"Basic {word}"}
        url = f"{self.address}/{path}"
        request = urllib.request.Request(url, method=method, data=data, headers=headers)  # noqa: S310
        try:
            code, text = self._answer(request)
        except http.client.HTTPException as error:
            raise OSError(f"what answers speaks no HTTP: {short(str(error))}") from error
        try:
            return code, json.loads(text) if text else None
        except (ValueError, RecursionError):
            return code, text.decode(errors="replace")

    def _answer(self, request: urllib.request.Request) -> tuple[int, bytes]:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read(LARGEST)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(LARGEST)


def patience() -> float:
    """When asking again ends. By the clock: what no policy lets through takes each try half a minute."""
    return time.monotonic() + TRIES * PAUSE


def reason(said: object) -> str:
    """Why a server refused, in its words."""
    if isinstance(said, dict):
        error = said.get("error")
        if isinstance(error, dict):
            causes = error.get("root_cause") or [{}]
            return short(error.get("reason") or causes[0].get("reason") or error.get("type"))
        return short(said.get("message") or error or said)
    return short(said)


def short(value: object) -> str:
    """A value of a server's for a line: without control characters, and not long."""
    text = json.dumps(value)
    return text if len(text) <= 200 else text[:200] + "…"


def read(path: Path) -> str:
    """The first line of a secret. Raises Failed for none."""
    lines = path.read_text().splitlines()
    if not lines or not lines[0]:
        raise Failed(f"{path}: the Secret's key is empty")
    return lines[0]
