"""What one verb of a `run` begins for those after it while it waits for an engine, and waits it leaves them.

Nothing here decides: whoever takes an early answer holds it against what counts then, or asks again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

AT_ONCE = 6
"""How much is under way beside a verb."""
ENDING = 1.0
"""Seconds that early work which nobody waits for any more gets to clear up behind itself."""


class Ahead:
    """Early work by its name, and the moment from which somebody else's doing shows."""

    def __init__(self) -> None:
        self.verbs: frozenset[str] = frozenset()
        """Those that run."""
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._begun: dict[str, tuple[float, Future[Any]]] = {}
        self._owed: list[Future[object]] = []
        self._due = 0.0
        self.known: dict[object, tuple[object, Any]] = {}
        """What was asked before, and what it looked like then."""

    def begin(self, name: str, work: Callable[[], object]) -> None:
        """Begin some work; what it raises is nobody's concern, for it will be tried again."""
        self._begun[name] = time.monotonic(), self._pool.submit(work)

    def take(self, name: str, age: float = math.inf) -> Any:
        """What some work came to, once; None when it was not begun, has failed, or was begun longer ago than
        `age` seconds."""
        found = self.look(name, age)
        self._begun.pop(name, None)
        return found

    def look(self, name: str, age: float = math.inf) -> Any:
        """What `take` will give; it stays to be taken."""
        begun, future = self._begun.get(name, (-math.inf, None))
        if future is None or time.monotonic() - begun > age or future.exception():
            return None
        return future.result()

    def owe(self, work: Callable[[], object]) -> None:
        """Begin what a verb has to have done, and need not wait for; what it raises is raised by `pay`."""
        self.pay()  # one after the other
        self._owed.append(self._pool.submit(work))

    def pay(self) -> None:
        """Wait for what is owed."""
        while self._owed:
            self._owed.pop(0).result()

    def later(self, seconds: float) -> None:
        """In place of a sleep: the next who asks waits for what is left of it."""
        self._due = time.monotonic() + seconds

    def wait(self) -> None:
        """Wait for what is left."""
        time.sleep(max(0.0, self._due - time.monotonic()))

    def close(self) -> None:
        """Begin nothing more, and end what is owed."""
        try:
            self.pay()
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)
            wait([future for _, future in self._begun.values()], ENDING)


_open: list[Ahead] = []
"""That of the `run` that is under way, if one is."""


def again(what: object, stamp: Callable[[], object | None], ask: Callable[[], T]) -> T:
    """What `ask` says; in a `run`, what it said before when the stamp is the same, and there is one."""
    here = current()
    if here is None:
        return ask()
    # Taken before the question: what is touched meanwhile makes it another.
    now = stamp()
    before, said = here.known.get(what, (None, None))
    if now is not None and now == before:
        return said  # type: ignore[no-any-return]
    answer = ask()
    here.known[what] = (now, answer)
    return answer


@contextmanager
def opened() -> Iterator[Ahead]:
    """Let the verbs that are called in the block work ahead for each other."""
    here = Ahead()
    _open.append(here)
    try:
        yield here
    finally:
        _open.remove(here)
        here.close()


def current() -> Ahead | None:
    """That of the `run` that is under way."""
    return _open[-1] if _open else None


def taken(name: str, age: float = math.inf) -> Any:
    """What an earlier verb has begun under that name, so many seconds ago at most, came to, or None."""
    here = current()
    return here.take(name, age) if here else None


def beside(then: str, work: Callable[[], object]) -> None:
    """Do it beside the verb `then`, where it comes next, which calls `paid` before it needs that."""
    here = current()
    if here and then in here.verbs:
        here.owe(work)
    else:
        work()


def paid() -> None:
    """Wait for what an earlier verb has left to be done beside this one."""
    here = current()
    if here:
        here.pay()


def settling(then: str) -> Callable[[float], None]:
    """How to wait until a rival's doing shows: beside the verb `then`, where it comes next and asks again."""
    here = current()
    return here.later if here and then in here.verbs else time.sleep


def settled() -> None:
    """Wait until what the verb before has published can be held against what others did meanwhile."""
    here = current()
    if here:
        here.wait()
