"""The machine as far as a testbed could change it, to compare before and after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import machine, network, packages
from tests.testbed.command import run

if TYPE_CHECKING:
    from collections.abc import Mapping

# Processes of anybody come and go; these are what a testbed consists of.
_PROGRAMS = frozenset(
    {
        "containerd",
        "containerd-shim",
        "coredns",
        "docker-proxy",
        "docker-registry",
        "dockerd",
        "etcd",
        "kubernetes",
        "pause",
        "runc",
    }
)
_PLACES = (
    "/etc",
    "/etc/cni",
    "/etc/docker",
    "/opt",
    "/run",
    "/run/netns",
    "/var/lib",
    "/var/lib/cni",
    "/var/log",
)


@dataclass(frozen=True)
class Snapshot:
    """For each thing looked at: its lines."""

    seen: Mapping[str, frozenset[str]]

    def differences(self, later: Snapshot) -> list[str]:
        """What is more or less in `later`, one line each; empty for the same machine."""
        found = []
        for name, lines in self.seen.items():
            found += [f"{name}: gone: {line}" for line in sorted(lines - later.seen[name])]
            found += [f"{name}: new: {line}" for line in sorted(later.seen[name] - lines)]
        return found


def take() -> Snapshot:
    """Needs root, and the packages of the testbed. Raises ToolFailedError."""
    ruleset = run([packages.required("nft"), "--stateless", "list", "ruleset"])
    return Snapshot(
        {
            "link": frozenset(machine.links()),
            "address": _lines(run([packages.required("ip"), "-o", "address"])),
            "route": _lines(run([packages.required("ip"), "route"])),
            "network namespace": _lines(run([packages.required("ip"), "netns"])),
            "iptables": frozenset(machine.firewall_rules()),
            "nft": _lines(ruleset),
            "IP set": frozenset(machine.sets()),
            "mount": _lines(Path("/proc/mounts").read_text()),
            "cgroup": _cgroups(),
            "process": _processes(),
            "file": _files(),
            "hosts": _lines(Path("/etc/hosts").read_text()),
            "sysctl": frozenset(f"{name}={machine.sysctl(name)}" for name in network.TOUCHED_SYSCTLS),
            "unix socket": _sockets(),
        }
    )


def _lines(text: str) -> frozenset[str]:
    return frozenset(line.rstrip() for line in text.splitlines() if line.strip())


def _cgroups() -> frozenset[str]:
    """All but the members of other programs' own hierarchies, which are theirs to change."""
    found: set[str] = set()
    for root in machine.cgroup_roots():
        found.update(str(folder) for folder in root.iterdir() if folder.is_dir())
    return frozenset(found)


def _processes() -> frozenset[str]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "comm").read_text().strip()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        # The kernel cuts names at 15 characters.
        if state not in "ZX" and any(name == program[:15] for program in _PROGRAMS):
            found.add(f"{name} ({folder.name})")
    return frozenset(found)


def _files() -> frozenset[str]:
    places = [Path(place) for place in _PLACES]
    return frozenset(str(file) for place in places if place.is_dir() for file in place.iterdir())


def _sockets() -> frozenset[str]:
    """Unix sockets of container runtimes, by path."""
    lines = Path("/proc/net/unix").read_text().splitlines()
    return frozenset(path for line in lines if "containerd" in (path := line.split()[-1]))
