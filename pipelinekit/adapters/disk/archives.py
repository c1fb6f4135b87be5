"""What Python raises for an archive that is damaged, or that somebody has made to be odd."""

from __future__ import annotations

import tarfile
import zlib

UNREADABLE = (
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    OverflowError,
    RecursionError,
)
"""Of `tarfile` and `gzip`. A link that leads nowhere is a `KeyError`, one to itself a `RecursionError`, a
size that no disk has an `OverflowError`, and only some of what is wrong with compressed bytes an `OSError`.
"""


def reason(error: BaseException) -> str:
    """What is wrong, in one line: `tarfile` has one for each form that it tried."""
    if isinstance(error, RecursionError):
        return "a link in it leads to itself"
    text = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    return text.splitlines()[0].rstrip(":") if text else type(error).__name__
