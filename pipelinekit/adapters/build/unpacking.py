"""The build context as a folder, for an engine that takes no archive or copies one once more."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelinekit.adapters.build.context import TEXT, pinned_dockerfile, write_context
from pipelinekit.adapters.disk.files import read_bytes
from pipelinekit.model.release import BuildPlan


def lay_out(plan: BuildPlan, context: Path, sources: Path, beside: Path) -> Path:
    """Have the context in the folder `sources`, and the Dockerfile as it is built in a new one, `beside`.

    That is where it is then: what a Dockerfile that is a link leads to may not be in the context.
    """
    pinned = pinned_dockerfile(plan, context)
    unpack_context(context, plan.dockerfile, sources, pinned)
    text, file = pinned.get(plan.dockerfile), beside / Path(plan.dockerfile).name
    beside.mkdir()
    file.write_bytes(read_bytes(context / plan.dockerfile, TEXT) if text is None else text.encode())
    return file


def unpack_context(folder: Path, dockerfile: str, to: Path, replaced: Mapping[str, str]) -> None:
    """What `write_context` writes, in the folder `to`, without times as there."""
    import tempfile

    with tempfile.TemporaryFile() as archive:
        write_context(folder, dockerfile, archive, replaced)
        archive.seek(0)
        with tarfile.open(fileobj=archive) as source:
            # Made by us a moment ago; links in it may point anywhere, as they may in the folder itself.
            # Set, not passed: Python before 3.11.4 (Debian 12 has 3.11.2) takes no filter, and does the same.
            source.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)
            links: list[str] = []
            source.extractall(to, _reachable(source, to, links))  # noqa: S202
            for name in links:
                os.utime(to / name, (0, 0), follow_symlinks=False)


def _reachable(source: tarfile.TarFile, to: Path, links: list[str]) -> Iterator[tarfile.TarInfo]:
    """What can be unpacked: through a link that leads out, somebody's own files would be written.

    The Dockerfile's folder may be such a link, and so may one that became it while the context was read.
    `links` get those that were unpacked.
    """
    top, behind = to.resolve(), set[str]()
    for each in source:
        above = each.name.rpartition("/")[0]
        if above in behind or each.issym():
            behind.add(each.name)
        if above in behind:
            real = Path(os.path.realpath(to / above))
            if not real.is_dir() or not real.is_relative_to(top):
                continue
        if each.issym():
            links.append(each.name)
        yield each
