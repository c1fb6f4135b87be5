"""What one verb of a `run` begins for those after it while it waits for an engine, and waits it leaves them.

Nothing here decides: whoever takes an early answer holds it against what counts then, or asks again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

AT_ONCE = 2
"""How much is under way beside the engine."""


class Ahead:
    """Early work by its name, and the moment from which somebody else's doing shows."""

    def __init__(self, verbs: Collection[str]) -> None:
        self.verbs = frozenset(verbs)
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._begun: dict[str, Future[Any]] = {}
        self._due = 0.0

    def begin(self, name: str, work: Callable[[], object]) -> None:
        """Begin some work; what it raises is nobody's concern, for it will be tried again."""
        self._begun[name] = self._pool.submit(work)

    def take(self, name: str) -> Any:
        """What some work came to, once; None when it was not begun, or has failed."""
        future = self._begun.pop(name, None)
        if future is None or future.exception():
            return None
        return future.result()

    def later(self, seconds: float) -> None:
        """In place of a sleep: the next who asks waits for what is left of it."""
        self._due = time.monotonic() + seconds

    def wait(self) -> None:
        """Wait for what is left."""
        time.sleep(max(0.0, self._due - time.monotonic()))

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


_open: list[Ahead] = []
"""That of the `run` that is under way, if one is."""


@contextmanager
def opened(verbs: Collection[str]) -> Iterator[None]:
    """Let these verbs, which are called in the block, work ahead for each other."""
    _open.append(Ahead(verbs))
    try:
        yield
    finally:
        _open.pop().close()


def current() -> Ahead | None:
    """That of the `run` that is under way."""
    return _open[-1] if _open else None


def taken(name: str) -> Any:
    """What an earlier verb has begun under that name came to, or None."""
    here = current()
    return here.take(name) if here else None


def settling(then: str) -> Callable[[float], None]:
    """How to wait until a rival's doing shows: beside the verb `then`, where it comes next and asks again."""
    here = current()
    return here.later if here and then in here.verbs else time.sleep


def settled() -> None:
    """Wait until what the verb before has published can be held against what others did meanwhile."""
    here = current()
    if here:
        here.wait()
