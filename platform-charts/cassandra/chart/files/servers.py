"""For those that call the servers: statements by cqlsh, and the keeper beside each server.

Passwords are no arguments: they stand in files while cqlsh reads them.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import hmac
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple, TypeVar

BACKUPS = Path("/backup")
SECRETS = Path("/secrets")
KEEPER = 8081
# What cqlsh says when it has no connection.
_AWAY = ("Unable to connect to any servers", "UnresolvableContactPoints")
_NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH)
# Two seconds between them: a new pod may be shut off until its node has the rules of the network.
_TRIES, _PAUSE = 60, 2
Found = TypeVar("Found")


class Login(NamedTuple):
    """Who says a statement."""

    role: str
    password: str


DEFAULT = Login("cassandra", "cassandra")


class Refused(Exception):
    """A login that the servers do not take."""


class Fault(Exception):
    """What else goes wrong; its text says so."""


class Unreached(Fault):
    """Nobody was there to be asked, so that nothing was begun."""


def _is_away(why: Exception) -> bool:
    return isinstance(why, Unreached)


def password(file: Path) -> str:
    """The first line of a Secret's file, whatever ends it."""
    return file.read_text().split("\n")[0].rstrip("\r")


def admin() -> Login:
    """The superuser, with the password that the Secret has."""
    return Login(os.environ["ROLE"], password(SECRETS / "superuser" / "password"))


def names() -> list[str]:
    """Each server's own name."""
    servers = os.environ["SERVERS"]
    return [f"{servers}-{place}.{servers}-internal" for place in range(int(os.environ["REPLICAS"]))]


def quoted(text: str) -> str:
    """A text as CQL has it."""
    return "'" + text.replace("'", "''") + "'"


def cql(statements: str, login: Login) -> str:
    """What statements result in. Raises Refused where the login is not taken, Fault for all else.

    Where nobody can be reached it asks again: a name may not be found for a moment, and no restore ends half
    done by that.
    """
    return _again(lambda: _said(statements, login))


def _said(statements: str, login: Login) -> str:
    with TemporaryDirectory() as folder:
        result = Path(folder) / "result"
        files = {
            "login": f"[plain_text_auth]\nusername = {login.role}\npassword = {login.password}\n",
            # What is asked for, and nothing that cqlsh says of itself besides.
            "statements": f"CAPTURE '{result}';\n{statements}\nCAPTURE OFF;\n",
        }
        for name, text in files.items():
            file = Path(folder) / name
            file.touch(0o600)
            file.write_text(text)
        words = ["cqlsh", f"--credentials={folder}/login", f"--file={folder}/statements"]
        words += ["--connect-timeout=10", "--request-timeout=60", os.environ["SERVERS"], "9042"]
        done = subprocess.run(words, capture_output=True, text=True)
        printed = result.read_text() if result.exists() else ""
    # Too few servers that know roles is told as a failed login as well, and is none.
    if "are incorrect" in done.stderr or "not permitted to log in" in done.stderr:
        raise Refused(login.role)
    if done.returncode != 0:
        # A statement that fails is not told: it may have a password in it.
        kind = Unreached if any(each in done.stderr for each in _AWAY) else Fault
        raise kind(done.stderr.strip()[-2000:] or f"cqlsh: exit code {done.returncode}")
    return printed


def rows(printed: str) -> list[list[str]]:
    """The rows of a table as cqlsh prints it, without its head."""
    lines = printed.splitlines()
    rule = next((place for place, line in enumerate(lines) if line and not line.strip("-+")), len(lines))
    body = lines[rule + 1 :]
    end = body.index("") if "" in body else len(body)
    return [[cell.strip() for cell in line.split(" | ")] for line in body[:end]]


def patiently(what: Callable[[], Found]) -> Found:
    """What comes of it once servers can be reached; the last fault where they cannot."""
    # Who was not reached was asked as often already.
    return _again(what, lambda why: isinstance(why, (Fault, OSError)) and not isinstance(why, Unreached))


def _again(what: Callable[[], Found], worth: Callable[[Exception], bool] = _is_away) -> Found:
    """What comes of it, asked again after each fault that is worth it; else the fault."""
    for left in reversed(range(_TRIES)):
        try:
            return what()
        except Exception as why:
            if not left or not worth(why):
                raise
            time.sleep(_PAUSE)
    raise AssertionError("no try at all")


def reached() -> None:
    """Return once the keeper of each server can be reached."""
    for name in names():
        patiently(lambda name=name: urllib.request.urlopen(f"http://{name}:{KEEPER}/", timeout=10).close())


@contextmanager
def asked(server: str, word: str, body: IO[bytes] | None = None, size: int = 0) -> Iterator[HTTPResponse]:
    """What a server's keeper answers to a word, to be read; its reason ends the program where it does not.

    The key is made of the superuser's password, which is not sent.
    """
    headers = {"Key": key(admin().password), "Content-Length": str(size)}
    request = urllib.request.Request(f"http://{server}:{KEEPER}/{word}", data=body or b"", headers=headers)
    try:
        with _again(lambda: _opened(request)) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{server}: {word}: {error.read().decode().strip()}") from None


def _opened(request: urllib.request.Request) -> HTTPResponse:
    """An answer that begins. Raises Unreached where no connection came about, so that no byte was sent."""
    try:
        return urllib.request.urlopen(request)  # noqa: S310 - http, above
    except urllib.error.URLError as error:
        why = error.reason
        if isinstance(why, (socket.gaierror, ConnectionRefusedError)) or getattr(why, "errno", 0) in _NO_WAY:
            raise Unreached(f"{request.host}: {why}") from None
        raise


def told(server: str, word: str, body: IO[bytes] | None = None, size: int = 0) -> None:
    """Have a server's keeper do something, and say what it says."""
    with asked(server, word, body, size) as answer:
        for line in answer.read().decode().splitlines():
            print(f"{server}: {line}")


def key(secret: str) -> str:
    """What a keeper is asked with."""
    return hmac.new(secret.encode(), b"pipelinekit keeper", hashlib.sha256).hexdigest()


@contextmanager
def alone() -> Iterator[None]:
    """One at a time: backups and restores have one volume."""
    with (BACKUPS / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("another backup or restore is at work") from None
        yield


def backups() -> list[Path]:
    """All that are whole, oldest first."""
    return sorted(each for each in BACKUPS.iterdir() if each.name.endswith("Z") and each.name[0].isdigit())


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with file.open("rb") as content:
        for block in iter(lambda: content.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()
