"""A path that is typed: what this system refuses as one is told before a verb looks for it."""

from __future__ import annotations

import errno
import os

from pipelinekit.errors import usage

_NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR)
"""What a verb says itself, or makes: a file that is still to be written is not there either."""
_HINTS = {
    errno.ENAMETOOLONG: "a name has 255 bytes at most, a path 4095",
    errno.ELOOP: "a link on its way leads back to itself: `ls -l` shows where to",
    errno.EACCES: "check the owner and the permissions of the folders on its way",
}
_SHOWN = 60


def on_disk(typed: str) -> str:
    """What was typed, a path or an address, as it is; `UsageError` for a path that this system refuses."""
    if not typed or "://" in typed:
        return typed
    try:
        # What is in a folder that cannot be entered is refused as well.
        os.stat(f"{typed}/.")  # noqa: PTH116 - a Path would spell it anew
    except (OSError, ValueError) as error:
        # No shell can hand on a NUL, or half a character; a pipeline's library can.
        number, reason = getattr(error, "errno", 0), getattr(error, "strerror", "no file can have that name")
        if number not in _NOTHING_THERE:
            shown = typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…"
            hint = _HINTS.get(number, "name another one")
            raise usage("path-refused", f"the path {shown!r} is refused: {reason}", hint=hint) from error
    return typed
