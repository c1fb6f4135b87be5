"""Repositories, as git reads them."""

from __future__ import annotations

from pipelinekit.errors import failed


class Repositories:
    """Repositories in memory: commits by address, and the files at each."""

    def __init__(self) -> None:
        self.heads: dict[str, str] = {}
        self.tags: dict[tuple[str, str], str] = {}
        self.files: dict[tuple[str, str], str] = {}
        self.reads: list[str] = []

    def put(self, address: str, commit: str, path: str, text: str) -> None:
        self.heads[address] = commit
        self.files[address, path] = text

    def head(self, repository: str, branch: str) -> str:
        if repository not in self.heads:
            raise failed("repository-unreachable", f"git cannot read {repository}")
        return self.heads[repository]

    def tag(self, repository: str, name: str) -> str:
        if repository not in self.heads:
            raise failed("repository-unreachable", f"git cannot read {repository}")
        return self.tags.get((repository, name), "")

    def read(self, repository: str, branch: str, commit: str, path: str) -> str:
        assert commit == self.heads[repository]
        self.reads.append(repository)
        return self.files[repository, path]
