"""What each language defaults to; its templates are in `templates/dockerfile/<language>/`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelinekit import names
from pipelinekit.model.app import App, Build, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Used where the descriptor says nothing. `{module}` is the application's name as a module's."""

    version: str = ""
    package: str = ""
    dependencies: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    files: tuple[str, ...] = ("Dockerfile.j2", ".dockerignore")
    """Templates below the language's folder."""


# A Go report is written as events, since Go has no JUnit writer; `test` converts it.
GO_TEST = ("sh", "-c", "go test -json ./... > /reports/go-test.json")

DEFAULTS: dict[Language, Defaults] = {
    "python": Defaults(
        version="3.11",
        package="{module}",
        dependencies=("requirements.txt",),
        test=("python", "-m", "tests"),
    ),
    "go": Defaults(version="1.26", package=".", dependencies=("go.mod", "go.sum*"), test=GO_TEST),
    "static": Defaults(
        version="stable",
        package="public",
        test=("sh", "tests/check.sh"),
        files=("Dockerfile.j2", ".dockerignore", "nginx.conf.j2"),
    ),
    "dockerfile": Defaults(files=()),
}


def resolved(app: App) -> Build:
    """The application's build with its language's defaults filled in."""
    defaults, build = DEFAULTS[app.build.language], app.build
    return replace(
        build,
        version=build.version or defaults.version,
        package=build.package or defaults.package.format(module=names.module_name(app.name)),
        dependencies=build.dependencies or defaults.dependencies,
        test=build.test or defaults.test,
    )
