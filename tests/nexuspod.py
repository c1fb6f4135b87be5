"""The double of Nexus as a pod of its chart runs it: database and what is published are on the volume."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import signal
import sys
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.nexus import DISCLAIMER, Answering, Nexus, Refusal

DATA = Path(os.environ.get("NEXUS_DATA", "/nexus-data"))
DATABASE = "db/nexus.mv.db"
NOT_KEPT = {"lock", "log", "refused_logins", "data", "tasks", "url"}
WRITES = ("PUT", "POST", "DELETE")


def opened(data: Path, password: str) -> Nexus:
    """The server as its database has it; a new one has that password, as the real one takes it at first."""
    nexus = Nexus(password=password, data=data)
    path = data / DATABASE
    if path.is_file():
        for name, value in json.loads(path.read_text()).items():
            setattr(nexus, name, value)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        keep(nexus)
    return nexus


def keep(nexus: Nexus) -> None:
    """Write the database."""
    assert nexus.data is not None
    names = [each.name for each in dataclasses.fields(nexus) if each.name not in NOT_KEPT]
    path = nexus.data / DATABASE
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps({name: getattr(nexus, name) for name in names}))
    beside.replace(path)


class Pod(Answering):
    """Asked as administrator it is the double; others read and publish files of repositories."""

    def _answer(self, path: str, raw: bytes) -> tuple[int, Any]:
        # Anybody may ask, and kubectl puts its timeout behind an address.
        if path.partition("?")[0] in ("v1/status", "v1/status/writable"):
            return 200, None
        if path.startswith("/repository/"):
            _, _, name, file = path.split("/", 3)
            return self._file(name, file, raw)
        status, said = super()._answer(path, raw)
        if self.command in WRITES:
            keep(self.state)
        return status, said

    def _file(self, name: str, file: str, raw: bytes) -> tuple[int, Any]:
        nexus, user = self.state, self._user()
        if nexus.community and not nexus.accepted:
            raise Refusal(403, f"the agreement is not accepted: {DISCLAIMER}")
        if name not in nexus.repositories:
            raise Refusal(404, f"there is no '{name}'")
        writing = self.command in WRITES
        if not nexus.may(user, "add" if writing else "read", name, file):
            raise Refusal(403, f"{user} may not")
        assert nexus.data is not None
        blob = nexus.data / "blobs" / "default" / "content" / f"{name}-{file.replace('/', '-')}.bytes"
        if writing:
            blob.parent.mkdir(parents=True, exist_ok=True)
            blob.write_bytes(raw)
            nexus.components[f"{name}/{file}"] = 1
            keep(nexus)
            return 201, None
        if f"{name}/{file}" not in nexus.components or not blob.is_file():
            raise Refusal(404, "not found")
        return 200, blob.read_text()

    def _user(self) -> str:
        kind, _, word = self.headers.get("Authorization", "").partition(" ")
        login = base64.b64decode(word).decode() if kind == "Basic" else ""
        user, _, password = login.partition(":")
        if not user or self.state.passwords.get(user) != password:
            raise Refusal(401, "unauthorized")
        return user


def main() -> None:
    """Serve on the port of the real one, until the pod is told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Pod.state = opened(DATA, os.environ["NEXUS_SECURITY_INITIAL_PASSWORD"])
    ThreadingHTTPServer(("", 8081), Pod).serve_forever()


if __name__ == "__main__":
    main()
