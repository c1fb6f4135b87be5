"""What changes below a folder, as the system tells it; where it cannot, looked for within bounds."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchfiles.main import FileChange

POLL = 1000
"""Milliseconds between two looks where the system tells nothing."""
OPEN = 200
"""Milliseconds until silence says that the watch is open."""
UNREADABLE = "decode path"
LIMIT = "the system's limit of watched folders is reached: sysctl fs.inotify.max_user_watches=524288"
DENIED = "a folder in it may not be read, so nothing tells of changes: let it be read, or move it elsewhere"
NO_TEXT = "a name in it is no text, so nothing tells of changes: rename what has it"
TRIES = 5
"""How often in a row a watch may end before it has told anything."""


def changes(
    root: Path,
    counts: Callable[[str], bool],
    settle: float,
    say: Callable[[str], None],
    also: Callable[[], bool] = lambda: False,
) -> Iterator[int]:
    """How many paths have changed, each time that nothing has for `settle` seconds; 0 once it watches.

    0 as well when nothing has changed and `also` says that there is news; it is asked five times a second.

    `counts` says of a path relative to `root` whether it matters. Which files they are says nothing more:
    whoever hears it compares the whole folder, so that no lost event makes anything stale.
    """
    import watchfiles

    before = os.fspath(root.resolve()).rstrip("/") + "/"

    def matters(_: watchfiles.Change, path: str) -> bool:
        return counts(path.removeprefix(before))

    quiet = max(50, int(settle * 1000))
    polled: bool | None = None
    watching, missed = False, 0
    while True:
        there = _waited_for(root, say)
        try:
            for batch in _batches(
                root.resolve(),
                watch_filter=matters,
                debounce=max(1600, quiet * 5),
                step=quiet,
                raise_interrupt=True,
                force_polling=polled,
                poll_delay_ms=POLL,
                # Where the system tells, this would pass over its limit in silence as well.
                ignore_permission_denied=bool(polled),
                rust_timeout=OPEN,
                yield_on_timeout=True,
            ):
                if _identity(root) != there:
                    # Another folder stands there, or none: the system tells of the one that was.
                    watching, missed = False, 1
                    break
                if batch and not polled:
                    _require_room(root)
                if batch or not watching or also():
                    yield max(len(batch), missed)
                    watching, missed = True, 0
            else:
                return
        except OSError as error:
            if _identity(root) != there:
                watching, missed = False, 1
                continue
            why = _limit(error)
            if polled or not why:
                raise
            say(f"{why}; until then the folder is looked at every second")
            # What changes until it is looked at nobody tells: then, and not before, is the moment to compare.
            polled, watching, missed = True, False, int(watching)


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder stands there now; None for none."""
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _waited_for(root: Path, say: Callable[[str], None]) -> tuple[int, int]:
    """Which folder stands there, once one does: a checkout takes it away, and the next one brings it back."""
    told = False
    while (there := _identity(root)) is None:
        if not told:
            say(f"there is no folder {root} any more: nothing is brought up until there is one")
        told = True
        time.sleep(POLL / 1000)
    return there


def _batches(root: Path, **options: Any) -> Iterator[set[FileChange]]:
    """What watchfiles tells. A name that is no text ends its watch: it is begun again, and once it is open,
    something is said to have changed. Raises `OSError` where it never opens: a folder has such a name."""
    import watchfiles
    from watchfiles._rust_notify import WatchfilesRustInternalError

    missed: set[FileChange] = set()
    left = TRIES
    while True:
        try:
            for batch in watchfiles.watch(root, **options):
                yield batch or missed
                missed, left = set(), TRIES
        except WatchfilesRustInternalError as error:
            if UNREADABLE not in str(error):
                raise
            left -= 1
            if not left:
                raise OSError(errno.EILSEQ, str(error)) from error
            missed = {(watchfiles.Change.modified, "")}
        else:
            return


def _require_room(root: Path) -> None:
    """Raise `OSError` where no folder more can be watched: one that was made just now may be among these,
    and of that nobody tells."""
    from watchfiles._rust_notify import RustNotify

    RustNotify([str(root)], False, False, POLL, False, False).close()


def _limit(error: OSError) -> str:
    """Why the system does not tell of changes, and what mends it; empty for another error."""
    if isinstance(error, PermissionError):
        return DENIED
    if error.errno == errno.EILSEQ:
        return NO_TEXT
    full = error.errno in {errno.ENOSPC, errno.EMFILE}
    return LIMIT if full or any(word in str(error) for word in ("inotify", "MaxFilesWatch")) else ""
