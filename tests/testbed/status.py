"""Each part of the testbed, as it is at this moment."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tests.testbed import (
    binaries,
    certificates,
    components,
    dns,
    engine,
    network,
    packages,
    processes,
    record,
)
from tests.testbed.command import run
from tests.testbed.errors import ToolFailedError, ToolMissingError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.testbed.layout import Layout


@dataclass(frozen=True)
class Part:
    """One part; `why` says in a few words what keeps it from being ready."""

    name: str
    pid: int | None
    ready: bool
    why: str = ""


@dataclass(frozen=True)
class Report:
    """The whole testbed."""

    state: str
    cache: str
    cache_bytes: int
    versions: dict[str, str]
    ports: dict[str, int]
    parts: tuple[Part, ...]

    @property
    def up(self) -> bool:
        return bool(self.parts) and all(part.ready for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        return {"up": self.up, **asdict(self)}

    def as_text(self) -> str:
        cache = f"{self.cache} ({self.cache_bytes / 2**20:.0f} MiB)"
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        lines = [f"state {self.state}, cache {cache}", f"versions: {versions}"]
        for part in self.parts:
            port = f":{self.ports[part.name]}" if part.name in self.ports else ""
            pid = f"pid {part.pid}" if part.pid else ""
            lines.append(f"  {part.name:24} {pid:12} {port:7} {'ready' if part.ready else part.why}")
        return "\n".join([*lines, "up" if self.up else "not up"])


def look(layout: Layout) -> Report:
    """Never raises for a testbed that is down or half up: that is what it reports."""
    known = record.load(layout.record)
    parts = () if known is None or known.boot != record.boot() else _parts(layout, known)
    return Report(
        state=str(layout.state),
        cache=str(layout.cache),
        cache_bytes=_size(layout.cache),
        versions=_versions(layout),
        ports={name: port for name, (_, port) in network.LISTENERS.items()},
        parts=parts,
    )


def _parts(layout: Layout, known: record.Record) -> tuple[Part, ...]:
    if not layout.secrets.exists():
        return (Part("secrets", None, ready=False, why="not made yet"),)
    secrets = certificates.passwords(layout)
    found = []
    for name, part in components.components(layout, secrets, engine_is_ours=known.engine_is_ours).items():
        process = known.processes.get(name)
        if process is None or not processes.alive(process):
            why = "never started" if process is None else "ended"
            found.append(Part(name, None, ready=False, why=why))
        else:
            ready = part.ready()
            found.append(Part(name, process.pid, ready=ready, why="" if ready else "runs, does not answer"))
    if not known.engine_is_ours:
        answers = engine.answers()
        found.append(Part("docker (not ours)", None, ready=answers, why="" if answers else "does not answer"))
    answers = dns.answers()
    found.append(Part("coredns (a pod)", None, ready=answers, why="" if answers else "does not answer"))
    return tuple(found)


def _versions(layout: Layout) -> dict[str, str]:
    """Of what is there; programs that are still to come are left out."""
    clients = binaries.clients(layout)
    questions = {
        "Kubernetes": (str(binaries.built(layout, "kubernetes")), "kubelet", "--version"),
        "CoreDNS": (str(binaries.built(layout, "coredns")), "-version"),
        "etcd": ("etcd", "--version"),
        "containerd": ("containerd", "--version"),
        "runc": ("runc", "--version"),
        "Docker": ("dockerd", "--version"),
        "registry": ("docker-registry", "--version"),
        "helm": (str(clients / "helm"), "version", "--short"),
        "kubectl": (str(clients / "kubectl"), "version", "--client"),
    }
    found = {}
    for name, argv in questions.items():
        with suppress(ToolMissingError, ToolFailedError):
            number = re.search(r"\d+\.\d+\.\d+", run(argv, env={"PATH": packages.search_path()}))
            if number is not None:
                found[name] = number[0]
    return found


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - thousands of files
            except OSError:
                continue
    return total
