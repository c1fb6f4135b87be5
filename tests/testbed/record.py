"""What a testbed must remember to be cleaned up after any death: written before the deed it is about."""

from __future__ import annotations

import json
import os
import secrets
import threading
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Before:
    """The machine as it was before the first change: what `down` leads back to."""

    sysctls: Mapping[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    nft_tables: tuple[str, ...] = ()  # "family name"
    nft_chains: tuple[str, ...] = ()  # "family table name"
    rules: tuple[str, ...] = ()  # lines of iptables-save, for both families
    sets: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()  # those of leftovers.FOLDERS that were there


@dataclass(frozen=True)
class Started:
    """One process of ours. A process id is used again one day; id and start time together are not."""

    pid: int
    start: int  # clock ticks since boot, as /proc/PID/stat has it
    spec: str  # digest of everything it was started with


@dataclass(frozen=True)
class Record:
    """One testbed's life, from the first change to `down`."""

    mark: str  # in the environment of each of our processes
    boot: str
    before: Before
    engine_is_ours: bool
    processes: Mapping[str, Started] = field(default_factory=dict)


def boot() -> str:
    """Tells this boot of the machine from every other."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def new_mark() -> str:
    return secrets.token_hex(16)


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """Makes sure of a file's text and mode: whole or not at all, and on the disk when this returns."""
    if path.exists() and path.stat().st_mode & 0o777 == mode and path.read_text(errors="replace") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = partial(path)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.chmod(mode)
    unfinished.replace(path)


def partial(path: Path) -> Path:
    """Where `write` prepares the file at `path`."""
    return path.with_name(f".{path.name}.partial")


def load(path: Path) -> Record | None:
    """The record, or None where no testbed has begun."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    before: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in raw["before"].items()
    }
    return Record(
        mark=raw["mark"],
        boot=raw["boot"],
        before=Before(**before),
        engine_is_ours=raw["engine_is_ours"],
        processes={name: Started(**started) for name, started in raw["processes"].items()},
    )


class Journal:
    """The current record and its file, kept in step; several threads may report to it."""

    def __init__(self, path: Path, record: Record) -> None:
        self._path = path
        self._record = record
        self._lock = threading.Lock()
        self._save()

    @property
    def record(self) -> Record:
        return self._record

    def started(self, name: str, process: Started) -> None:
        with self._lock:
            self._record = replace(self._record, processes={**self._record.processes, name: process})
            self._save()

    def _save(self) -> None:
        write(self._path, json.dumps(asdict(self._record), indent=2, sort_keys=True))
