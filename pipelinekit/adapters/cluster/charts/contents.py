"""What is in a chart's archive."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelinekit.adapters.disk import archives
from pipelinekit.errors import failed

UNPACKED = 64 * 1024 * 1024
"""Bytes that the files of a chart have together at most."""

MOST = 256 * 1024 * 1024
"""Bytes of a chart, unpacked."""


def texts(archive: Path, names: Iterable[str]) -> dict[str, str]:
    """Those of the files (relative to the chart) that an archive has.

    Raises `ToolFailed` for what is no archive, and for a file that is not UTF-8.
    """
    wanted = set(names)
    found = {}
    with unpacking(archive), tarfile.open(archive) as source:
        for member in source:
            if source.offset > MOST or member.size > MOST:
                raise failed("chart-too-large", f"{archive} holds more than {MOST >> 20} MiB")
            relative = member.name.partition("/")[2]
            stream = source.extractfile(member) if relative in wanted else None
            if stream:
                found[relative] = stream.read().decode()
    return found


def digests(archive: Path) -> dict[str, str]:
    """The digest of each file (relative to the chart); raises `ToolFailed` for what is no archive."""
    found: dict[str, str] = {}
    left = UNPACKED
    with unpacking(archive), tarfile.open(archive) as source:
        for member in source:
            left -= member.size
            if left < 0:
                raise failed("chart-too-big", f"{archive.name} has more than {UNPACKED} bytes in it")
            stream = source.extractfile(member) if member.isfile() else None
            if stream:
                content = hashlib.sha256(stream.read()).hexdigest()
                found[member.name.partition("/")[2]] = f"sha256:{content}"
    return found


@contextmanager
def unpacking(archive: Path) -> Iterator[None]:
    """Raise `ToolFailed` for what is no archive, and for a text in it that is none."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise failed("not-a-chart", f"{archive.name} has a text that is not UTF-8") from error
    except archives.UNREADABLE as error:
        problem = f"{archive.name} cannot be unpacked: {archives.reason(error)}"
        raise failed("not-a-chart", problem) from error
