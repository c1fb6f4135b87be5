"""The testbed as a whole: up, down, and what its users need to know.

with bed.session() as env: ...      # for tests: up if it is not, and down again only then
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.testbed import (
    bake,
    binaries,
    components,
    dns,
    engine,
    leftovers,
    machine,
    maven,
    mounts,
    ownership,
    packages,
    plan,
    processes,
    recipes,
    record,
    toolchain,
)
from tests.testbed.command import run
from tests.testbed.environment import environment
from tests.testbed.errors import RefusedError, ToolFailedError, ToolMissingError
from tests.testbed.layout import Layout
from tests.testbed.progress import Progress
from tests.testbed.record import Journal, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.testbed.components import Component

_POLL = 0.05  # seconds
_NAMES_PATIENCE = 60.0  # seconds until the cluster's name server must answer

# What runs at the same time; each waits for the one before it.
_LANES = (
    ("docker",),
    ("registry",),
    ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"),
    ("containerd",),
)
_NODE = ("kubelet", "kube-proxy", "network-policies")


def up(layout: Layout, progress: Progress | None = None) -> bool:
    """Brings the testbed up, or repairs what is not; whether it was down before.

    Raises RefusedError when the machine's names or ports are somebody else's, ToolMissingError and
    ToolFailedError.
    """
    progress = progress or Progress()
    _require_root()
    with ownership.claim() as claim:
        claim.check(layout)
        if leftovers.is_foreign(layout):
            raise RefusedError(f"{layout.state} is not empty and holds no testbed: name another folder")
        processes.stop_orphans()
        packages.restore_policy()
        known = record.load(layout.record)
        if known is not None and known.boot != record.boot():
            progress.say("the machine was started anew since: clearing the old testbed's remains")
            _clear(layout, known)
            known = None
        engine_is_ours = not engine.answers() if known is None else known.engine_is_ours
        for line in plan.describe(layout, known, engine_is_ours=engine_is_ours):
            progress.say(line)
        if lacking := packages.missing(engine_answers=not engine_is_ours, whole=layout.whole):
            with progress.step(f"installing {', '.join(lacking)}"):
                packages.install(lacking)
        if known is None:
            if taken := ownership.taken_ports():
                raise RefusedError("; ".join(taken))
            fresh = Record(record.new_mark(), record.boot(), machine.look(), engine_is_ours)
            claim.take(layout)
            layout.state.mkdir(parents=True, exist_ok=True, mode=0o711)
            journal = Journal(layout.record, fresh)
        else:
            claim.take(layout)
            journal = Journal(layout.record, known)
        changed = _bring_up(layout, journal, progress)
    progress.say("up" if changed else "already up: nothing to do")
    return known is None


def changes(layout: Layout) -> list[str]:
    """What `up` would change on this machine; nothing is done."""
    known = record.load(layout.record)
    if known is not None and known.boot != record.boot():
        known = None
    engine_is_ours = not engine.answers() if known is None else known.engine_is_ours
    return plan.describe(layout, known, engine_is_ours=engine_is_ours)


def down(layout: Layout, progress: Progress | None = None) -> bool:
    """Removes every trace of the testbed; whether there was one.

    Raises ToolFailedError when something does not let itself be removed: run it again.
    """
    progress = progress or Progress()
    _require_root()
    with ownership.claim() as claim:
        processes.stop_orphans()
        known = record.load(layout.record)
        if known is not None:
            with progress.step("taking the testbed down"):
                _clear(layout, known)
        else:
            leftovers.remove_beginnings(layout)
        if claim.owner() in {layout.state, None}:
            claim.release()
    return known is not None


@contextmanager
def session(layout: Layout | None = None) -> Iterator[dict[str, str]]:
    """The testbed's environment for the duration of the block; down at its end if it was down before."""
    layout = layout or Layout.from_environment()
    was_down = up(layout)
    try:
        yield environment(layout)
    finally:
        if was_down:
            down(layout)


def _require_root() -> None:
    if os.geteuid() == 0:
        return
    lacking = " ".join(packages.missing(engine_answers=engine.answers(), whole=True))
    also = f"; and these packages are missing: apt-get install {lacking}" if lacking else ""
    raise ToolMissingError(f"the testbed needs root: it starts containers and changes the network{also}")


