"""The first source of a new application: small, runnable, with a test; written once and then the user's."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipelinekit import names
from pipelinekit.model.app import Language, OwnChart
from pipelinekit.model.tree import FilePlan

FILES: dict[Language, tuple[tuple[str, str], ...]] = {
    "python": (
        ("{module}/__init__.py", "__init__.py.j2"),
        ("{module}/__main__.py", "__main__.py.j2"),
        ("{module}/web.py", "web.py.j2"),
        ("tests/__init__.py", "tests/__init__.py"),
        ("tests/__main__.py", "tests/__main__.py"),
        ("tests/test_web.py", "tests/test_web.py.j2"),
        ("requirements.txt", "requirements.txt"),
        (".gitignore", ".gitignore"),
    ),
    "go": (
        ("go.mod", "go.mod.j2"),
        ("main.go", "main.go.j2"),
        ("main_test.go", "main_test.go"),
        (".gitignore", ".gitignore.j2"),
    ),
    "node": (
        ("package.json", "package.json.j2"),
        ("package-lock.json", "package-lock.json.j2"),
        ("app.js", "app.js.j2"),
        ("server.js", "server.js.j2"),
        ("tests/app.test.js", "tests/app.test.js.j2"),
        (".gitignore", ".gitignore"),
    ),
    "java-maven": (
        ("pom.xml", "pom.xml.j2"),
        ("src/main/java/app/Main.java", "main/Main.java.j2"),
        ("src/test/java/app/MainTest.java", "test/MainTest.java.j2"),
        (".gitignore", ".gitignore"),
    ),
    "java-gradle": (
        ("settings.gradle", "settings.gradle.j2"),
        ("build.gradle", "build.gradle.j2"),
        ("src/main/java/app/Main.java", "../java-maven/main/Main.java.j2"),
        ("src/test/java/app/MainTest.java", "MainTest.java.j2"),
        (".gitignore", ".gitignore"),
    ),
    "rust": (
        ("Cargo.toml", "Cargo.toml.j2"),
        ("Cargo.lock", "Cargo.lock.j2"),
        ("src/main.rs", "src/main.rs.j2"),
        (".gitignore", ".gitignore"),
    ),
    "dotnet": (
        ("{name}.csproj", "app.csproj.j2"),
        ("Program.cs", "Program.cs.j2"),
        ("AnswersTest.cs", "AnswersTest.cs.j2"),
        (".gitignore", ".gitignore"),
    ),
    "ruby": (
        ("Gemfile", "Gemfile"),
        ("app.rb", "app.rb.j2"),
        ("tests/run.rb", "tests/run.rb.j2"),
        (".gitignore", ".gitignore"),
    ),
    "php": (
        ("composer.json", "composer.json.j2"),
        ("answers.php", "answers.php.j2"),
        ("public/index.php", "public/index.php"),
        ("tests/run.php", "tests/run.php.j2"),
        (".gitignore", ".gitignore"),
    ),
    "static": (
        ("public/index.html", "index.html.j2"),
        ("public/style.css", "style.css"),
        ("tests/check.sh", "tests/check.sh"),
    ),
    "dockerfile": (
        ("Dockerfile", "Dockerfile.j2"),
        ("index.html", "index.html.j2"),
        (".dockerignore", ".dockerignore"),
    ),
}
"""For each language: the file, and its template below `templates/skeleton/<language>/`."""


def plan_skeleton(name: str, language: Language, port: int, version: str) -> Iterable[FilePlan]:
    """The files of a new application of that name; `version` is the language's."""
    module = names.module_name(name)
    inputs = {"name": name, "module": module, "port": port, "version": version}
    for path, template in FILES[language]:
        yield FilePlan(
            path=path.format(module=module, name=name),
            template=posixpath.normpath(f"skeleton/{language}/{template}"),
            inputs=inputs,
        )


MEMORY: dict[Language, str] = {
    "java-maven": "256Mi",
    "java-gradle": "256Mi",
    "dotnet": "128Mi",
    "node": "128Mi",
}
"""What a small program of a language needs, where that is more than 64Mi."""


def plan_descriptor(
    name: str,
    team: str,
    language: Language,
    port: int | None,
    *,
    health: str = "/healthz",
    command: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    processes: Mapping[str, Sequence[str]] | None = None,
    before: Mapping[str, Sequence[str]] | None = None,
    doubts: Sequence[str] = (),
    memory: str = "",
    volumes: Mapping[str, Mapping[str, str]] | None = None,
    build: Mapping[str, Any] | None = None,
    chart: OwnChart | None = None,
) -> FilePlan:
    """The `app.yaml` of a new application; `build` has what differs from the language's defaults.

    Each doubt becomes a marked line, for a person to look at.
    """
    return FilePlan(
        path="app.yaml",
        template="skeleton/app.yaml.j2",
        inputs={
            "name": name,
            "team": team,
            "language": language,
            "port": port,
            "health": health,
            "command": list(command),
            "env": dict(env or {}),
            "processes": {each: list(line) for each, line in (processes or {}).items()},
            "before": {each: list(line) for each, line in (before or {}).items()},
            "doubts": list(doubts),
            "volumes": {each: dict(volume) for each, volume in (volumes or {}).items()},
            "build": dict(build or {}),
            "chart": chart and {"path": chart.path, "values": dict(chart.values)},
            "resources": {"cpu": "50m", "memory": memory or MEMORY.get(language, "64Mi")},
            "guessed": bool(memory),
        },
    )
