"""What is left of a testbed once its own processes are told to go, and how each kind is removed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.testbed import containers, machine, mounts, network, packages, processes, record
from tests.testbed.command import run, succeeds
from tests.testbed.errors import ToolFailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.testbed.layout import Layout
    from tests.testbed.record import Before, Record

_CHAINS = ("KUBE-", "CNI-")
_DOCKER_CHAINS = ("DOCKER",)
_DOCKER_LINKS = re.compile(r"^(docker0|br-[0-9a-f]{12})$")
_DOCKER_NETWORKS = re.compile(r"-[sd] 172\.(1[7-9]|2\d|3[01])\.")
_PATIENCE = 10.0  # seconds: what the kernel may take to let go of a dead container's things


def contained() -> list[int]:
    """Every process in our cgroups: the pods' and, where the engine is ours, the containers'."""
    found: set[int] = set()
    for root in machine.cgroup_roots():
        for file in (root / network.CGROUP).rglob("cgroup.procs"):
            with suppress(OSError):
                found.update(int(pid) for pid in file.read_text().split())
    return sorted(found)


def kill_contained() -> None:
    """Ends every process in our cgroups, however fast they fork. Raises ToolFailedError when one survives."""
    until = time.monotonic() + _PATIENCE
    while pids := contained():
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > until:
            raise ToolFailedError(f"processes that cannot be killed: {pids}")
        time.sleep(0.02)


def remove_cgroups() -> None:
    """Our cgroups; the kernel lets go of one only a moment after its last process."""
    for root in machine.cgroup_roots():
        top = root / network.CGROUP
        until = time.monotonic() + _PATIENCE
        while top.exists() and time.monotonic() < until:
            for folder, _, _ in os.walk(top, topdown=False):
                with suppress(OSError):
                    Path(folder).rmdir()
            if top.exists():
                time.sleep(0.05)


def remove_rules(known: Record) -> None:
    """Firewall rules, chains, tables and IP sets that came with the testbed."""
    before = known.before
    for table in machine.nft_tables():
        if table.endswith(" kube-proxy"):
            run([packages.required("nft"), "delete", "table", *table.split()])
    for family in machine.FAMILIES:
        _remove_family(family, known)
    for name in set(machine.sets()) - set(before.sets):
        if re.search(r"(^|:)(KUBE-|kube-router)", name):
            succeeds([packages.required("ipset"), "destroy", name])
    _remove_hooks(before)


def _remove_family(family: str, known: Record) -> None:
    script: list[str] = []
    prefixes = _CHAINS + (_DOCKER_CHAINS if known.engine_is_ours else ())
    saved = run([packages.required(f"{family}-save")]).splitlines()
    earlier = set(known.before.rules)
    for table, lines in _tables(saved):
        declared = [line[1:].split()[0] for line in lines if line.startswith(":")]
        doomed = [
            chain for chain in declared if chain.startswith(prefixes) and not _declared_in(earlier, chain)
        ]
        rules = [
            line
            for line in lines
            if line.startswith("-A ") and line not in earlier and _is_ours(line, doomed, known)
        ]
        if not doomed and not rules:
            continue
        script += [f"*{table}", *(f"-F {chain}" for chain in doomed)]
        script += [f"-D {rule.removeprefix('-A ')}" for rule in rules if rule.split()[1] not in doomed]
        script += [*(f"-X {chain}" for chain in doomed), "COMMIT"]
    if script:
        restore = packages.required(f"{family}-restore")
        run([restore, "-w", "10", "--noflush"], stdin="\n".join(script) + "\n")


def _tables(saved: Iterable[str]) -> list[tuple[str, list[str]]]:
    tables: list[tuple[str, list[str]]] = []
    for line in saved:
        if line.startswith("*"):
            tables.append((line[1:], []))
        elif line.startswith((":", "-A ")):
            tables[-1][1].append(line)
    return tables


def _declared_in(rules: set[str], chain: str) -> bool:
    return any(rule.startswith(f":{chain} ") for rule in rules)


def _is_ours(rule: str, doomed: list[str], known: Record) -> bool:
    words = shlex.split(rule)
    if network.RULE_COMMENT in words or network.BRIDGE in words or not set(doomed).isdisjoint(words):
        return True
    if not known.engine_is_ours:
        return False
    return any(_DOCKER_LINKS.match(word) for word in words) or bool(_DOCKER_NETWORKS.search(rule))


def _remove_hooks(before: Before) -> None:
    """Chains and tables that iptables made for our rules. One with somebody's rule or policy in it stays."""
    nft = packages.required("nft")
    ruleset = machine.nft_ruleset()
    filled = {_path(rule, "chain") for rule in ruleset.get("rule", ())}
    for chain in ruleset.get("chain", ()):
        path = _path(chain, "name")
        if path not in filled and path not in before.nft_chains and chain.get("policy") == "accept":
            run([nft, "delete", "chain", *path.split()])
    used = {f"{chain['family']} {chain['table']}" for chain in machine.nft_ruleset().get("chain", ())}
    for table in set(machine.nft_tables()) - set(before.nft_tables) - used:
        run([nft, "delete", "table", *table.split()])


