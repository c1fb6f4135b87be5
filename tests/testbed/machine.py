"""What the testbed changes on the machine itself: kernel settings, a bridge, firewall rules, a cgroup."""

from __future__ import annotations

import contextlib
import ipaddress
import json
from pathlib import Path
from typing import Any

from tests.testbed import network, packages
from tests.testbed.command import run, succeeds
from tests.testbed.errors import RefusedError, ToolFailedError
from tests.testbed.record import Before

MODULES = ("overlay", "br_netfilter", "nf_tables", "ip_set", "nf_conntrack")
# Where the programs we start leave things outside our own folder.
ENGINE_KEY = "/etc/docker/key.json"
FOLDERS = (
    "/etc/cni",
    "/etc/docker",
    ENGINE_KEY,
    "/opt/containerd",
    "/opt/containerd/bin",
    "/opt/containerd/lib",
    "/run/containerd",
    "/run/containerd/s",
    "/run/docker",
    "/run/docker/plugins",
    "/run/mount",
    "/run/kubernetes",
    "/run/netns",
    "/var/lib/cni",
    "/var/lib/cni/results",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/lib/kubelet/device-plugins",
    "/var/log/containers",
    "/var/log/pods",
    "/usr/libexec/kubernetes",
)
FAMILIES = ("iptables", "ip6tables")

_NARROW = 16

_RULES = (
    ("filter", "FORWARD", ("-i", network.BRIDGE)),
    ("filter", "FORWARD", ("-o", network.BRIDGE)),
    ("nat", "POSTROUTING", ("-s", network.POD_NETWORK, "!", "-d", network.POD_NETWORK)),
)
_TARGETS = {"filter": "ACCEPT", "nat": "MASQUERADE"}


def look() -> Before:
    """The machine as it is now. Raises RefusedError where another Kubernetes has left its marks."""
    rules = firewall_rules()
    traces = [rule for rule in rules if rule.startswith((":KUBE-", ":CNI-"))]
    tables = nft_tables()
    traces += [f"nft table {table}" for table in tables if table.endswith(" kube-proxy")]
    if traces:
        raise RefusedError(
            f"this machine seems to run Kubernetes already: {traces[0].split()[0].lstrip(':')} …"
        )
    _refuse_overlaps()
    return Before(
        sysctls={name: value for name in network.TOUCHED_SYSCTLS if (value := sysctl(name)) is not None},
        links=links(),
        nft_tables=tables,
        nft_chains=tuple(
            f"{chain['family']} {chain['table']} {chain['name']}" for chain in nft_ruleset().get("chain", ())
        ),
        rules=rules,
        sets=sets(),
        folders=tuple(folder for folder in FOLDERS if Path(folder).exists()),
    )


def _refuse_overlaps() -> None:
    """Raises RefusedError where the bridge's name or one of our networks is in use."""
    if network.BRIDGE in links():
        raise RefusedError(
            f"there is a network interface {network.BRIDGE} already, and no record of who made it"
        )
    ours = [ipaddress.ip_network(name) for name in (network.POD_NETWORK, network.SERVICE_NETWORK)]
    for route in run([packages.required("ip"), "-4", "route", "show", "table", "all"]).splitlines():
        words = route.removeprefix("broadcast ").removeprefix("local ").split()
        try:
            theirs = ipaddress.ip_network(words[0])
        except ValueError:  # "default", "unreachable" and the like
            continue
        # A wider route, as a VPN's for all of 10.0.0.0/8, gives way to ours and harms nobody.
        if theirs.prefixlen >= _NARROW and any(theirs.overlaps(mine) for mine in ours):
            raise RefusedError(f"the testbed's networks are in use on this machine: {route.strip()}")


