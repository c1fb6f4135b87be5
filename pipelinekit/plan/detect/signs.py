"""What is looked at in an existing repository, and what comes of looking."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipelinekit.model.app import Language

Texts = Mapping[str, str]
"""Path to text of the files that were read; others are listed with an empty text."""

READ = re.compile(
    r"(^|/)(Pipfile(\.lock)?|Procfile|go\.mod|Gemfile|Dockerfile|\.nvmrc|\.node-version|\.python-version|runtime\.txt"
    r"|yarn\.lock|angular\.json|Cargo\.toml|pom\.xml|package\.json|composer\.json"
    r"|requirements[^/]*\.(txt|in)|requirements/[^/]+\.(txt|in)|pyproject\.toml|setup\.cfg|[^/]+\.(gradle|gradle\.kts|csproj|properties|ya?ml"
    r"|py|go|[cm]?[jt]s|[jt]sx|java|kt|rs|rb|php))$"
)
"""Which files' texts say something; of the rest the names suffice."""
SKIPPED = frozenset(
    (
        "node_modules",
        "vendor",
        "target",
        "build",
        "dist",
        ".git",
        ".venv",
        "venv",
        "__pycache__",
        ".pipelinekit",
    )
)
"""Folders that hold what others wrote or tools made."""
DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What `new-app` writes into `app.yaml`; empty where the language's default is right."""

    language: Language
    version: str = ""
    base: str = ""
    package: str = ""
    dependencies: tuple[str, ...] | None = None
    test: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    installer: str = ""
    commands: tuple[str, ...] | None = None
    prune: bool = True
    serves: bool = True
    """Whether it answers requests; what does not gets no port."""
    port: int | None = None
    health: str = ""
    evidence: tuple[str, ...] = field(default=())
    """What was seen, and what follows from it: one sentence each."""

    doubts: tuple[str, ...] = ()
    """What is a guess or cannot be right, in one sentence each: a person has to look."""
    choices: tuple[tuple[str, int | None, str], ...] = ()
    """Folder, port and reason of each of several programs, where one has to be chosen."""

    def doubting(self, sentence: str) -> Detected:
        """The same, with one more doubt; unchanged for an empty sentence."""
        return replace(self, doubts=(*self.doubts, sentence)) if sentence else self

    def because(self, *sentences: str) -> Detected:
        """The same, with more evidence."""
        return replace(self, evidence=(*self.evidence, *sentences))


def shallowest(texts: Texts, pattern: str) -> str:
    """The first path that matches, the shallowest first; empty when none does."""
    matching = [path for path in texts if re.search(pattern, path)]
    return min(matching, key=lambda path: (path.count("/"), path), default="")


def search(texts: Texts, paths: str, pattern: str) -> re.Match[str] | None:
    """The first match of a pattern in the texts of the matching paths."""
    for path in sorted(texts, key=lambda each: (each.count("/"), each)):
        if re.search(paths, path):
            found = re.search(pattern, texts[path])
            if found:
                return found
    return None


def with_port(found: Detected, match: re.Match[str] | None) -> Detected:
    """The port that a search found in one of its groups."""
    if match is None:
        return found
    port = int(next(each for each in match.groups() if each))
    return replace(found, port=port).because(f"port {port} in the source") if 0 < port < 65536 else found
