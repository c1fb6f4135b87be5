"""Beside a server: snapshots go out as an archive, and come back as tables. JMX is open to its own pod alone.

Words are POSTed with a key that is made of the superuser's password: `snapshot`, `import`, `repair/KEYSPACE`.
"""

from __future__ import annotations

import hmac
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

from servers import KEEPER, SECRETS, key, password

DATA = Path("/var/lib/cassandra/data")
ROOM = Path("/var/lib/cassandra/import")  # on the same file system: tables are moved, not copied
TAG = "pipelinekit"
END = "complete"
_NAME = re.compile(r"\w{1,48}")
_FILE = re.compile(r"[\w.+-]{1,200}")
_PART = re.compile(r"[a-z]{1,3}-.+\.\w+")
_AT_WORK = threading.Lock()


class Fault(Exception):
    """What cannot be done; its text says why."""


def nodetool(*words: str) -> str:
    """What nodetool prints. Raises Fault with its words."""
    done = subprocess.run(["nodetool", *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise Fault(f"nodetool {words[0]}: {(done.stderr + done.stdout).strip()[-2000:]}")
    return done.stdout


def archived(out: IO[bytes]) -> None:
    """Write what the snapshot has of all tables but the server's own. It ends with END where it is whole."""
    with tarfile.open(fileobj=out, mode="w|") as archive:
        for file in sorted(DATA.glob(f"*/*/snapshots/{TAG}/*")):
            keyspace, table = file.parts[-5], file.parts[-4].rpartition("-")[0]
            if _PART.fullmatch(file.name) and not re.match(r"system(_|$)", keyspace):
                archive.add(file, f"{keyspace}/{table}/{file.name}", recursive=False)
        archive.addfile(tarfile.TarInfo(END))


def brought(given: Body) -> Iterator[str]:
    """Take the tables of an archive over, into those that are there."""
    shutil.rmtree(ROOM, ignore_errors=True)
    tables: dict[tuple[str, str], int] = {}
    with tarfile.open(fileobj=given, mode="r|") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if member.name == END or content is None:
                continue
            keyspace, _, rest = member.name.partition("/")
            table, _, name = rest.partition("/")
            if not (_NAME.fullmatch(keyspace) and _NAME.fullmatch(table) and _FILE.fullmatch(name)):
                raise Fault(f"{member.name!r}: no part of a table")
            folder = ROOM / keyspace / table
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / name).open("wb") as file:
                shutil.copyfileobj(content, file)
            tables[keyspace, table] = tables.get((keyspace, table), 0) + name.endswith("-Data.db")
    for (keyspace, table), count in tables.items():
        # Another server's rows may be none of this one's: those are taken away again below.
        nodetool("import", "--no-tokens", keyspace, table, str(ROOM / keyspace / table))
        yield f"{keyspace}.{table}: {count} files"
    for keyspace in sorted({each for each, _ in tables}):
        nodetool("cleanup", keyspace)
    shutil.rmtree(ROOM, ignore_errors=True)


class Body:
    """What a request brings: its connection stays open after it."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self._source, self._left = source, size

    def read(self, size: int = 1 << 20) -> bytes:
        """As a file's."""
        found = self._source.read(min(size, self._left))
        self._left -= len(found)
        return found


class Keeper(BaseHTTPRequestHandler):
    """One request; whatever it is, no other is at work at the same time."""

    answered = False

    def do_GET(self) -> None:
        self.said(200, "here")

    def do_POST(self) -> None:
        body = Body(self.rfile, int(self.headers.get("Content-Length") or 0))
        mine = key(password(SECRETS / "superuser" / "password"))
        if not hmac.compare_digest(mine.encode(), self.headers.get("Key", "").encode()):
            status, text = 403, "its key is of another superuser's password"
        elif not _AT_WORK.acquire(blocking=False):
            status, text = 409, "it is at work for somebody else"
        else:
            try:
                status, text = self.done(body, *self.path.strip("/").split("/"))
            except (Fault, OSError, tarfile.TarError) as fault:
                status, text = 500, str(fault)
            finally:
                _AT_WORK.release()
        # Who still sends would not hear the answer.
        while body.read():
            pass
        self.said(status, text)

    def done(self, body: Body, word: str, *more: str) -> tuple[int, str]:
        """Status and text of an answer, where it was not given already."""
        if word == "snapshot" and not more:
            nodetool("clearsnapshot", "-t", TAG)
            # What is left of it when this is killed goes by itself.
            nodetool("snapshot", "--tag", TAG, "--ttl", "6h")
            self.said(200, "")
            archived(self.wfile)
            nodetool("clearsnapshot", "-t", TAG)
            return 200, ""
        if word == "import" and not more:
            return 200, "\n".join(brought(body))
        if word == "repair" and len(more) == 1 and _NAME.fullmatch(more[0]):
            nodetool("repair", "--full", more[0])
            return 200, f"repaired {more[0]}"
        return 404, "no such word"

    def said(self, status: int, text: str) -> None:
        """Answer, once: what comes later is for the log."""
        if self.answered:
            print(status, text, flush=True)
            return
        self.answered = True
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if self.command == "POST":
            super().log_request(code, size)


if __name__ == "__main__":
    # A container's first process hears no signal that it does not ask for: its pod's end would wait for it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    ThreadingHTTPServer(("", KEEPER), Keeper).serve_forever()
