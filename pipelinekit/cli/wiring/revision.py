"""What a verb of the line knows of its revision: git's facts, the pipeline's, the remote's, and its key."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source import worktree
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import ahead
from pipelinekit.cli.wiring.contexts import DOCKERFILE, context_of
from pipelinekit.model.release import Key

if TYPE_CHECKING:
    from pipelinekit.model.app import App
    from pipelinekit.model.platform.document import Platform, Registration
    from pipelinekit.model.release import Revision


EARLY = "worktree"
"""The name of what `look` is begun as."""


def look(
    root: Path, keep: Callable[[AbstractContextManager[worktree.Looked]], worktree.Looked]
) -> tuple[object, worktree.Looked] | None:
    """Look at the work tree before its descriptor is read; `keep` opens what is asked again later.

    None for one of which nobody can tell whether it was touched since.
    """
    from pipelinekit.adapters.source.clone import unchanged

    stamp = unchanged.stamp(root)
    return None if stamp is None else (stamp, keep(worktree.looked(root)))


def facts(root: Path, app: App, registration: Registration | None) -> Revision:
    """The facts about the work tree; Jenkins knows branch and pull request, where git is detached."""
    from pipelinekit.adapters.source.clone import unchanged

    messages = app.versions == "conventional"
    found = ahead.again(
        ("revision", root, app.name, messages),
        lambda: unchanged.stamp(root),
        lambda: _asked_of_git(root, app.name, messages=messages),
    )
    if app.build.folder:
        found = _built_from(root, app, found)
    environment = os.environ
    if environment.get("BRANCH_NAME"):
        found = replace(
            found,
            branch=environment["BRANCH_NAME"],
            pull_request=environment.get("CHANGE_ID", ""),
            pipeline=True,
        )
    return replace(found, main_branch=registration.branch) if registration else found


def _asked_of_git(root: Path, name: str, *, messages: bool) -> Revision:
    from pipelinekit.adapters.source.clone import unchanged

    early: tuple[object, worktree.Looked] | None = ahead.taken(EARLY)
    if early and early[0] == unchanged.stamp(root):
        return early[1].named(name, messages=messages)
    return worktree.revision(root, name=name, messages=messages)


def _built_from(root: Path, app: App, found: Revision) -> Revision:
    """The same, with the content of all that the image is built from."""
    from pipelinekit.adapters.source.clone import unchanged

    above = context_of(root, app.build.folder)
    around = ahead.again(
        ("context", above), lambda: unchanged.stamp(above), lambda: worktree.revision(above, name=app.name)
    )
    return replace(found, tree=around.tree, dirty=around.dirty)


def asked(root: Path, app: App, revision: Revision) -> Revision:
    """The revision with what its remote has of version tags, where the clone has none."""
    if not (revision.tagless and revision.commit and revision.source) or revision.shallow:
        return revision
    from pipelinekit.adapters.source.remotetags import elsewhere
    from pipelinekit.plan.versions.version import lacking, unanswered

    said = elsewhere(root, app.name, revision.commit)
    known = replace(revision, elsewhere=said.tag, unanswered=said.trouble)
    if said.tag and not revision.pipeline:
        report.notice(lacking(known))
    elif said.trouble and revision.pipeline:
        report.notice(unanswered(known))
    return known


def key_of(root: Path, revision: Revision, descriptor: bytes, app: App, platform: Platform) -> Key:
    """What receipts are valid for."""
    from pipelinekit.plan.release import line_digest
    from pipelinekit.reading.docker.dockerfile import arguments

    path = root / DOCKERFILE
    text = files.read_bytes(path).decode(errors="replace") if path.is_file() else ""
    return Key(
        commit=f"tree:{revision.tree}" if revision.dirty or not revision.commit else revision.commit,
        descriptor="sha256:" + hashlib.sha256(descriptor).hexdigest(),
        platform=line_digest(app, platform, arguments(text)),
    )
