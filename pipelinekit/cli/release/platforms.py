"""Which document counts for environments with gates: the main branch of the platform's own repository."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.cli import report
from pipelinekit.cli.wiring import read_platform_at
from pipelinekit.errors import PipelinekitError, refused
from pipelinekit.model.platform.document import Platform


def read(source: str) -> tuple[Platform, str]:
    """The platform, and the commit that it is at.

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
            raise refused(
                "platform-apart",
                f"{source} is in no repository that has a remote, and an environment with a gate is told by "
                "the main branch of the platform's repository",
                hint="--platform git+URL names it; or name it in the document: jenkins.source",
            )
        return read_platform_at(main)
    told = _asked(main) if main else None
    return told if told and _gated(told[0]) else (platform, commit)


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


def _main_of(source: str, platform: Platform) -> str:
    """Where the main branch's document is; empty where nothing says it."""
    if source.startswith("git+"):
        address, _, folder = source.removeprefix("git+").partition("#")
        head, at, ref = address.rpartition("@")
        # An ssh address has an @ of its own; a ref has no colon and comes after the path.
        named = at and ":" not in ref and "/" in head.split("://")[-1]
        url = head if named else address
        return _at_head(url, folder)
    from pipelinekit.adapters.source import worktree

    path = Path(source)
    inside = worktree.repository_of(path if path.is_dir() else path.parent)
    if inside is not None:
        return _at_head(*inside)
    # Anybody's copy may say this: it is heard only where no repository says where it is from.
    origin = platform.jenkins.source if platform.jenkins else None
    return _at(origin.repository, origin.branch, origin.path) if origin else ""


def _at_head(url: str, folder: str) -> str:
    return _at(url, "HEAD", folder)


def _at(url: str, ref: str, folder: str) -> str:
    bare = folder.strip("/")
    return f"git+{url}@{ref}" + (f"#{bare}" if bare not in ("", ".") else "")
