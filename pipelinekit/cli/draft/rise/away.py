"""Who an `up` needs and who does not answer: told once, looked for, and gone on without a word of anybody's.

An engine, a registry or an API server may be away at each moment of an `up`, and each says that in words of
its own. So whoever has failed asks all of them whether they are there.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from pipelinekit.cli.output import report
from pipelinekit.errors import PipelinekitError, ToolFailed, ToolMissing
from pipelinekit.ports import DENIED

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.release import Target

FIRST, LONGEST = 1.0, 30.0
"""Seconds until the first look, and between two: each pause is twice the one before."""
IN_TIME = 5.0
"""Seconds in which somebody who is there answers."""
CLUSTER = frozenset(("cluster-unreachable",))
"""Of nobody else is the answer missing then."""
PASSING = CLUSTER | {"engine-lost", "engine-missing", "registry-unreachable"}
"""What is tried again although all of them answer by now: they were away for a moment."""

Question = Callable[[], object]
"""Raises where nobody answers, or the answer is that of somebody who is not there yet."""


def questions(here: Draft, target: Target) -> Mapping[str, Question]:
    """What to ask each of those that an `up` needs, by what it is called."""
    found: dict[str, Question] = {_cluster(target): partial(_ask_cluster, here, target)}
    found["the engine that builds"] = _ask_engine
    if host := here.platform.images.registry:
        found[f"registry {host}"] = partial(_ask_registry, here, host)
    return found


def _cluster(target: Target) -> str:
    return f"the API server of {target.context}"


def _ask_cluster(here: Draft, target: Target) -> None:
    here.cluster.ping(target.context)


def _ask_engine() -> None:
    from pipelinekit.adapters.build import engines

    engines.require_answer(os.environ, IN_TIME)


def _ask_registry(here: Draft, host: str) -> None:
    from pipelinekit.adapters.registry.oci import OciRegistry

    # One of its own: what another has found out about a host that was away holds no longer.
    OciRegistry(here.login).require_answer(host)


class Waiting:
    """What one `up --watch` waits for, and when it looks again."""

    def __init__(self, here: Draft, target: Target, clock: Callable[[], float] = time.monotonic) -> None:
        self.here, self.target, self._clock = here, target, clock
        self.whom: tuple[str, ...] = ()
        """Who is away."""
        self._due = self._pause = 0.0
        self._asking: dict[str, threading.Thread] = {}

    def failed(self, error: PipelinekitError) -> None:
        """Find out whether somebody is away for whom it has failed; and if so, say how it goes on."""
        code, before = error.faults[0].code, self.whom
        # What the documents say wrong, or what is refused, is so whoever answers.
        if isinstance(error, (ToolFailed, ToolMissing)):
            self.whom = self._away({_cluster(self.target)} if code in CLUSTER else None)
        else:
            self.whom = ()
        if not (self.whom or code in PASSING):
            self.over()
            return
        self._later()
        if self.whom and self.whom != before:
            report.say(
                f"{self.told}: looked for after {FIRST:g} s, then less often, at least"
                f" every {LONGEST:g} s; it goes on by itself, with what has changed meanwhile"
            )

    def pending(self) -> bool:
        """Whether it is time for another try: whoever was away answers. Asks them where a look is due."""
        if not 0 < self._due <= self._clock():
            return False
        if not self.still():
            return True
        self._later()
        return False

    def still(self) -> bool:
        """Whether somebody that it has failed for is away even now."""
        if not self.whom:
            return False
        left = self._away(set(self.whom))
        for each in self.whom:
            if each not in left:
                report.say(f"{each} answers again")
        self.whom = left
        return bool(left)

    def over(self) -> None:
        """It has gone well, or has failed for another reason: nobody is waited for."""
        self.whom, self._due, self._pause = (), 0.0, 0.0

    @property
    def told(self) -> str:
        """For whom it waits, in a few words."""
        return f"waiting for {', '.join(self.whom)}"

    @property
    def is_on(self) -> bool:
        """Whether a look is to come."""
        return self._due > 0

    def _later(self) -> None:
        self._pause = min(max(FIRST, 2 * self._pause), LONGEST)
        self._due = self._clock() + self._pause

    def _away(self, which: set[str] | None = None) -> tuple[str, ...]:
        """Those of these, or of all, that do not answer in time; who still owes an answer is not asked."""
        asked = questions(self.here, self.target)
        there: set[str] = set()

        def ask(name: str, question: Question) -> None:
            try:
                question()
            except PipelinekitError as error:
                # What refuses us answers: for that nobody has to wait.
                if error.faults[0].code not in _ANSWERS:
                    return
            there.add(name)

        for name in asked:
            before = self._asking.get(name)
            if (which is None or name in which) and not (before and before.is_alive()):
                self._asking[name] = threading.Thread(target=ask, args=(name, asked[name]), daemon=True)
                self._asking[name].start()
        until = time.monotonic() + IN_TIME
        wanted = [each for each in asked if which is None or each in which]
        for name in wanted:
            self._asking[name].join(max(0.0, until - time.monotonic()))
        return tuple(each for each in wanted if each not in there)


_ANSWERS = frozenset(
    (DENIED, "cluster-login", "cluster-untrusted", "cluster-denied", "registry-untrusted", "engine-denied")
)
