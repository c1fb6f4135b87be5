"""kubectl's long-lived programs: port-forward, logs, watch; each in a thread that ends with its program."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence

from pipelinekit.adapters.running import process
from pipelinekit.model.draft import DRAFT
from pipelinekit.model.release import Target

TICK = 0.2
"""Seconds between two looks whether it should end."""
_FORWARDING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) -> (\d+)")


class Stream:
    """One program, started at once; `ended` is set when it is over, whatever ended it."""

    def __init__(
        self,
        env: Mapping[str, str],
        words: Sequence[str],
        line: Callable[[str], None],
        done: Callable[[], None] = lambda: None,
    ) -> None:
        self._env = env
        self._words = list(words)
        self._line = line
        self._done = done
        self._stop = threading.Event()
        self.ended = threading.Event()
        self.reason = ""
        """Why it has ended, where it did so by itself and not well."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Have it end, and wait for that."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            done = process.watch(
                self._words, env=self._env, line=self._line, tick=self._stop.is_set, every=TICK
            )
            self.reason = done.reason() if done.code and not self._stop.is_set() else ""
        finally:
            self.ended.set()
            self._done()


class Tunnel:
    """`kubectl port-forward` to one pod. `ports` has local ports by remote ones once it is `open`."""

    def __init__(
        self,
        env: Mapping[str, str],
        target: Target,
        pod: str,
        remotes: Sequence[int],
        done: Callable[[], None],
    ) -> None:
        self.pod = pod
        self.ports: dict[int, int] = {}
        self._wanted = set(remotes)
        self._settled = threading.Event()

        def ended() -> None:
            # One that never led anywhere is no news: told at once, it would be tried again without a pause.
            lost = self._whole
            self._settled.set()
            if lost:
                done()

        words = ["kubectl", "port-forward", f"pod/{pod}", *(f":{each}" for each in sorted(self._wanted))]
        self.stream = Stream(env, [*words, "--address", "127.0.0.1", *_scope(target)], self._hear, ended)

    def open(self, seconds: float) -> bool:
        """Whether all ports are forwarded within so many seconds."""
        self._settled.wait(seconds)
        return self._whole and not self.stream.ended.is_set()

    @property
    def _whole(self) -> bool:
        return set(self.ports) == self._wanted

    def _hear(self, line: str) -> None:
        if match := _FORWARDING.match(line):
            self.ports[int(match[2])] = int(match[1])
            if self._whole:
                self._settled.set()


def logs(
    env: Mapping[str, str],
    target: Target,
    pod: str,
    container: str,
    options: Sequence[str],
    line: Callable[[str], None],
) -> Stream:
    """`kubectl logs --follow` of one container, with times. Its end is no news: that of a pod is."""
    words = ["kubectl", "logs", "--follow", pod, "--container", container, "--timestamps", *options]
    return Stream(env, [*words, *_scope(target)], line)


def changes(env: Mapping[str, str], target: Target, changed: Callable[[], None]) -> Stream:
    """Tells of every change of the release's pods; not of its own end, which may come at once each time."""
    words = ["kubectl", "get", "pods", "--selector", f"{DRAFT}={target.name}", "--watch", "--output", "name"]
    return Stream(env, [*words, *_scope(target)], lambda _: changed())


def _scope(target: Target) -> list[str]:
    return ["--namespace", target.namespace, "--context", target.context]
