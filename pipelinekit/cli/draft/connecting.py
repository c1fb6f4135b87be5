"""`draft connect`: local ports that stay, and the program's log, whichever pod it runs in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.options import draft
from pipelinekit.cli.output import report
from pipelinekit.errors import Refused, ToolFailed, failed, usage
from pipelinekit.model.draft import Pod
from pipelinekit.model.release import Target
from pipelinekit.plan.draft import connection

if TYPE_CHECKING:
    from pipelinekit.adapters.cluster.pods.streams import Stream, Tunnel
    from pipelinekit.adapters.door import Door

PATIENCE = 300.0
"""Seconds until the first pod has to be ready, as classic Draft waits."""
LOOK = 5.0
"""Seconds between two looks when nothing is heard."""
FORBIDDEN = "(Forbidden)"
"""What kubectl says of a right that is missing."""
OPENING = 10.0
"""Seconds that a tunnel may take."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a connection is asked for."""

    ports: Sequence[str] = ()
    container: str = ""
    tail: int = -1
    """Lines of the log that are there already; -1: all."""


@click.command()
@draft(
    click.option("--container", "-c", default="", metavar="NAME", help="One container of the pod."),
    click.option(
        "--override-port", "-p", "ports", multiple=True, metavar="LOCAL:REMOTE", help="Other ports."
    ),
    click.option("--tail", default=5, show_default=True, help="Lines of the log that were there before."),
    click.option("--dry-run", is_flag=True, help="Show what would be connected."),
    click.option("--detach", is_flag=True, help="Not supported: nothing is left running behind you."),
)
def connect(
    here: Draft, container: str, ports: tuple[str, ...], tail: int, dry_run: bool, detach: bool
) -> None:
    """Forward local ports to the program and show its log, until Ctrl-C.

    The local port is the pod's own and stays the same: after `draft up` and after the loss of a pod the next
    one is behind it, and who calls meanwhile waits. A busy port is refused; -p gives another one.

    \b
    Examples:
      pipelinekit draft connect
      pipelinekit draft connect -p 9000:8080 --tail 50
    """
    if detach:
        raise usage("no-detach", "--detach leaves a forwarder behind: not supported", hint="draft connect &")
    with here.pinned() as target:
        wanted = Wanted(ports=ports or here.settings.override_ports, container=container, tail=tail)
        if dry_run:
            pod = _first(here, target, wanted)
            for local, remote in connection.pairs(pod, wanted.ports, container).items():
                report.now(f"would forward 127.0.0.1:{local} to port {remote} of {pod.name}")
            return
        hold(here, target, wanted)


def hold(here: Draft, target: Target, wanted: Wanted) -> None:
    """Stay connected until Ctrl-C."""
    with connected(here, target, wanted) as held:
        while True:
            held.look()
            held.news.wait(LOOK)
            held.news.clear()


@contextmanager
def connected(here: Draft, target: Target, wanted: Wanted) -> Iterator[Connection]:
    """A connection whose `look` keeps it to the right pod; closed after the block, with all of it."""
    from pipelinekit.adapters.door import Door

    first = _first(here, target, wanted)
    pairs = connection.pairs(first, wanted.ports, wanted.container)
    doors: dict[int, Door] = {}
    try:
        for local in pairs:
            doors[local] = Door(local)
        held = Connection(here, target, wanted, pairs, doors)
    except BaseException:
        for door in doors.values():
            door.close()
        raise
    try:
        yield held
    finally:
        held.close()


def _first(here: Draft, target: Target, wanted: Wanted) -> Pod:
    until, told = time.monotonic() + PATIENCE, False
    while True:
        found = here.pods.pods(target)
        if pod := connection.chosen(found, wanted.container):
            return pod
        if not found or time.monotonic() > until:
            hint = "`draft up` brings one; `draft status` says how it is"
            raise failed("no-pod", f"no pod of {target.name} is ready in {target.namespace}", hint=hint)
        if not told:
            report.say(f"waiting for a pod of {target.name}")
            told = True
        time.sleep(1.0)