def _bring_up(layout: Layout, journal: Journal, progress: Progress) -> bool:
    """Whether anything was changed."""
    machine.prepare()
    secrets = components.prepare(layout)
    parts = components.components(layout, secrets, engine_is_ours=journal.record.engine_is_ours)
    if not journal.record.engine_is_ours and not engine.answers():
        raise ToolFailedError(
            "the Docker engine this testbed was brought up with does not answer any more: "
            "start it, or take the testbed down and up again"
        )
    changed = _make(layout, journal, parts, progress)
    changed |= bake.seed(layout)
    with ThreadPoolExecutor(1) as aside:
        tidied = aside.submit(_tidy, layout)
        changed |= _start_all(layout, journal, parts, progress, changed=changed)
        tidied.result()
    return changed


def _start_all(
    layout: Layout, journal: Journal, parts: Mapping[str, Component], progress: Progress, *, changed: bool
) -> bool:
    """Whether anything had to be started, or was `changed` before."""

    def start(*names: str) -> bool:
        started = [_start(name, parts[name], layout, journal, progress) for name in names if name in parts]
        return any(started)

    with ThreadPoolExecutor(len(_LANES)) as pool:
        lanes = [pool.submit(start, *names) for names in _LANES]
        started = [lane.result() for lane in lanes]
    changed |= any(started)
    if changed or not dns.answers():
        dns.apply(components.cluster_api(layout, components.prepare(layout)))
    changed |= start(*_NODE)
    if not dns.answers():
        changed = True
        _wait("the cluster's name service", dns.answers, _NAMES_PATIENCE)
        progress.say("the cluster's name service answers")
    return changed


def _make(layout: Layout, journal: Journal, parts: Mapping[str, Component], progress: Progress) -> bool:
    """Builds programs and images that the cache lacks; whether there were any."""
    go = toolchain.find(layout)
    programs = binaries.missing(layout)
    if go is None:
        go = toolchain.ensure(layout, progress)
    base, system = recipes.base_images(layout, go), recipes.system_images(layout)
    if not programs and not bake.missing(layout, base) and not bake.missing(layout, system):
        return False
    docker = engine.environment(layout, ours=journal.record.engine_is_ours)
    binaries.ensure_unpacked(layout, progress)
    if layout.whole:
        maven.ensure(layout, progress)
    if "docker" in parts:
        _start("docker", parts["docker"], layout, journal, progress)
    with ThreadPoolExecutor(2) as pool:
        work = (
            pool.submit(binaries.ensure_built, layout, go, progress),
            pool.submit(bake.bake, layout, base, docker, progress),
        )
        for job in work:
            job.result()
    bake.bake(layout, system, docker, progress)
    return True


def _tidy(layout: Layout) -> None:
    """Removes downloads and compiled packages: gigabytes that finished programs do not need."""
    if layout.scratch.exists():
        mounts.detach(layout.scratch)
        run([packages.required("rm"), "-rf", str(layout.scratch)], timeout=900)


def _start(name: str, part: Component, layout: Layout, journal: Journal, progress: Progress) -> bool:
    """Makes one part run and do its work; whether it had to be started."""
    begun = time.monotonic()
    started = processes.ensure(name, part.program(), layout, journal)

    def ready() -> bool:
        if not processes.alive(journal.record.processes[name]):
            raise ToolFailedError(f"{name} ended right after its start:\n{log_tail(layout, name)}")
        return part.ready()

    if not ready():
        _wait(name, ready, part.patience, lambda: log_tail(layout, name))
        started = True
    if started:
        progress.say(f"{name}: ready after {time.monotonic() - begun:.1f} s")
    return started


def _wait(
    what: str, ready: Callable[[], bool], patience: float, explain: Callable[[], str] = lambda: ""
) -> None:
    until = time.monotonic() + patience
    while not ready():
        if time.monotonic() > until:
            raise ToolFailedError(f"{what}: not ready after {patience:.0f} s\n{explain()}")
        time.sleep(_POLL)


def log_tail(layout: Layout, name: str, lines: int = 15) -> str:
    """The last lines that a part has written."""
    log = layout.logs / f"{name}.log"
    said = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([*said[-lines:], f"(in {log})"])


def _clear(layout: Layout, known: Record) -> None:
    """From whatever state back to the machine as it was. Can be cut off anywhere and run again."""
    if known.boot == record.boot():
        # The ones that would start others go first.
        ours = [known.processes[name] for name in ("kubelet", "docker") if name in known.processes]
        processes.stop((p.pid for p in ours if processes.alive(p)), patience=0.5)
        leftovers.stop_marked(known.mark)
        leftovers.kill_contained()
        leftovers.stop_marked(known.mark)
        mounts.detach(layout.state)
        leftovers.remove_rules(known)
        leftovers.remove_links(known)
        leftovers.remove_cgroups()
        machine.restore_sysctls(known.before)
    leftovers.remove_files(layout, known)
    leftovers.remove_state(layout)
