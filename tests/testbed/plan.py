"""What `up` is about to change on the machine, said before it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.testbed import binaries, machine, network, ownership, packages

if TYPE_CHECKING:
    from tests.testbed.layout import Layout
    from tests.testbed.record import Record


def describe(layout: Layout, known: Record | None, *, engine_is_ours: bool) -> list[str]:
    """One line a kind of change; a single one when it is (partly) up and its changes are made already."""
    lacking = packages.missing(engine_answers=not engine_is_ours, whole=layout.whole)
    builds = binaries.missing(layout)
    lines = []
    if lacking:
        lines.append(f"  Debian packages, installed and left installed: {', '.join(lacking)}")
    if builds:
        lines.append(f"  built or fetched once, minutes: {', '.join(builds)}, and the base images")
    if known is not None:
        return [f"looking after the testbed in {layout.state}", *lines]
    ports = ", ".join(f"{host}:{port} ({name})" for name, (host, port) in network.LISTENERS.items())
    settings = [
        f"{name}={value} (now {machine.sysctl(name)})"
        for name, value in network.WANTED_SYSCTLS.items()
        if machine.sysctl(name) != value
    ]
    docker = "one of our own, on a socket in the state folder" if engine_is_ours else "the one that answers"
    network_line = f"bridge {network.BRIDGE} with {network.HOST_ADDRESS}, pods {network.POD_NETWORK}"
    chains = "chains KUBE-* and CNI-*, nft tables kube-proxy, IP sets KUBE-*"
    if engine_is_ours:
        chains += ", Docker's own chains"
    return [
        "bringing up a testbed; it changes on this machine (all but packages and cache go with `down`):",
        *lines,
        f"  folders: {layout.state} (state), {layout.cache} (cache, kept), {ownership.CLAIM} (who owns it)",
        f"  Docker engine: {docker}",
        f"  ports: {ports}",
        f"  network: {network_line}, services {network.SERVICE_NETWORK}",
        f"  kernel settings: {', '.join(settings) or 'none'}; kubelet's vm.overcommit_memory, kernel.panic*",
        f"  firewall: two rules in FORWARD, one in nat POSTROUTING; {chains}",
        f"  mounts: containers' file systems, below {layout.state}; /etc/hosts stays as it is",
        f"  cgroups: {network.CGROUP}, in each hierarchy",
    ]
