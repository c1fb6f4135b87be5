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
    clone, whose count would be a guess, and for a tag that is no version.
    """
    if revision.shallow:
        raise refused(
            "clone-shallow",
            "the version counts commits, and this clone has only the newest of them",
            hint="run `git fetch --unshallow --tags`; in Jenkins, turn the shallow clone off",
        )
    base = _tagged(revision.tag)
    patch = base.patch + revision.since
    if revision.dirty or not revision.commit:
        patch, kind = patch + 1, f"dirty.{_mark(revision.tree)}"
    elif revision.pull_request:
        kind = f"pr.{_identifier(revision.pull_request)}.{_mark(revision.commit)}"
    elif revision.branch != revision.main_branch:
        kind = f"{_identifier(revision.branch)}.{_mark(revision.commit)}"
    else:
        kind = None
    return str(base.replace(patch=patch, prerelease=kind, build=None))


def is_final(version: str) -> bool:
    """Whether the version may be promoted."""
    return semver.Version.parse(version).prerelease is None


def _tagged(tag: str) -> semver.Version:
    """The version that a tag names: `v1.2.3`, `1.2.3` or, in a monorepo, `orders/v1.2.3`."""
    try:
        return semver.Version.parse(tag.rsplit("/", 1)[-1].removeprefix("v") or FIRST)
    except ValueError as error:
        raise refused(
            "tag-not-semantic",
            f"the nearest version tag, {tag}, is no semantic version",
            hint="a version tag is vMAJOR.MINOR.PATCH: name it anew, or delete it",
        ) from error


def _identifier(text: str) -> str:
    """`text` as a part of a pre-release: at most 40 letters, digits and hyphens."""
    bare = re.sub(r"[^0-9A-Za-z]+", "-", text).strip("-").lower()[:40] or "detached"
    return _mark(bare) if re.match(r"0[0-9]+\Z", bare) else bare


def _mark(identifier: str) -> str:
    # A letter in front: semantic versions refuse a number with leading zeros, which a hash may well be.
    return "g" + identifier[:10]
