"""The part of a platform that one component's deployment needs, as one archive: carried into a cluster."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from pipelinekit.adapters.disk import archives, files, regular
from pipelinekit.adapters.folder.components import CHART, FOLDER, ComponentFolder
from pipelinekit.errors import failed
from pipelinekit.reading.component import FILE

LARGEST = 64 * 1024 * 1024
"""Bytes of an archive, unpacked."""


def packed(
    document: bytes,
    component: str,
    made_of: Iterable[str],
    folders: Mapping[str, ComponentFolder],
    texts: Mapping[str, bytes],
    libraries: Iterable[Path] = (),
) -> bytes:
    """The platform's document, of the component what it is `made_of`, and of others what they are judged by.

    `made_of` are paths in its folder: what else is there, a key or a receipt, is carried nowhere. `texts` are
    other files, by their path beside the document, `libraries` the folders of charts that its own are made
    with. The same content gives the same bytes.
    """
    content = {"platform.yaml": document, **texts}
    needed = [PurePosixPath(each) for each in made_of if each]
    for name, folder in folders.items():
        for path in _all(folder.path):
            relative = PurePosixPath(path.relative_to(folder.path).as_posix())
            mine = name == component and any(relative.is_relative_to(each) for each in needed)
            if not mine and path.name not in (FILE, CHART):
                continue
            content[f"{FOLDER}/{name}/{relative}"] = files.read_bytes(path, regular.CONTENT)
    for library in libraries:
        for path in _all(library):
            relative = PurePosixPath(path.relative_to(library).as_posix())
            content[f"{FOLDER}/{library.name}/{relative}"] = files.read_bytes(path, regular.CONTENT)
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name in sorted(content):
            about = tarfile.TarInfo(name)
            about.size = len(content[name])
            tar.addfile(about, io.BytesIO(content[name]))
    return gzip.compress(stream.getvalue(), mtime=0)


def unpack(content: bytes, to: Path) -> None:
    """Write the files of such an archive; raises `ToolFailed` for one that is none."""
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(LARGEST + 1)
        if len(unpacked) > LARGEST:
            raise ValueError(f"it has more than {LARGEST >> 20} MiB")
        with tarfile.open(fileobj=io.BytesIO(unpacked)) as tar:
            for member in tar:
                path = PurePosixPath(member.name)
                taken = tar.extractfile(member) if member.isreg() else None
                if taken is None or path.is_absolute() or ".." in path.parts:
                    raise ValueError(f"{member.name!r} is no file of a platform")
                files.write_atomic(to / path, taken.read())
    except archives.UNREADABLE as error:
        hint = "run `pipelinekit platform deploy` again, which hands it over anew"
        problem = f"what was handed over cannot be read: {archives.reason(error)}"
        raise failed("handover-unreadable", problem, hint=hint) from error


def _all(folder: Path) -> Iterable[Path]:
    return (each for each in sorted(folder.rglob("*")) if each.is_file() and not each.is_symlink())
