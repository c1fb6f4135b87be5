"""One kubectl that stays (`kubectl proxy` on a socket of ours): it logs in, we ask in HTTP.

To start a kubectl takes fifty times as long as its question. Only a plain answer counts here: whatever else
comes, and wherever there is no such way, is asked of a kubectl of its own, which has words for it.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from pipelinekit.adapters.cluster import shapes
from pipelinekit.adapters.disk import private
from pipelinekit.adapters.running import process
from pipelinekit.errors import PipelinekitError

MOST = 64 * 1024 * 1024
"""Bytes of an answer."""
PATIENCE = 10.0
"""Seconds that an answer may take; over it, this way is not taken again."""
STARTING = 10.0
_LONGEST = 100
"""Characters that the path of a socket may have, a little less than systems take."""
_ENDING = 0.25
"""Seconds between two looks whether it is over, where the system does not end it with us."""


class Way:
    """To the API server of a kube context, with the rights of whoever it names; begun when it is made."""

    def __init__(self, env: Mapping[str, str], context: str) -> None:
        self._told, self._over = threading.Event(), threading.Event()
        self._spare: list[_Connection] = []
        self._works = False
        self._dated = (0.0, 0.0)
        self._held = contextlib.ExitStack()
        self._socket = ""
        with contextlib.suppress(PipelinekitError, OSError):
            self._socket = str(self._held.enter_context(private.folder()) / "api")
        self._thread = threading.Thread(target=self._serve, args=(env, context), daemon=True)
        self._thread.start()

    def found(self, path: str, *, accept: str = "", absent: Any = None) -> Any:
        """The JSON at a path; `absent` where no such object is there, None where neither is told."""
        answer = self._answer("GET", path, None, {"Accept": accept} if accept else {})
        if answer is None or answer[0] not in (200, 404):
            return None
        read = _json(answer[1])
        if answer[0] == 200:
            return read
        # A kind that this server does not have is not found either, and has no name.
        return absent if ((read or {}).get("details") or {}).get("name") else None

    def made(self, path: str, body: Mapping[str, Any]) -> Any:
        """What the server says to a new object; None unless it takes it."""
        return self._taken(self._answer("POST", path, body, {"Content-Type": "application/json"}))

    def applied(self, path: str, body: Mapping[str, Any]) -> Any:
        """What an object would be with that laid over it; None unless the server takes it."""
        kind = {"Content-Type": "application/apply-patch+yaml"}
        return self._taken(self._answer("PATCH", path, body, kind))

    def patched(self, path: str, body: Mapping[str, Any]) -> Any:
        """What an object is with that merged into it; None unless the server has done so."""
        kind = {"Content-Type": "application/merge-patch+json"}
        return self._taken(self._answer("PATCH", path, body, kind))

    def now(self) -> float:
        """The time by the API server's clock, in seconds since 1970; 0 where it has not told any yet."""
        date, at = self._dated
        return date and date + time.monotonic() - at

    def close(self) -> None:
        """End it, and remove its socket."""
        self._works = False
        self._over.set()
        while self._spare:
            self._spare.pop().close()
        if sys.platform != "linux" and self._socket:
            # Nobody else would end it when we end.
            self._thread.join()
        self._held.close()

    def _serve(self, env: Mapping[str, str], context: str) -> None:
        words = ["kubectl", "proxy", "--append-server-path", f"--unix-socket={self._socket}"]
        scope = ["--context", context] if context else []
        # Whoever asks hears what is wrong, from a kubectl of its own.
        with contextlib.suppress(Exception):
            if self._socket and len(os.fsencode(self._socket)) <= _LONGEST:
                process.watch(
                    [*words, *scope], env=env, line=self._heard, tick=self._over.is_set, every=_ENDING
                )
        self._works = False
        self._told.set()

    def _heard(self, line: str) -> None:
        if line.startswith("Starting to serve") and not self._over.is_set():
            self._works = True
        self._told.set()

    def _taken(self, answer: tuple[int, bytes] | None) -> Any:
        return _json(answer[1]) if answer and answer[0] in (200, 201) else None

    def _answer(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes] | None:
        """Status and body, or None where nothing of use has come."""
        self._told.wait(STARTING)
        if not self._works:
            return None
        try:
            connection = self._spare.pop()
        except IndexError:
            connection = _Connection(self._socket)
        try:
            content = json.dumps(body).encode() if body is not None else None
            connection.request(method, path, content, dict(headers))
            answer = connection.getresponse()
            read = answer.read(MOST + 1)
            if told := shapes.date(answer.getheader("Date", "")):
                self._dated = told, time.monotonic()
        except (OSError, http.client.HTTPException, TypeError, ValueError) as error:
            connection.close()
            self._works = self._works and isinstance(error, TypeError | ValueError)
            return None
        if len(read) > MOST:
            connection.close()
            return None
        self._spare.append(connection)
        return answer.status, read


def _json(content: bytes) -> Any:
    """A JSON object; None for all else, which no API server answers with."""
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return read if shapes.is_answer(read) else None


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket in the file system; kubectl takes requests for its own machine alone."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
