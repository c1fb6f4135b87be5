"""What changes below a folder, as the system tells it; where it cannot, looked for within bounds."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

POLL = 1000
"""Milliseconds between two looks where the system tells nothing."""
OPEN = 200
"""Milliseconds until silence says that the watch is open."""
LIMIT = "the system's limit of watched folders is reached: sysctl fs.inotify.max_user_watches=524288"


def changes(
    root: Path, counts: Callable[[str], bool], settle: int, say: Callable[[str], None]
) -> Iterator[int]:
    """How many paths have changed, each time that nothing has for `settle` seconds; 0 once it watches.

    `counts` says of a path relative to `root` whether it matters. Which files they are says nothing more:
    whoever hears it compares the whole folder, so that no lost event makes anything stale.
    """
    import watchfiles

    def matters(_: watchfiles.Change, path: str) -> bool:
        return counts(Path(path).relative_to(root.resolve()).as_posix())

    quiet = max(50, settle * 1000)
    polled: bool | None = None
    watching = False
    while True:
        try:
            for batch in watchfiles.watch(
                root.resolve(),
                watch_filter=matters,
                debounce=max(1600, quiet * 5),
                step=quiet,
                raise_interrupt=True,
                force_polling=polled,
                poll_delay_ms=POLL,
                ignore_permission_denied=True,
                rust_timeout=OPEN,
                yield_on_timeout=True,
            ):
                if batch or not watching:
                    watching = True
                    yield len(batch)
        except OSError as error:
            if polled or (error.errno != errno.ENOSPC and "inotify" not in str(error)):
                raise
            say(f"{LIMIT}; until then the folder is looked at every second")
            polled = True
            # What has changed meanwhile nobody has told.
            yield 1
        else:
            return
