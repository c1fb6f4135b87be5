"""Which document counts for environments with gates: the main branch of the platform's own repository."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.line import read_platform_at
from pipelinekit.errors import PipelinekitError, refused
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.promotion import environment_of

HEAD = "HEAD"
"""The branch that a repository itself says is its main one."""


def read(source: str, environment: str = "") -> tuple[Platform, str]:
    """The platform, and the commit that it is at; `environment` is the one that it is read for, if any.

    A document beside it takes no gate away: where either has one, the main branch of the repository counts
    that `source` is in; for a copy that is in none, of the one that the document names (`jenkins.source`).
    Where neither has a gate, or main cannot be read and this one has none, the document itself counts.
    """
    platform, commit = read_platform_at(source)
    main = _main_of(source, platform)
    if main == source:
        return platform, commit
    if _gated(platform):
        if not main:
            if environment:
                environment_of(platform, environment)
            raise refused(
                "platform-apart",
                f"{source} is in no repository that has a remote, and an environment with a gate is told by "
                "the main branch of the platform's repository",
                hint="--platform git+URL names it; or name it in the document: jenkins.source",
            )
        counts = read_platform_at(main)
        _say_what_counts(source, platform, counts)
        return counts
    told = _asked(main) if main else None
    if told and _gated(told[0]):
        _say_what_counts(source, platform, told)
        return told
    return platform, commit


def _say_what_counts(source: str, platform: Platform, main: tuple[Platform, str]) -> None:
    """Whoever has changed the document beside the main branch must not think that it counts."""
    if main[0] != platform:
        report.notice(
            f"{source} says something else than the platform's main branch ({main[1][:12]}), which counts: "
            "commit and push what is to hold for releases"
        )


def _gated(platform: Platform) -> bool:
    return any(each.gated for each in platform.environments)


def _asked(main: str) -> tuple[Platform, str] | None:
    """What the main branch says; None, and a word, where it cannot be read or has no document yet."""
    try:
        return read_platform_at(main)
    except PipelinekitError as error:
        report.notice(
            f"the platform's main branch was not read, so this document counts: {error.faults[0].problem}"
        )
        return None


def main_branch(source: str, platform: Platform) -> tuple[str, str, str] | None:
    """Address, branch and folder of the main branch's document; None where nothing says it."""
    if source.startswith("git+"):
        address, _, folder = source.removeprefix("git+").partition("#")
        head, at, ref = address.rpartition("@")
        # An ssh address has an @ of its own; a ref has no colon and comes after the path.
        named = at and ":" not in ref and "/" in head.split("://")[-1]
        return head if named else address, HEAD, folder
    from pipelinekit.adapters.source import worktree

    path = Path(source)
    inside = worktree.repository_of(path if path.is_dir() else path.parent)
    if inside is not None:
        return inside[0], HEAD, inside[1]
    # Anybody's copy may say this: it is heard only where no repository says where it is from.
    origin = platform.jenkins.source if platform.jenkins else None
    return (origin.repository, origin.branch, origin.path) if origin else None


def _main_of(source: str, platform: Platform) -> str:
    """Where the main branch's document is, as a source; empty where nothing says it."""
    found = main_branch(source, platform)
    if found is None:
        return ""
    url, ref, folder = found
    bare = folder.strip("/")
    return f"git+{url}@{ref}" + (f"#{bare}" if bare not in ("", ".") else "")
