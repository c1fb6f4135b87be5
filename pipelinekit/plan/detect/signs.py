"""What is looked at in an existing repository, and what comes of looking."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType

from pipelinekit.model.app import Language
from pipelinekit.records import dataclass

Texts = Mapping[str, str]
"""Path to text of the files that were read; others are listed with an empty text."""

READ = re.compile(
    r"(^|/)(Pipfile(\.lock)?|Procfile|Aptfile|system\.properties|fly\.toml|railway\.(json|toml)|nixpacks\.toml"
    r"|nginx\.conf|app\.json|appsettings(?:\.Production)?\.json|libs\.versions\.toml|tsconfig\.json|tox\.ini|devcontainer\.json|\.devcontainer\.json|go\.mod|go\.work|Cargo\.lock|rust-toolchain(\.toml)?|global\.json|[^/]+\.props"
    r"|Gemfile(\.lock)?|config\.ru|\.ruby-version|\.tool-versions|composer\.lock|\.env\.(?:example|dist)|bin/www|\.?mise\.toml|\.sdkmanrc|\.java-version"
    r"|schema\.prisma|Dockerfile(\.[\w-]+)?|[\w-]+\.[Dd]ockerfile|\.nvmrc|\.node-version|\.python-version|runtime\.txt|yarn\.lock|angular\.json|nest-cli\.json"
    r"|Cargo\.toml|pom\.xml|package\.json|composer\.json|pyproject\.toml|setup\.cfg"
    r"|requirements[^/]*\.(txt|in)|requirements/[^/]+\.(txt|in)"
    r"|[^/]+\.(gradle|gradle\.kts|csproj|fsproj|properties|ya?ml"
    r"|py|go|[cm]?[jt]s|[jt]sx|java|kt|rs|cs|fs|rb|php))$"
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
NO_TESTS = ("sh", "-c", "echo '<testsuites/>' > /reports/none.xml && echo 'there are no tests'")
"""A test command for what has no tests: its report has none, and `pipelinekit test` says so."""
DEEPEST = 8
_LONGEST = 1000
"""Characters of a sentence: what it quotes is somebody else's, and as long as they like."""
_PROGRAMS = {"node": re.compile(r"\.[cm]?[jt]s$"), "ruby": re.compile(r"\.rb$")}
"""What a package is called that runs, in the languages that build sites as well."""
JOBS = "its jobs want a process of their own, in processes"
"""How the doubt ends that nothing runs a queue's jobs."""
MIGRATES = "if the database is its own, before: {migrate:"
"""How the doubt goes on that nothing makes the tables of a database."""
UNSERVED = "a worker, without a port"
"""How the doubt ends whether a program answers requests at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One program of several: what an application would be called after it, and what building it takes."""

    name: str
    package: str
    """What `--package` is told; for a workspace's member, its folder, which `--service` is told."""
    why: str
    main: str = ""
    option: str = "--package"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What `new-app` writes into `app.yaml`; empty where the language's default is right."""

    language: Language
    version: str = ""
    base: str = ""
    runtime: str = ""
    package: str = ""
    main: str = ""
    files: tuple[str, ...] = ()
    system: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    extensions: tuple[str, ...] = ()
    """Of PHP, those that its image lacks."""
    user: int | None = None
    dependencies: tuple[str, ...] | None = None
    test: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    their_command: bool = False
    """Whether the command is the repository's own line."""
    takes_port: bool = False
    """Whether that line listens where the variable PORT says, so that any number will do."""
    processes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Those beside web, without a port, by their command."""
    before: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    env: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    installer: str = ""
    commands: tuple[str, ...] | None = None
    prune: bool = True
    port: int | None = None
    health: str = ""
    memory: str = ""
    """A guess by its runtime; empty where the language's own default is one."""
    server: bool = True
    """Whether it listens at all: what does not gets no port and no probe."""
    asks_port: bool = False
    """Whether it listens somewhere that the source does not show."""
    volumes: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """Folders that it writes to, as `run.volumes` has them."""
    keeps_dockerfile: bool = False
    """Whether the repository's own Dockerfile describes the image."""
    target: str = ""
    """The stage of that Dockerfile that is the image, where it is not the last one."""
    stages: tuple[str, ...] = ()
    """Its stages of which one has to be named; empty where there is nothing to decide."""
    choices: tuple[Choice, ...] = ()
    """Programs of which one has to be named; empty where there is nothing to decide."""
    chosen: Choice | None = None
    """The one that was decided for, if the language has such a choice."""
    doubts: tuple[str, ...] = ()
    """What somebody has to look at: a marked line each in `app.yaml`."""
    evidence: tuple[str, ...] = field(default=())
    """What was seen, and what follows from it: one sentence each."""

    def doubting(self, *sentences: str) -> Detected:
        """The same, with more to look at; empty sentences say nothing."""
        return replace(self, doubts=(*self.doubts, *(each[:_LONGEST] for each in sentences if each)))

    def because(self, *sentences: str) -> Detected:
        """The same, with more evidence."""
        return replace(self, evidence=(*self.evidence, *(each[:_LONGEST] for each in sentences)))

    @property
    def is_site(self) -> bool:
        """Whether a web server has what a build makes, and no program runs."""
        program = _PROGRAMS.get(self.language)
        return bool(program and self.package and not program.search(self.package))


def shallowest(texts: Texts, pattern: str) -> str:
    """The first path that matches, the shallowest first; empty when none does."""
    matching = [path for path in texts if re.search(pattern, path)]
    return min(matching, key=lambda path: (path.count("/"), path), default="")


def search(texts: Texts, paths: str, pattern: str) -> re.Match[str] | None:
    """The first match of a pattern in the texts of the matching paths."""
    named, said = re.compile(paths).search, re.compile(pattern).search
    ours = sorted((path.count("/"), path) for path in texts if named(path))
    return next((found for _, path in ours if (found := said(texts[path]))), None)
