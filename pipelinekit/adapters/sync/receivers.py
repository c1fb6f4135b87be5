"""The receivers in pods: kubectl starts the image's own runtime with a small program, and feeds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pipelinekit.adapters.sync.streams import Streams, unanswered
from pipelinekit.model.release import Target
from pipelinekit.model.sources import Applied, Compared, Content, Sending, Tree
from pipelinekit.plan.sync.values import FOLDER, words

PATIENCE = 30
"""Seconds until a program that was begun again has to answer."""
_ENDINGS = {"python": "py", "node": "js", "sh": "sh"}
_STATES = ("", "running", "ended", "silent")
_CODES = range(256)

T = TypeVar("T")


@cache
def programs(runtime: str) -> Mapping[str, str]:
    """The texts of `fill`, `run` and `receive` for a runtime; a shell has nothing to run again."""
    folder = Path(__file__).with_name("inside")
    names = ("fill", "receive") if runtime == "sh" else ("fill", "run", "receive")
    return {name: (folder / f"{name}.{_ENDINGS[runtime]}").read_text() for name in names}


class PodReceivers:
    """Those of the cluster that a kubeconfig leads to, in images with that runtime and sources in `path`."""

    def __init__(self, env: Mapping[str, str], runtime: str, path: str) -> None:
        self._streams = Streams(env, words(runtime, programs(runtime)["receive"], path, FOLDER))

    def compare(self, target: Target, pod: str, container: str, tree: Tree) -> Compared:
        """What a pod's folder has otherwise; raises `ToolFailed` where nobody answers."""

        def read(found: Mapping[str, Any]) -> Compared:
            # What runs there may answer anything: nothing but what was asked for is lacking.
            lacking = tuple(dict.fromkeys(each for each in found["lacking"] if each in tree))
            extra = tuple(str(each) for each in found["extra"])
            due = bool(found.get("due"))
            return Compared(known=bool(found["known"]), lacking=lacking, extra=extra, due=due)

        return self._ask(target, pod, container, {"ask": True, "tree": tree}, read)

    def apply(self, target: Target, pod: str, container: str, sending: Sending) -> Applied:
        """Write a batch, whole or not at all, and begin the program again.

        Raises `ToolFailed` where nobody answers.
        """
        put = [_line(path, each) for path, each in sending.contents.items()]
        head: dict[str, Any] = {
            "ask": False,
            "tree": sending.tree,
            "base": sending.base,
            "gone": sending.gone,
            "put": put,
        }
        head |= {"again": sending.again, "port": sending.port, "patience": PATIENCE}
        data = [each.data for each in sending.contents.values() if each.entry.kind == "f"]
        return self._ask(target, pod, container, head, _applied, data)

    def only(self, pods: Collection[str]) -> None:
        """End the ways to other pods than these."""
        self._streams.only(pods)

    def close(self) -> None:
        """End all ways; whoever asks again begins a new one."""
        self._streams.close()

    def _ask(
        self,
        target: Target,
        pod: str,
        container: str,
        head: Mapping[str, Any],
        read: Callable[[Mapping[str, Any]], T],
        data: Iterable[bytes] = (),
    ) -> T:
        told = (json.dumps(head).encode() + b"\n", *data)
        answer = self._streams.ask(target, pod, container, lambda: told, lambda _: True)
        # Anything else than an answer is none, whoever has said it.
        with suppress(LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            (line,) = answer
            found = json.loads(line)
            if "failed" in found:
                raise unanswered(pod, container, str(found["failed"]))
            return read(found)
        # What comes after it would be taken for the next one's.
        self._streams.only(())
        raise unanswered(pod, container, "what it says is no answer")


def _applied(found: Mapping[str, Any]) -> Applied:
    if "lost" in found:
        return Applied(state="lost")
    digest, state, code = str(found["digest"]), found.get("state", ""), int(found.get("code", 0))
    if state not in _STATES or code not in _CODES:
        raise ValueError
    return Applied(digest=digest, state=state, code=code)


def _line(path: str, content: Content) -> list[object]:
    kind, mode, _ = content.entry
    what = len(content.data) if kind == "f" else content.data.decode()
    return [path, kind, mode, what]
