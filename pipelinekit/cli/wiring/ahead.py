"""What one verb of a `run` begins for those after it while it waits for an engine, and waits it leaves them.

Nothing here decides: whoever takes an early answer holds it against what counts then, or asks again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from pipelinekit.adapters.disk import momentary

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

AT_ONCE = 6
"""How much is under way beside a verb."""
KEPT = 300.0
"""Seconds for which the verbs of a `run` share what they work with: a login may be good for no longer."""
ENDING = 1.0
"""Seconds that early work which nobody waits for any more gets to clear up behind itself."""


class Ahead:
    """Early work by its name, and the moment from which somebody else's doing shows."""

    def __init__(self) -> None:
        self.verbs: frozenset[str] = frozenset()
        """Those that run."""
        from concurrent.futures import ThreadPoolExecutor

        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._begun: dict[str, tuple[float, Future[Any]]] = {}
        self._owed: list[Future[object]] = []
        self._due = 0.0
        self.unrecorded = False
        """Whether the ledger has not taken what one of the verbs told."""
        self._kept: ExitStack | None = ExitStack()
        self._keeping = Lock()
        self.known: dict[object, tuple[object, Any]] = {}
        """What was asked before, and what it looked like then."""
        self.shared: dict[object, tuple[float, Any]] = {}
        """What the verbs work with, and when it was made."""

    def begin(self, name: str, work: Callable[[], object]) -> None:
        """Begin some work; what it raises is nobody's concern, for it will be tried again."""
        self._begun[name] = time.monotonic(), self._pool.submit(work)

    def has(self, name: str) -> bool:
        """Whether some work of that name was begun, and nobody has taken what it came to."""
        return name in self._begun

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

    def cleared(self) -> None:
        """Wait for what is owed, and leave what it raises to `pay`."""
        from concurrent.futures import wait

        wait(list(self._owed))

    def pay(self) -> None:
        """Wait for what is owed."""
        while self._owed:
            self._owed.pop(0).result()

    def later(self, seconds: float) -> None:
        """In place of a sleep: the next who asks waits for what is left of it."""
        self._due = time.monotonic() + seconds

    def wait(self) -> bool:
        """Wait for what is left, once; False where there is nothing to wait for."""
        due, self._due = self._due, 0.0
        time.sleep(max(0.0, due - time.monotonic()))
        return bool(due)

    def keep(self, opened: AbstractContextManager[T]) -> T:
        """Open what the verbs after this one work with; it is closed at the end of the `run`.

        Raises `RuntimeError` after that, or what comes late would be left open.
        """
        with self._keeping:
            if self._kept is None:
                raise RuntimeError("the run has ended")
            return self._kept.enter_context(opened)

    def close(self) -> None:
        """Begin nothing more, and end what is owed."""
        from concurrent.futures import wait

        try:
            self.pay()
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)
            wait([future for _, future in self._begun.values()], ENDING)
            with self._keeping:
                kept, self._kept = self._kept, None
            if kept is not None:
                kept.close()


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


def kept(what: object, make: Callable[[], T]) -> T:
    """What `make` makes; in a `run` one for all its verbs, with the connections and logins that it has."""
    here = current()
    if here is None:
        return make()
    made, found = here.shared.get(what, (-math.inf, None))
    if time.monotonic() - made < KEPT:
        return found  # type: ignore[no-any-return]
    new = make()
    if found not in (None, new):
        # The rest was made with what counted before.
        here.shared.clear()
    here.shared[what] = time.monotonic(), new
    return new


def renew(what: object) -> None:
    """Have the next `kept` of it ask again: something is decided by it now."""
    here = current()
    if here and what in here.shared:
        here.shared[what] = -math.inf, here.shared[what][1]


@contextmanager
def opened() -> Iterator[Ahead]:
    """Let the verbs that are called in the block work ahead for each other."""
    # The first folder of the moment is made by early work, and only the main thread may heed signals.
    momentary.heed()
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
    """Do it beside the verb `then`, where it comes next, which waits by `cleared` where it needs that."""
    here = current()
    if here and then in here.verbs:
        here.owe(work)
    else:
        work()


def cleared() -> None:
    """Wait for what an earlier verb has left to be done beside this one; what it raises ends the `run`."""
    here = current()
    if here:
        here.cleared()


def unrecorded() -> None:
    """The ledger has not taken something: whoever reads the last line of the `run` has to know."""
    here = current()
    if here:
        here.unrecorded = True


def settling(then: str) -> Callable[[float], None]:
    """How to wait until a rival's doing shows: beside the verb `then`, where it comes next and asks again."""
    here = current()
    return here.later if here and then in here.verbs else time.sleep


def settled(then: str = "") -> bool:
    """Wait until what a verb before has published can be held against what others did meanwhile.

    Where the verb `then` comes next, it is that one's to wait. True where there was something to wait for:
    then the registry is to be asked.
    """
    here = current()
    if here is None or then in here.verbs:
        return False
    return here.wait()
