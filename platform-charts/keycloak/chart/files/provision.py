"""The realm and its clients as the values declare them: `apply` makes and puts back, `check` only tells.

What is declared and was changed by hand is put back, and told; what is not declared is let be. Run again, it
writes nothing.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from declared import DECLARED, changes, short, told, wanted_client, wanted_realm

LARGEST = 16 * 2**20  # bytes of an answer
PAGE = 200  # clients
TRIES, PAUSE = 60, 2.0  # seconds between two; who lets nobody in is asked for two minutes
SECRETS = Path("/secrets")


class Failed(Exception):
    """What ends this with a line."""


# --- the server ------------------------------------------------------------------------------------


class Server:
    """Keycloak's administration, logged in as the client `provision` of the first start."""

    def __init__(self, address: str, secret: str) -> None:
        self.address, self.secret, self.token = address, secret, ""

    def login(self) -> None:
        """Get a token, as soon as there is somebody to give one. A new pod may be shut off for seconds."""
        form = {"grant_type": "client_credentials", "client_id": "provision", "client_secret": self.secret}
        url = f"{self.address}/realms/master/protocol/openid-connect/token"
        body = urllib.parse.urlencode(form).encode()
        until = patience()
        while True:
            try:
                code, said = send(urllib.request.Request(url, data=body))  # noqa: S310 - the chart's address
            except OSError as error:
                code, said = 0, str(getattr(error, "reason", error))
            if code == 200:
                self.token = said["access_token"]
                return
            if code in (400, 401):
                raise Failed(
                    "the server does not know the client `provision` with this secret: it took that of the "
                    "first start; give the client in the realm master this one, or mend the Secret"
                )
            if time.monotonic() >= until:
                raise Failed(f"no token after two minutes: {code or ''} {short(said)}")
            time.sleep(PAUSE)

    def ask(self, method: str, path: str, body: object = None, missing: bool = False) -> object:
        """What the server answers; None for what is not there, where that may be."""
        for again in (True, False):
            data = None if body is None else json.dumps(body).encode()
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            url = f"{self.address}/admin/{path}"
            request = urllib.request.Request(url, method=method, data=data, headers=headers)  # noqa: S310
            try:
                code, said = patiently(request)
            except OSError as error:
                raise Failed(f"{method} {path}: {getattr(error, 'reason', error)}") from error
            if code == 401 and again:
                # Its tokens are for a minute.
                self.login()
                continue
            break
        if code == 404 and missing:
            return None
        if not 200 <= code < 300:
            raise Failed(f"{method} {path}: {code} {short(said)}")
        return said


def patiently(request: urllib.request.Request) -> tuple[int, object]:
    """What `send` has. Nobody got what no connection came about for: a new pod may be shut off once more."""
    until = patience()
    while True:
        try:
            return send(request)
        except urllib.error.URLError:
            if time.monotonic() >= until:
                raise
        time.sleep(PAUSE)


def patience() -> float:
    """When asking again ends. By the clock: what no policy lets through takes each try half a minute."""
    return time.monotonic() + TRIES * PAUSE


def send(request: urllib.request.Request) -> tuple[int, object]:
    """Status and content of an answer; whatever status. OSError where there is none."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            code, text = answer.status, answer.read(LARGEST)
    except urllib.error.HTTPError as error:
        with error:
            code, text = error.code, error.read(LARGEST)
    try:
        return code, json.loads(text) if text else None
    except ValueError:
        return code, text.decode(errors="replace")


# --- what is done ----------------------------------------------------------------------------------


class Work:
    """What was found, and, unless it is only to be told, what is done about it."""

    def __init__(self, server: Server, apply: bool) -> None:
        self.server, self.apply, self.found = server, apply, 0

    def say(self, line: str, method: str, path: str, body: object) -> None:
        """One thing that is not as declared."""
        self.found += 1
        if self.apply:
            self.server.ask(method, path, body)
        print(line if self.apply else f"not done: {line}")

    def realm(self, realm: dict) -> bool:
        """The realm itself, and its groups; whether there is one to look into."""
        wanted, name = wanted_realm(realm), realm["name"]
        live = self.server.ask("GET", f"realms/{name}", missing=True)
        if live is None:
            self.say(f"realm {name}: made", "POST", "realms", wanted)
            if not self.apply:
                return False
        elif found := changes(live, wanted):
            self.say(told(f"realm {name}", live, found, wanted), "PUT", f"realms/{name}", found)
        for each in realm["groups"]:
            query = urllib.parse.urlencode({"search": each, "exact": "true"})
            there = self.server.ask("GET", f"realms/{name}/groups?{query}")
            if not any(one["name"] == each for one in there):
                self.say(f"group {each}: made", "POST", f"realms/{name}/groups", {"name": each})
        return True

    def clients(self, realm: str, declared: list) -> None:
        """All clients that are declared, and those that were."""
        path = f"realms/{realm}/clients"
        live = {each["clientId"]: each for each in self.listed(path)}
        for client in declared:
            wanted = wanted_client(client)
            name = client["name"]
            if not client.get("public"):
                wanted["secret"] = read(SECRETS / "clients" / name / "secret")
            if name not in live:
                self.say(f"client {name}: made", "POST", path, wanted)
            elif found := changes(live[name], wanted):
                line = told(f"client {name}", live[name], found, wanted)
                self.say(line, "PUT", f"{path}/{live[name]['id']}", found)
        names = {each["name"] for each in declared}
        for name, each in sorted(live.items()):
            if DECLARED in (each.get("attributes") or {}) and name not in names:
                print(f"client {short(name)}: declared no longer, and still there: delete it by hand")

    def listed(self, path: str) -> list:
        """All clients of a realm, page by page."""
        found: list = []
        while page := self.server.ask("GET", f"{path}?first={len(found)}&max={PAGE}"):
            found += page
        return found

    def version(self, tag: str) -> None:
        """The server is the version that the values say. Raises Failed."""
        expected = re.match(r"[0-9]+\.[0-9]+\.[0-9]+", tag)
        said = ((self.server.ask("GET", "serverinfo") or {}).get("systemInfo") or {}).get("version")
        if expected and said != expected[0]:
            raise Failed(
                f"the server is {short(said)}, and image.tag says {expected[0]}: mend the tag or the digest"
            )


def read(path: Path) -> str:
    """The first line of a secret. Raises Failed for none."""
    lines = path.read_text().splitlines()
    if not lines or not lines[0]:
        raise Failed(f"{path}: the Secret's key is empty")
    return lines[0]


def main(mode: str) -> int:
    """The exit code: 0 when all is as declared in the end."""
    declared = json.loads(Path("/scripts/realm.json").read_text())
    server = Server(os.environ["KEYCLOAK"], read(SECRETS / "admin" / "secret"))
    work = Work(server, apply=mode == "apply")
    server.login()
    work.version(os.environ["VERSION"])
    realm = declared["realm"]
    if work.realm(realm):
        work.clients(realm["name"], declared["clients"])
    if not work.found:
        print(f"as declared: realm {realm['name']}, {len(declared['clients'])} clients")
    return 1 if work.found and not work.apply else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except Failed as error:
        sys.exit(str(error))
