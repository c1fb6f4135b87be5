"""An application's folder, and what is done in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # Only names in promises: whoever generates need not load what a release is made of.
    from pipelinekit.model.receipts import R, Receipt
    from pipelinekit.model.testing import Totals
    from pipelinekit.model.tree import File, Tree
from pipelinekit.ports.say import Say


class Workspace(Protocol):
    """The application's folder; paths are relative to it."""

    def read_texts(self, paths: Iterable[str]) -> dict[str, str]:
        """The texts of those paths that exist; raises `Refused` for what cannot be a generated file."""
        ...

    def read_lock(self) -> str | None:
        """The lock's text, or None when there is none."""
        ...

    def read_base(self) -> Tree | None:
        """What was generated last, or None when that is missing or damaged."""
        ...

    def write(self, write: Mapping[str, File], remove: Iterable[str]) -> None:
        """Write and remove generated files; each is either its old self or its new one."""
        ...

    def move(self, old: str, new: str) -> None:
        """Give a file another path, in one step."""
        ...

    def working_folder(self, name: str) -> Path:
        """`.pipelinekit/<name>/`, which git ignores."""
        ...

    def write_lock(self, text: str) -> None:
        """Replace the lock."""
        ...

    def write_base(self, base: Tree) -> None:
        """Replace what counts as generated last."""
        ...


class Receipts(Protocol):
    """The receipts of one application's work tree."""

    def load(self, kind: type[R], name: str = "") -> R | None:
        """The receipt of that kind (and name, where there are several), whatever its key, or None."""
        ...

    def save(self, receipt: Receipt, name: str = "") -> None:
        """Keep a receipt, in the place of the one before."""
        ...


class Reports(Protocol):
    """The test reports of one application's work tree."""

    def clear(self) -> Path:
        """The folder, without what an earlier run left in it."""
        ...

    def collect(self) -> tuple[Totals, tuple[str, ...]]:
        """What the reports say together, and their names."""
        ...


class TextMerge(Protocol):
    """Three texts to one."""

    def merge(self, base: str, theirs: str, new: str) -> tuple[str, bool]:
        """The merged text, and whether it is free of conflicts; conflicts stand in it between markers."""
        ...


class Shell(Protocol):
    """The user's own command lines."""

    def run(self, command: str, say: Say) -> None:
        """Run one in the application's folder; raises `ToolFailed` when it fails."""
        ...


class Sources(Protocol):
    """What an image is built from."""

    def dockerfile(self) -> str:
        """The Dockerfile's text."""
        ...

    def digest(self, say: Say) -> str:
        """The digest of the build context; the same content gives the same one. What takes long is said."""
        ...

    def left_out(self) -> tuple[str, ...]:
        """What never enters the build context, and no `.dockerignore` says so: nothing where one does."""
        ...


class Repositories(Protocol):
    """Git repositories elsewhere."""

    def head(self, repository: str, branch: str) -> str:
        """The branch's newest commit; raises `ToolFailed` when there is no such repository or branch."""
        ...

    def tag(self, repository: str, name: str) -> str:
        """The commit that a tag names; empty when there is no such tag. Raises like `head`."""
        ...

    def read(self, repository: str, branch: str, commit: str, path: str) -> str:
        """A file's text at that commit of the branch; raises `ToolFailed` when it is not there."""
        ...
