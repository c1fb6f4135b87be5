"""Whether a remote has version tags that a clone lacks."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from pathlib import Path

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source import git
from pipelinekit.adapters.source.repositories import remote_tags
from pipelinekit.errors import PipelinekitError
from pipelinekit.plan.versions.tags import counting
from pipelinekit.records import dataclass

FOLDER = "remote"
FILE = "tags.json"
_MOST = 64 * 1024
"""Bytes that our own note of an answer never has."""
_AGAIN = 600
"""Seconds until an answer that may soon be another one is asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What a remote says of version tags in a commit's history."""

    tag: str = ""
    """The highest that it has; or empty."""
    trouble: str = ""
    """Why it could not be asked; or empty."""


def elsewhere(root: Path, name: str, commit: str) -> Elsewhere:
    """What `origin` has of version tags in the history of `commit`, which is HEAD.

    Asked once a commit: the answer is kept below `.pipelinekit/`. What may be mended (a tag that a fetch
    would bring, a remote that does not answer) is asked again after ten minutes.
    """
    known = _known(root, name, commit)
    if known is not None:
        return known
    answer = _ask(root, name)
    note = {
        "commit": commit,
        "name": name,
        "tag": answer.tag,
        "trouble": answer.trouble,
        "asked": time.time(),
    }
    # On a disk that takes no note, the remote is asked again.
    with contextlib.suppress(PipelinekitError):
        files.write_atomic(files.working_folder(root, FOLDER) / FILE, json.dumps(note))
    return answer


def _ask(root: Path, name: str) -> Elsewhere:
    try:
        there = counting(remote_tags(root).items(), name).tags
    except PipelinekitError as error:
        return Elsewhere(trouble=error.faults[0].problem)
    if not there:
        return Elsewhere()
    with git.repository(root) as repo:
        history = set(repo.check("rev-list", "HEAD", "--").split()) if repo else set()
    return Elsewhere(tag=next((each.name for each in there if each.commit in history), ""))


def _known(root: Path, name: str, commit: str) -> Elsewhere | None:
    path = root / ".pipelinekit" / FOLDER / FILE
    try:
        about = os.lstat(path)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _MOST:
            return None
        note = json.loads(path.read_bytes())
        answer = Elsewhere(tag=str(note["tag"]), trouble=str(note["trouble"]))
        if (note["commit"], note["name"]) != (commit, name):
            return None
        lasting = not (answer.tag or answer.trouble)
        return answer if lasting or 0 <= time.time() - float(note["asked"]) < _AGAIN else None
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
