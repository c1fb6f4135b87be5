"""Who owns the names, ports and addresses on this machine, and who works on them right now."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import network, record
from tests.testbed.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.testbed.layout import Layout

# One place for the whole machine, whatever the state folder: bridge, ports and chains are the machine's too.
CLAIM = Path("/run/pipelinekit-testbed.lock")


@dataclass
class Claim:
    """The machine, held for one `up` or `down`. Its file says whose testbed is up, also between the two."""

    descriptor: int
    path: Path

    def owner(self) -> Path | None:
        """The state folder whose testbed has the machine in this boot, if any."""
        try:
            said = json.loads(os.pread(self.descriptor, 4096, 0) or b"{}")
        except ValueError:  # cut off while it was written, and so before anything was changed
            return None
        return Path(said["state"]) if said.get("boot") == record.boot() else None

    def check(self, layout: Layout) -> None:
        """Raises RefusedError when the testbed of another state folder is up."""
        owner = self.owner()
        if owner is not None and owner != layout.state and (owner / "record.json").exists():
            raise RefusedError(
                f"a testbed is up already, with its state in {owner}; "
                f"end it first: PIPELINEKIT_TESTBED_STATE={owner} python -m tests.testbed down"
            )

    def take(self, layout: Layout) -> None:
        """Makes `layout`'s testbed the machine's, once `check` has passed."""
        if self.owner() != layout.state:
            text = json.dumps({"boot": record.boot(), "state": str(layout.state)}).encode()
            os.ftruncate(self.descriptor, 0)
            os.pwrite(self.descriptor, text, 0)

    def release(self) -> None:
        """Nobody owns the machine any more."""
        self.path.unlink(missing_ok=True)


@contextmanager
def claim(path: Path = CLAIM) -> Iterator[Claim]:
    """Waits for its turn: one `up` or `down` at a time on a machine."""
    descriptor = _locked(path)
    try:
        yield Claim(descriptor, path)
    finally:
        os.close(descriptor)


def _locked(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Whoever had it may have removed the file on the way out: then this lock locks nothing.
        if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
        os.close(descriptor)


def taken_ports() -> list[str]:
    """For each port we want that a process listens on: one line that names it."""
    taken = []
    wanted = {port: name for name, (_, port) in network.LISTENERS.items()}
    for port, inode in _listening():
        if port in wanted:
            taken.append(f"port {port} ({wanted[port]}) is taken by {_describe(_holder(inode))}")
    return taken


def _listening() -> list[tuple[int, str]]:
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not Path(table).exists():
            continue
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                found.append((int(fields[1].rpartition(":")[2], 16), fields[9]))
    return found


def _holder(inode: str) -> int | None:
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) == f"socket:[{inode}]":
                return int(link.parts[2])
        except OSError:
            continue
    return None


def _describe(pid: int | None) -> str:
    if pid is None:
        return "a process that cannot be seen from here"
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        name = "gone by now"
    return f"process {pid} ({name})"
