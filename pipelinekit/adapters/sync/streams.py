"""The ways to receivers in pods: one `kubectl exec` for each container, which stays open between batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from pipelinekit.adapters.running.conversation import Conversation, Gone
from pipelinekit.errors import ToolFailed, failed
from pipelinekit.model.release import Target

LONGEST = 500
"""Characters that are told of what a pod says: anything may run there."""
LATEST = 120
"""Seconds that a batch may take, all in all."""

_Key = tuple[str, str, str, str]
"""Context, namespace, pod, container."""


class Streams:
    """Those of the cluster that a kubeconfig leads to; at their ends are programs that begin with `words`."""

    def __init__(self, env: Mapping[str, str], words: Sequence[str]) -> None:
        self.env, self.words = env, words
        self._open: dict[_Key, Conversation] = {}

    def ask(
        self,
        target: Target,
        pod: str,
        container: str,
        told: Callable[[], Iterable[bytes]],
        is_last: Callable[[bytes], bool],
    ) -> list[bytes]:
        """The lines of a receiver's answer; raises `ToolFailed` where nobody answers.

        A stream that has ended is begun again, and what was told to its end is told once more: a batch says
        which folder it is made for, and is lost on any other.
        """
        key = (target.context, target.namespace, pod, container)
        before = self._open.get(key)
        try:
            if before and before.going():
                try:
                    return before.ask(told(), is_last, LATEST)
                except Gone as gone:
                    if not gone.over:
                        raise
            return self._begun(key).ask(told(), is_last, LATEST)
        except Gone as gone:
            raise unanswered(pod, container, str(gone)) from None

    def only(self, pods: Collection[str]) -> None:
        """End those to other pods than these."""
        for key in [each for each in self._open if each[2] not in pods]:
            self._open.pop(key).close()

    def close(self) -> None:
        """End all."""
        self.only(())

    def _begun(self, key: _Key) -> Conversation:
        if before := self._open.pop(key, None):
            before.close()
        context, namespace, pod, container = key
        scope = ["--namespace", namespace, "--context", context, "--container", container]
        made = Conversation(["kubectl", "exec", "--stdin", pod, *scope, "--", *self.words], self.env)
        self._open[key] = made
        return made


def unanswered(pod: str, container: str, reason: str) -> ToolFailed:
    """What is told of a receiver that gives no answer."""
    return failed("sync-failed", f"{container} of {pod}: {reason[:LONGEST]}", hint="`draft up` builds")
