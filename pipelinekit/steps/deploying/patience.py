"""How long a deployment waits for what, and what it says when it gives up: the reason first, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from pipelinekit.errors import Fault, ToolFailed, failed
from pipelinekit.model.release import Target
from pipelinekit.model.trouble import Trouble
from pipelinekit.ports import Cluster, Say
from pipelinekit.steps.deploying import elsewhere
from pipelinekit.steps.deploying.outage import Outage

STARTING = 8.0
"""Seconds in which a pod that is not ready yet is no news."""

FORGOTTEN = 15.0
"""Seconds after which something that was awaited and came is waited for anew when it is missing again."""

LOOKS = 4
"""How often pods have to be seen well after Helm 3, which looks at one moment, and after a crash."""

MANY = 5
"""How many reasons are told."""

Clock = Callable[[], float]


class Patience:
    """One wait for a target's pods: what is in their way, since when, and what dead containers said.

    Logs are read while waiting, for a pod may be gone with its log when the wait ends.
    """

    def __init__(
        self,
        target: Target,
        cluster: Cluster,
        say: Say,
        timeout: int,
        clock: Clock = time.monotonic,
        elsewhere: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        """`elsewhere` says in which other namespaces there are pods, and is asked where it takes long."""
        self.target, self.cluster, self.say, self.clock = target, cluster, say, clock
        self._elsewhere = elsewhere
        self._places: tuple[str, ...] | None = None
        self.began = clock()
        self.until = self.began + timeout
        self._since: float | None = None
        self._told: set[str] = set()
        self._awaited: dict[str, float] = {}
        self._gone: dict[str, float] = {}
        self._lines: dict[tuple[str, str], tuple[str, ...]] = {}
        self._read: dict[tuple[str, str], int] = {}
        self._verdict: tuple[str, ...] = ()
        self._seen: tuple[Trouble, ...] = ()
        self._outage = Outage(clock)
        self._unwell = self._died = False

    def hopeless(self) -> bool:
        """Whether waiting longer is in vain; what is in the way is said once."""
        found = self._look()
        if found is None:
            said, over = self._outage.faults[0].problem, self._outage.is_final()
            # What ends the wait is its reason, and is told as that.
            if not over and self._is_news(said):
                self.say(said)
            return over
        self._seen = found or self._seen
        self._unwell = self._unwell or any(not each.starting for each in found)
        self._died = self._died or any(each.container for each in found)
        final = [each for each in found if each.final]
        if not final and self.clock() < self.began + STARTING:
            return False
        for what in self._awaited.keys() - {each.awaited for each in found}:
            self._gone.setdefault(what, self.clock())
        late = [text for each in found for text in [self._overdue(each)] if text]
        for each in found:
            self._tell(each)
        freed = [text for each in found for text in [self._free(each)] if text]
        self._verdict = (*(str(each) for each in final), *late, *freed)
        return bool(self._verdict)

    def steady(self, sleep: Callable[[float], None], looks: int) -> None:
        """Wait until pods are seen well so often, a second apart; `ToolFailed` when they do not get so.

        Once is enough where something was in trouble, and more than not ready yet, but for a container that
        has died: Helm, and we, may look in the very moment in which one that crashes has begun.
        """
        left = wanted = max(looks, LOOKS if self._died else 1 if self._unwell else 0)
        while left:
            found = self._look(kept=True)
            if found is None or found:
                left = wanted
                if self.hopeless() or self.clock() >= self.until:
                    raise failed("deploy-failed", "pods are not ready")
            else:
                left -= 1
            if left:
                sleep(1.0)

    def failure(self, error: ToolFailed) -> ToolFailed:
        """The error with the pods' own reasons first, once each; without any it stays as it is.

        A cluster that does not tell them now comes before all: what was seen of it is of before.
        """
        found = self._seen
        if not (self._verdict or self._outage.is_final()):
            found = self._look() or found
        if not found and not self._outage.faults and not _own_words(error):
            # Pods that this deployment has not replaced: what it brought is not what they lack.
            found = self._look(kept=True) or found
        reasons = self._verdict or tuple(str(each) for each in found)
        if not reasons and not self._outage.faults:
            return error
        place = f"{self.target.place}: "
        faults = [Fault("not-ready", place + each, hint=self._words(each, found)) for each in reasons[:MANY]]
        return ToolFailed(*self._outage.faults, *faults, *_own_words(error))

    def _look(self, *, kept: bool = False) -> tuple[Trouble, ...] | None:
        """What is in the way, with its logs kept; None where the cluster does not tell it now.

        It is that of pods made since this wait has begun, and with `kept` of older ones that stay.
        """
        try:
            if self._places is None and self.clock() >= self.began + STARTING:
                self._places = self._elsewhere()
            given = (self.cluster, self.target, self._places or (), self._beginning())
            told = elsewhere.troubles(*given, kept=kept)
            found = tuple(each for each in told if not each.scheduled)
        except ToolFailed as error:
            self._outage.note(error)
            return None
        self._outage.end()
        # A log that is not told now is asked for again at the next look, which says why.
        with suppress(ToolFailed):
            self._keep_lines(found)
        return found

    def _beginning(self) -> float:
        """When it began, by the clock by which the cluster dates pods; these carry whole seconds."""
        if self._since is not None:
            return self._since
        told, ago = self.cluster.now(self.target), self.clock() - self.began + 2
        if not told:
            return time.time() - ago
        self._since = told - ago
        return self._since

    def _words(self, reason: str, found: tuple[Trouble, ...]) -> str:
        trouble = next((each for each in found if reason.startswith(str(each))), None)
        lines = self._lines.get(_log(trouble), ()) if trouble else ()
        said = (
            [f"{trouble.container} said last:", *(f"  {line}" for line in lines)] if trouble and lines else []
        )
        what = trouble.subject if trouble else "pods"
        place = elsewhere.at(self.target, trouble) if trouble else self.target
        return "\n".join([*said, f"{place.kubectl} describe {what}"])

    def _keep_lines(self, found: tuple[Trouble, ...]) -> None:
        for each in found:
            if each.container and self._read.get(_log(each)) != each.restarts:
                lines = self.cluster.last_lines(elsewhere.at(self.target, each), each)
                if lines:
                    self._lines[_log(each)], self._read[_log(each)] = lines, each.restarts

    def _overdue(self, trouble: Trouble) -> str:
        """What to say about something awaited that did not come in time, or empty."""
        if trouble.final or not trouble.awaited:
            return ""
        now = self.clock()
        gone = self._gone.pop(trouble.awaited, now)
        if now > gone + FORGOTTEN:
            self._awaited.pop(trouble.awaited, None)
        first = self._awaited.setdefault(trouble.awaited, now)
        if now < first + trouble.patience:
            return ""
        return f"{trouble}; waited {now - first:.0f} s for {trouble.awaited}"

    def _tell(self, trouble: Trouble) -> None:
        what = trouble.awaited or str(trouble)
        if trouble.final or not self._is_news(what):
            return
        left = min(trouble.patience, int(self.until - self.clock()))
        bound = f"; waits up to {left} s for {trouble.awaited}" if trouble.awaited else ""
        self.say(f"{trouble}{bound}")

    def _is_news(self, what: str) -> bool:
        """Whether it is told for the first time, which it is by that."""
        news = what not in self._told
        self._told.add(what)
        return news

    def _free(self, trouble: Trouble) -> str:
        """Delete a pod that nothing else replaces; what to say when that was not allowed, or empty."""
        if not trouble.stuck:
            return ""
        refusal = self.cluster.free(elsewhere.at(self.target, trouble), trouble.stuck)
        if refusal:
            return f"{trouble}; it could not be deleted either ({refusal})"
        self.say(f"deleting pod {trouble.stuck}, so that it is made anew")
        return ""


def with_ending(error: ToolFailed, ending: str) -> ToolFailed:
    """The error, and below its first reason how things were left, in which that reason is not told again."""
    first, *rest = error.faults
    ending = ending.replace(f": {first.problem}", " either, for the same reason")
    return ToolFailed(replace(first, hint="\n".join(part for part in (first.hint, ending) if part)), *rest)


def _log(trouble: Trouble) -> tuple[str, str]:
    return f"{trouble.namespace} {trouble.subject}", trouble.container


def _own_words(error: ToolFailed) -> tuple[Fault, ...]:
    """What Helm said, unless it only says that it was stopped or that time was up."""
    noise = ("context deadline exceeded", "context canceled", "interrupt", "not ready", "resource ")
    return tuple(each for each in error.faults if not any(sign in each.problem for sign in noise))
