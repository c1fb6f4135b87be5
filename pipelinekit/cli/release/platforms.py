"""Which document counts for environments with gates: the main branch of the platform's own repository."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.cli.wiring import read_platform_at
from pipelinekit.errors import refused
from pipelinekit.model.platform.document import Platform


def read(source: str) -> tuple[Platform, str]:
    """The platform, and the commit that it is at.

    A document beside it takes no gate away: where an environment has one, it is read again from the main
    branch of the repository that `source` is in; of a copy that is in none, from what the document names
    (`jenkins.source`).
    """
    platform, commit = read_platform_at(source)
    if not any(each.gated for each in platform.environments):
        return platform, commit
    main = _main_of(source, platform)
    return read_platform_at(main) if main != source else (platform, commit)


def _main_of(source: str, platform: Platform) -> str:
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
    if origin:
        return _at(origin.repository, origin.branch, origin.path)
    raise refused(
        "platform-apart",
        f"{source} is in no repository that has a remote, and an environment with a gate is told by "
        "the main branch of the platform's repository",
        hint="--platform git+URL names it; or name it in the document: jenkins.source",
    )


def _at_head(url: str, folder: str) -> str:
    return _at(url, "HEAD", folder)


def _at(url: str, ref: str, folder: str) -> str:
    bare = folder.strip("/")
    return f"git+{url}@{ref}" + (f"#{bare}" if bare not in ("", ".") else "")
