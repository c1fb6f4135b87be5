"""Where `platform.yaml` comes from: a file, a folder, or a git repository at a ref."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.source import addresses, git, worktree
from pipelinekit.adapters.source.clone import content
from pipelinekit.adapters.source.git import MEMORY, TIMEOUT
from pipelinekit.adapters.source.repositories import reason
from pipelinekit.errors import ToolFailed, failed, refused
from pipelinekit.model.platform.lock import PlatformLock
from pipelinekit.reading.platform.document import BOUNDS
from pipelinekit.reading.platform.lock import FILE as LOCK_FILE
from pipelinekit.reading.platform.lock import read_platform_lock

FILE = "platform.yaml"


@dataclass(frozen=True)
class PlatformText:
    """The document's text, where it was read, and which commit (or content) it is."""

    content: bytes
    origin: str
    commit: str
    locked: bytes | None
    """The lock beside it as it was at the same moment; None when there is none."""
    lock_origin: str

    @cached_property
    def lock(self) -> PlatformLock:
        """What is locked, read when somebody asks: most verbs do not. Raises `Refused` when it is damaged."""
        return PlatformLock() if self.locked is None else read_platform_lock(self.locked, self.lock_origin)


def read_platform_text(source: str) -> PlatformText:
    """The platform document that `source` names: a path, or `git+URL@ref` (`#folder` for one in a folder).

    Raises `Refused` when there is none, `ToolFailed` when git or the disk does not give it.
    """
    if source.startswith("git+"):
        return _from_git(source.removeprefix("git+"))
    path = Path(source)
    path = path / FILE if path.is_dir() else path
    if not path.exists():
        raise refused(
            "platform-missing",
            f"there is no {path}",
            hint="`pipelinekit platform init` writes one; --platform or PIPELINEKIT_PLATFORM names it",
        )
    # As UTF-8 has it, a character is four bytes at most.
    content = files.read_bytes(path, 4 * BOUNDS.characters)
    beside = path.parent / LOCK_FILE
    locked = files.read_bytes(beside) if beside.exists() else None
    return PlatformText(content, str(path), _commit_of(path) or _digest(content), locked, str(beside))


def read_lock(path: Path) -> PlatformLock:
    """The lock at `path`, empty when there is none; raises `Refused` when it is damaged."""
    return read_platform_lock(files.read_bytes(path), str(path)) if path.exists() else PlatformLock()


def _from_git(address: str) -> PlatformText:
    address, _, folder = address.partition("#")
    match = re.fullmatch(r"(.+?)@([^@/:]+(?:/[^@:]*)?)", address)
    # An ssh address has an @ of its own; a ref comes after the last slash of the path.
    url, ref = (match[1], match[2]) if match and "/" in match[1].split("://")[-1] else (address, "HEAD")
    with git.scratch() as here:
        fetch = here.run(
            "fetch", "--quiet", "--depth", "1", "--", addresses.address(url), ref, timeout=TIMEOUT
        )
        shown = worktree.without_credentials(url)
        if fetch.code:
            hint = f"it is named as git+URL@ref: `git ls-remote {shown}` answers with the refs that are there"
            problem = f"git cannot fetch {ref} of {shown}: {reason(fetch)}"
            if "remote ref HEAD" in problem:
                hint = f"nothing is at its HEAD: push {FILE} there, or name its branch: git+URL@main"
            raise failed("platform-unreachable", problem, hint=hint)
        commit = here.check("rev-parse", "FETCH_HEAD").strip()
        inside = f"{folder.strip('/')}/{FILE}" if folder else FILE
        shown_file = here.run("cat-file", "blob", f"FETCH_HEAD:{inside}", memory=MEMORY)
        if shown_file.code:
            hint = "git+URL@ref#FOLDER names the folder that it is in"
            raise refused("platform-missing", f"there is no {inside} in {shown} at {ref}", hint=hint)
        beside = here.run(
            "cat-file", "blob", f"FETCH_HEAD:{inside.removesuffix(FILE)}{LOCK_FILE}", memory=MEMORY
        )
        locked = beside.out.encode() if beside.code == 0 else None
        return PlatformText(shown_file.out.encode(), f"{shown}@{ref}:{inside}", commit, locked, LOCK_FILE)


def _commit_of(path: Path) -> str:
    """The commit that has exactly this file, or empty when it is changed or in no repository."""
    # A descriptor by another name is a link: what it leads to is what counts.
    path = path.resolve()
    try:
        with git.repository(path.parent) as repo:
            if repo is None or content.changed(repo, f":(literal){path.name}"):
                return ""
            if not repo.check("ls-files", "--", f":(literal){path.name}"):
                return ""
            return repo.line("rev-list", "--max-count=1", "HEAD", "--", f":(literal){path.name}")
    except ToolFailed:
        # A document can be read where git cannot tell whose it is.
        return ""


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
