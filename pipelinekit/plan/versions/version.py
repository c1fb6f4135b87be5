"""A revision's version: final for every build of the main branch, a pre-release for everything else."""

from __future__ import annotations

import re

import semver

from pipelinekit.counts import counted
from pipelinekit.errors import refused
from pipelinekit.model.release import Revision
from pipelinekit.plan.versions.conventional import advance
from pipelinekit.records import dataclass

MAIN = ""
"""The branch of final versions."""
Rank = tuple[int, int, int]
FIRST = "0.1.0"
"""What a repository without a version tag counts from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A version, and each fact that made it what it is, in the order in which they were asked."""

    version: str
    reasons: tuple[str, ...]


def version_of(revision: Revision, *, conventional: bool = False) -> str:
    """The version as a semantic version; it is a valid image tag and chart version as well.

    The main branch's is the tag's patch number plus the first-parent commits since; a pull request's,
    another branch's and a changed work tree's are pre-releases of it. With `conventional` the commits'
    messages say which number moves. Raises `Refused` for a shallow clone, whose count would be a guess, for
    a tag that is no version, and in a pipeline for a clone that lacks the remote's version tags.
    """
    return explain(revision, conventional=conventional).version


def explain(revision: Revision, *, conventional: bool = False) -> Explained:
    """The version and why; see `version_of`."""
    if revision.shallow:
        raise refused(
            "clone-shallow",
            "the version counts commits, and this clone has only the newest of them",
            hint="run `git fetch --unshallow --tags`; in Jenkins, turn the shallow clone off",
        )
    if revision.elsewhere and revision.pipeline:
        raise refused(
            "tags-missing",
            f"the remote has the version tag {revision.elsewhere}, and this clone has none: "
            "the version would be another one than elsewhere",
            hint="run `git fetch --tags`; in Jenkins, the job must fetch tags: `pipelinekit jobs apply`",
        )
    base = _tagged(revision.tag)
    reasons = [
        f"{base} is the version tag that gives the highest version ({revision.tag})"
        if revision.tag
        else f"{FIRST} is where a repository without a version tag begins",
        *_remarks(revision),
    ]
    base = _advanced(base, revision, reasons, conventional=conventional)
    if revision.dirty or not revision.commit:
        what = "the work tree has changes" if revision.commit else "there is no commit"
        reasons.append(f"{what}: a pre-release of the next patch, marked with the content's id")
        base, kind = base.bump_patch(), f"dirty.{_mark(revision.tree)}"
    elif revision.pull_request:
        reasons.append(f"it is pull request {revision.pull_request}: a pre-release, marked with the commit")
        kind = f"pr.{_identifier(revision.pull_request)}.{_mark(revision.commit)}"
    elif revision.branch != revision.main_branch:
        where = f"branch {revision.branch}" if revision.branch else "no branch"
        reasons.append(f"{where} is not {revision.main_branch}: a pre-release, marked with the commit")
        kind = f"{_identifier(revision.branch)}.{_mark(revision.commit)}"
    else:
        reasons.append(f"it is {revision.main_branch}, unchanged: a final version, which may be promoted")
        kind = None
    return Explained(version=str(base.replace(prerelease=kind, build=None)), reasons=tuple(reasons))


def _remarks(revision: Revision) -> list[str]:
    """What else is to be known of the tags."""
    remarks = []
    if revision.passed:
        remarks.append(f"{revision.passed} looks like a date, and does not count: a version has a v in front")
    if revision.elsewhere:
        remarks.append(lacking(revision))
    if revision.unanswered:
        remarks.append(unanswered(revision))
    return remarks


def lacking(revision: Revision) -> str:
    """What a clone without tags has to know of its remote's."""
    return (
        f"the remote has the version tag {revision.elsewhere}, and this clone has none: "
        "`git fetch --tags` gives the version that it has elsewhere"
    )


def unanswered(revision: Revision) -> str:
    """What cannot be known of the remote's tags, and why."""
    return f"this clone has no version tag; whether its remote has one is not known: {revision.unanswered}"


def branch_of(version: str) -> str | None:
    """The branch that a version comes from (empty for the main one), or None when it is no version."""
    try:
        prerelease = semver.Version.parse(version).prerelease
    except ValueError:
        return None
    if prerelease is None:
        return MAIN
    parts = prerelease.split(".")
    return ".".join(parts[:2]) if parts[0] == "pr" else parts[0]


def rank(version: str) -> Rank:
    """The numbers of a version, by which final ones have an order."""
    parsed = semver.Version.parse(version)
    return parsed.major, parsed.minor, parsed.patch


def _advanced(
    base: semver.Version, revision: Revision, reasons: list[str], *, conventional: bool
) -> semver.Version:
    commits = f"{counted(revision.since, 'first-parent commit')} since"
    if not conventional:
        reasons.append(f"{commits}: the patch number moves by {revision.since}")
        return base.replace(patch=base.patch + revision.since)
    major, minor, patch = advance((base.major, base.minor, base.patch), revision.messages)
    reasons.append(f"{commits}, each moving the number that its message names: {major}.{minor}.{patch}")
    return base.replace(major=major, minor=minor, patch=patch)


def is_version(text: str) -> bool:
    """Whether a text is a semantic version."""
    return semver.Version.is_valid(text)


def is_final(version: str) -> bool:
    """Whether the version may be promoted."""
    return semver.Version.parse(version).prerelease is None


def is_later(version: str, other: str) -> bool:
    """Whether a version comes after another one; what is no version comes after none."""
    try:
        return semver.Version.parse(version) > semver.Version.parse(other)
    except (ValueError, TypeError):
        return False


def _tagged(tag: str) -> semver.Version:
    """The version that a tag names: `v1.2.3`, `1.2.3` or, in a monorepo, `orders/v1.2.3`."""
    try:
        return semver.Version.parse(tag.rsplit("/", 1)[-1].removeprefix("v") or FIRST)
    except ValueError as error:
        raise refused(
            "tag-not-semantic",
            f"the highest version tag, {tag}, is no semantic version",
            hint="a version tag is vMAJOR.MINOR.PATCH: name it anew, or delete it",
        ) from error


def _identifier(text: str) -> str:
    """`text` as a part of a pre-release: at most 40 letters, digits and hyphens."""
    bare = re.sub(r"[^0-9A-Za-z]+", "-", text).strip("-").lower()[:40] or "detached"
    return _mark(bare) if re.match(r"0[0-9]+\Z", bare) else bare


def _mark(identifier: str) -> str:
    # A letter in front: semantic versions refuse a number with leading zeros, which a hash may well be.
    return "g" + identifier[:10]
