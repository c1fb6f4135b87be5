"""The first source of a new application: small, runnable, with a test; written once and then the user's."""

from __future__ import annotations

from collections.abc import Iterable

from pipelinekit import names
from pipelinekit.model.app import Language
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
            path=path.format(module=module), template=f"skeleton/{language}/{template}", inputs=inputs
        )


def plan_descriptor(name: str, team: str, language: Language, port: int) -> FilePlan:
    """The `app.yaml` of a new application."""
    return FilePlan(
        path="app.yaml",
        template="skeleton/app.yaml.j2",
        inputs={"name": name, "team": team, "language": language, "port": port},
    )