class Connection:
    """Doors, the tunnel behind them, and the logs that are followed."""

    def __init__(
        self,
        here: Draft,
        target: Target,
        wanted: Wanted,
        pairs: dict[int, int],
        doors: dict[int, Door],
    ) -> None:
        from pipelinekit.adapters.cluster.pods import streams

        self.here, self.target, self.wanted = here, target, wanted
        self.pairs, self.doors = pairs, doors
        self.news = threading.Event()
        self.tunnel: Tunnel | None = None
        self.followed: dict[tuple[str, str], Stream] = {}
        self.last: dict[tuple[str, str], str] = {}
        self.said: set[str] = set()
        self.unanswered = ""
        """Why the cluster was not to be asked the last time."""
        self.streams = streams
        self.changes: Stream = streams.changes(here.kube, target, self.news.set)

    def look(self) -> None:
        """Go to the pod that is right now; what cannot be asked at the moment is asked again."""
        if self.changes.ended.is_set():
            self.changes = self.streams.changes(self.here.kube, self.target, self.news.set)
        # Whoever calls waits from then on, whether or not anybody can say where to.
        if self.tunnel and self.tunnel.stream.ended.is_set():
            self._leave()
        try:
            pods = self.here.pods.pods(self.target)
        except ToolFailed as error:
            self._say_once(error)
            return
        if self.unanswered:
            report.say("the cluster answers again")
            self.unanswered = ""
        pod = connection.chosen(pods, self.wanted.container)
        if pod and (self.tunnel is None or self.tunnel.pod != pod.name):
            self._go(pod)
        self._follow(pods, pod)

    def _say_once(self, error: ToolFailed) -> None:
        if str(error) != self.unanswered:
            report.error(error)
            report.say(f"asked again every {LOOK:g} s: ports and logs come back by themselves")
        self.unanswered = str(error)

    def _say_of(self, line: str) -> None:
        if line not in self.said:
            report.say(line)
        self.said.add(line)

    def _go(self, pod: Pod) -> None:
        self._open_debuggers(pod)
        if not self.pairs:
            return
        remotes = sorted(set(self.pairs.values()))
        tunnel = self.streams.Tunnel(self.here.kube, self.target, pod.name, remotes, self.news.set)
        if not tunnel.open(OPENING):
            tunnel.stream.stop()
            why = tunnel.stream.reason or f"not open after {OPENING:g} s"
            self._say_of(f"the ports of {pod.name} are not forwarded: {why}; tried again every {LOOK:g} s")
            return
        before, self.tunnel = self.tunnel, tunnel
        for local, remote in self.pairs.items():
            self.doors[local].lead_to(tunnel.ports[remote])
            what = f"127.0.0.1:{local} is port {remote} of {pod.name}"
            report.now(what) if before is None else report.say(what)
        if before:
            before.stream.stop()

    def _open_debuggers(self, pod: Pod) -> None:
        """A door for what an `up --debug` has brought since; one that is busy is said, and closes nothing."""
        from pipelinekit.adapters.door import Door

        for port in pod.debug:
            if port not in self.pairs.values() and port not in self.doors:
                try:
                    self.doors[port] = Door(port)
                except Refused as error:
                    report.error(error)
                else:
                    self.pairs[port] = port
                    report.now(f"127.0.0.1:{port} is the debugger's port {port} of {pod.name}")

    def _leave(self) -> None:
        for door in self.doors.values():
            door.lead_to(0)
        self.tunnel = None

    def _follow(self, pods: Sequence[Pod], pod: Pod | None) -> None:
        there = {each.name for each in pods}
        for each, stream in list(self.followed.items()):
            if stream.ended.is_set():
                del self.followed[each]
                # Everything else a pod's log may lack for a while.
                if FORBIDDEN in stream.reason:
                    self._say_of(f"there is no log of {each[0]} to be seen: {stream.reason}")
        for name, container in [each for each in self.last if each[0] in there]:
            self._listen(name, container)
        if pod:
            for container in [self.wanted.container] if self.wanted.container else pod.ports:
                self._listen(pod.name, container)

    def _listen(self, pod: str, container: str) -> None:
        key = (pod, container)
        if key in self.followed:
            return
        last = self.last.get(key, "")
        options = ["--since-time", last] if last else []
        if not last and not self.last and self.wanted.tail >= 0:
            options = ["--tail", str(self.wanted.tail)]
        self.last.setdefault(key, "")
        # Lines come in their order; the clock of their node may jump, and then all times are earlier ones.
        caught_up = False

        def hear(line: str) -> None:
            nonlocal caught_up
            stamp, space, text = line.partition(" ")
            if space and stamp.endswith("Z"):
                caught_up = caught_up or connection.fresh(stamp, last)
                if caught_up:
                    self.last[key] = stamp
                    report.now(text)

        self.followed[key] = self.streams.logs(self.here.kube, self.target, pod, container, options, hear)

    def close(self) -> None:
        """End every program, and close every port."""
        for door in self.doors.values():
            door.close()
        for stream in (self.changes, *self.followed.values(), *([self.tunnel.stream] if self.tunnel else ())):
            with suppress(RuntimeError):
                stream.stop()