def prepare() -> None:
    """Makes the kernel, the bridge, the rules and the cgroup as we need them; what is so already stays.

    Raises ToolFailedError.
    """
    for module in MODULES:
        # Built into some kernels, where modprobe fails and nothing is missing.
        if not Path(f"/sys/module/{module}").exists():
            succeeds([packages.required("modprobe"), module])
    for name, value in network.WANTED_SYSCTLS.items():
        if sysctl(name) != value:
            set_sysctl(name, value)
    _bridge()
    for table, chain, match in _RULES:
        rule = [chain, *match, "-m", "comment", "--comment", network.RULE_COMMENT, "-j", _TARGETS[table]]
        tool = [packages.required("iptables"), "-w", "10", "-t", table]
        if not succeeds([*tool, "-C", *rule]):
            run([*tool, "-A", *rule])
    for parent in cgroup_roots():
        (parent / network.CGROUP).mkdir(exist_ok=True)


def _bridge() -> None:
    ip = packages.required("ip")
    address = f"{network.HOST_ADDRESS}/{network.POD_NETWORK.partition('/')[2]}"
    if network.BRIDGE not in links():
        run([ip, "link", "add", network.BRIDGE, "type", "bridge"])
    if network.HOST_ADDRESS not in run([ip, "-o", "address", "show", "dev", network.BRIDGE]):
        run([ip, "address", "add", address, "dev", network.BRIDGE])
    run([ip, "link", "set", network.BRIDGE, "up"])
    # So that a Service answers the host even on a machine without a default route.
    run([ip, "route", "replace", network.SERVICE_NETWORK, "dev", network.BRIDGE, "src", network.HOST_ADDRESS])


def links() -> tuple[str, ...]:
    """The names of all network interfaces."""
    return tuple(sorted(entry.name for entry in Path("/sys/class/net").iterdir() if entry.is_dir()))


def nft_tables() -> tuple[str, ...]:
    """As "family name"."""
    listed = run([packages.required("nft"), "list", "tables"])
    return tuple(line.removeprefix("table ") for line in listed.splitlines())


def nft_ruleset() -> dict[str, list[dict[str, Any]]]:
    """All of nftables, also what iptables put there, by kind: "table", "chain", "rule" …"""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for thing in json.loads(run([packages.required("nft"), "-j", "list", "ruleset"]))["nftables"]:
        for kind, content in thing.items():
            kinds.setdefault(kind, []).append(content)
    return kinds


def firewall_rules() -> tuple[str, ...]:
    """The lines of both families' iptables-save that say something, without packet counts."""
    lines: list[str] = []
    for family in FAMILIES:
        saved = run([packages.required(f"{family}-save")]).splitlines()
        lines += [line.partition(" [")[0] for line in saved if line.startswith(("*", ":", "-A"))]
    return tuple(lines)


def sets() -> tuple[str, ...]:
    """The names of all IP sets."""
    try:
        return tuple(run([packages.required("ipset"), "list", "-n"]).split())
    except ToolFailedError:  # the kernel has none before the first is made
        return ()


def cgroup_roots() -> tuple[Path, ...]:
    """Where cgroups may be made: one folder a controller (version 1) or one for all (version 2)."""
    roots = []
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind in {"cgroup", "cgroup2"}:
            roots.append(Path(place))
    return tuple(roots)


def sysctl(name: str) -> str | None:
    """The value of a kernel setting, or None where the kernel has no such."""
    try:
        return _sysctl_file(name).read_text().strip()
    except OSError:
        return None


def set_sysctl(name: str, value: str) -> None:
    """Raises ToolFailedError when the kernel refuses."""
    try:
        _sysctl_file(name).write_text(value)
    except OSError as error:
        raise ToolFailedError(f"sysctl {name}={value}: {error.strerror}") from error


def _sysctl_file(name: str) -> Path:
    return Path("/proc/sys") / name.replace(".", "/")


def restore_sysctls(before: Before) -> None:
    """Puts back what is different. What the kernel refuses to put back stays: nobody could do better."""
    for name in network.TOUCHED_SYSCTLS:
        value = before.sysctls.get(name)
        if value is not None and sysctl(name) != value:
            with contextlib.suppress(ToolFailedError):
                set_sysctl(name, value)