def _path(thing: Mapping[str, Any], name: str) -> str:
    return f"{thing['family']} {thing['table']} {thing[name]}"


def remove_links(known: Record) -> None:
    """The bridge of the pods and, where the engine is ours, those of its networks."""
    ip = packages.required("ip")
    for link in set(machine.links()) - set(known.before.links):
        if link == network.BRIDGE or (known.engine_is_ours and _DOCKER_LINKS.match(link)):
            succeeds([ip, "link", "delete", link])
    # A pod's end of its cable goes with its namespace, which the kernel takes apart in its own time.
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and any(
        link.startswith("veth") and link not in known.before.links for link in machine.links()
    ):
        time.sleep(0.05)


def remove_files(layout: Layout, known: Record) -> None:
    """What our programs left outside the state folder."""
    before = known.before
    results = Path("/var/lib/cni/results")
    for result in results.glob(f"{containers.CNI_NETWORK}-*"):
        sandbox = result.name.removeprefix(f"{containers.CNI_NETWORK}-").removesuffix("-eth0")
        # The loopback of a sandbox has a file of its own, and its name says nothing about us.
        (results / f"cni-loopback-{sandbox}-lo").unlink(missing_ok=True)
        result.unlink(missing_ok=True)
    for link in Path("/var/log/containers").glob("*"):
        if link.is_symlink() and str(link.readlink()).startswith(f"{layout.state}/"):
            link.unlink()
    bound = Path("/proc/net/unix").read_text()
    sockets = [*Path("/run/containerd/s").glob("*"), Path("/var/lib/kubelet/device-plugins/kubelet.sock")]
    for socket in sockets:
        if str(socket) not in bound:
            socket.unlink(missing_ok=True)
    if known.engine_is_ours and machine.ENGINE_KEY not in before.folders:
        Path(machine.ENGINE_KEY).unlink(missing_ok=True)
    ours = set(machine.FOLDERS) - set(before.folders)
    if known.boot != record.boot():
        # Those are made anew at each start of the machine: what is there now is somebody else's.
        ours = {folder for folder in ours if not folder.startswith("/run/")}
    for folder in sorted(ours, reverse=True):
        with suppress(OSError):  # somebody else's things are in it, or it never was
            Path(folder).rmdir()


def remove_state(layout: Layout) -> None:
    """The state folder, its record last: without that nobody would know what is still to be done.

    Raises ToolFailedError when something in it stays.
    """
    if not layout.state.exists():
        return
    if still := mounts.under(layout.state):
        raise ToolFailedError(f"{still[0]} is still mounted, so {layout.state} stays")
    for entry in layout.state.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry != layout.record:
            entry.unlink()
    layout.record.unlink(missing_ok=True)
    try:
        layout.state.rmdir()
    except OSError as error:
        raise ToolFailedError(f"{layout.state}: cannot be removed: {error.strerror}") from error


def remove_beginnings(layout: Layout) -> None:
    """What an `up` or `down` leaves that was killed with nothing done yet, or nothing left to do.

    A folder with anything else in it is not a testbed's, and stays.
    """
    record.partial(layout.record).unlink(missing_ok=True)
    with suppress(OSError):
        layout.state.rmdir()


def is_foreign(layout: Layout) -> bool:
    """Whether the state folder holds things but no testbed: then it is no place to put one, or to clear."""
    known = {layout.record, record.partial(layout.record)}
    return layout.state.exists() and not layout.record.exists() and bool(set(layout.state.iterdir()) - known)


def stop_marked(mark: str) -> None:
    """Every process that carries our mark, whoever started it on our behalf."""
    processes.stop(processes.marked(mark), patience=1.0)
