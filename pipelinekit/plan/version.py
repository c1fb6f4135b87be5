"""A revision's version: final for every build of the main branch, a pre-release for everything else."""

from __future__ import annotations

import re

import semver

from pipelinekit.errors import refused
from pipelinekit.model.release import Revision

FIRST = "0.1.0"
"""What a repository without a version tag counts from."""


def version_of(revision: Revision) -> str:
    """The version as a semantic version; it is a valid image tag and chart version as well.

    The main branch's is the tag's patch number plus the first-parent commits since; a pull request's,
    another branch's and a changed work tree's are pre-releases of it. Raises `Refused` for a shallow
    clone, whose count would be a guess.
    """
    if revision.shallow:
        raise refused(
            "clone-shallow",
            "the version counts commits, and this clone has only the newest of them",
            hint="run `git fetch --unshallow --tags`; in Jenkins, turn the shallow clone off",
        )
    base = semver.Version.parse(_tagged(revision.tag) or FIRST)
    patch = base.patch + revision.since
    if revision.dirty or not revision.commit:
        return str(base.replace(patch=patch + 1, prerelease=f"dirty.{_mark(revision.tree)}"))
    if revision.pull_request:
        kind = f"pr.{revision.pull_request}"
    elif revision.branch != revision.main_branch:
        kind = re.sub(r"[^0-9A-Za-z]+", "-", revision.branch).strip("-").lower()[:40] or "detached"
        kind = f"{_mark(kind) if kind.isdigit() else kind}"
    else:
        return str(base.replace(patch=patch, prerelease=None, build=None))
    return str(base.replace(patch=patch, prerelease=f"{kind}.{_mark(revision.commit)}", build=None))


def is_final(version: str) -> bool:
    """Whether the version may be promoted."""
    return semver.Version.parse(version).prerelease is None


def _tagged(tag: str) -> str:
    """The version that a tag names: `v1.2.3`, `1.2.3` or, in a monorepo, `orders/v1.2.3`."""
    return tag.rsplit("/", 1)[-1].removeprefix("v")


def _mark(identifier: str) -> str:
    # A letter in front: semantic versions refuse a number with leading zeros, which a hash may well be.
    return "g" + identifier[:10]
