"""What each language defaults to; its templates are in `templates/dockerfile/<language>/`.

Adding a language is one entry here, one in `skeleton`, its name in `model/app`, and its folder of templates.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipelinekit import names
from pipelinekit.generators import installers
from pipelinekit.model.app import App, Build, Language
from pipelinekit.records import dataclass

Computed = Callable[[Build], dict[str, Any]]


def _nothing(build: Build) -> dict[str, Any]:
    del build
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Used where the descriptor says nothing.

    In `package` `{module}` is the application's name as a module's and `{name}` the name itself; in the
    images `{version}` is the language's.
    """

    version: str = ""
    base: str = ""
    runtime: str = ""
    """The image that the program runs in, when it is not the one that it is built in."""
    package: str = ""
    dependencies: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    files: tuple[str, ...] = ("Dockerfile.j2", ".dockerignore")
    """Templates below the language's folder."""
    computed: Computed = _nothing
    """More inputs of its templates."""
    run_here: bool = True
    """Whether the project's own tests build and run it; the documentation says where not."""


# Go and Rust have no JUnit writer: `test` converts Go's events and Rust's plain output.
GO_TEST = ("sh", "-c", "go test -json ./... > /reports/go-test.json")
_CARGO = "cargo test --no-fail-fast > /reports/cargo-test.txt 2>&1; code=$?; cat /reports/cargo-test.txt"
RUST_TEST = ("sh", "-c", f"{_CARGO}; exit $code")
# Maven and Gradle leave their reports beside each module.
_COLLECT = "find . -path '*/{}/*.xml' -exec cp {{}} /reports/ ';'; exit $code"
MAVEN_TEST = ("sh", "-c", f"mvn --batch-mode test; code=$?; {_COLLECT.format('surefire-reports')}")
GRADLE_TEST = ("sh", "-c", f"gradle --no-daemon test; code=$?; {_COLLECT.format('test-results')}")

DEFAULT_PORT = 8080
NGINX = "nginxinc/nginx-unprivileged:stable"


def _maven(build: Build) -> dict[str, Any]:
    module = build.package.strip("/")
    options = ["-pl", module, "-am"] if module != "." else []
    return {"module_options": options, "target": posixpath.normpath(f"{module}/target")}


def _gradle(build: Build) -> dict[str, Any]:
    project = posixpath.normpath(build.package.strip("/") or ".")
    return {
        "target": posixpath.normpath(f"{project}/build/libs"),
        "installed": posixpath.normpath(f"{project}/build/install"),
        "project": "" if project == "." else f":{project.replace('/', ':')}:",
    }


def _dotnet(build: Build) -> dict[str, Any]:
    name = posixpath.splitext(posixpath.basename(build.package))[0]
    # Before 8.0 there was no variable for the port alone.
    urls = build.version.partition(".")[0] in {"5", "6", "7", "2", "3"}
    return {"assembly": f"{build.main or name}.dll", "urls": urls}


DEFAULTS: dict[Language, Defaults] = {
    "python": Defaults(
        version="3.11",
        base="library/python:{version}-slim",
        package="{module}",
        dependencies=("requirements.txt",),
        test=("python", "-m", "tests"),
        computed=installers.python,
    ),
    "node": Defaults(
        version="22",
        base="library/node:{version}-slim",
        runtime=NGINX,
        package="server.js",
        dependencies=("package.json", "package-lock.json"),
        test=("node", "--test", "--test-reporter=junit", "--test-reporter-destination=/reports/node.xml"),
        files=("Dockerfile.j2", ".dockerignore", "nginx.conf.j2"),
        computed=installers.node,
    ),
    "go": Defaults(
        version="1.26",
        base="library/golang:{version}",
        package=".",
        dependencies=("go.mod", "go.sum*"),
        test=GO_TEST,
    ),
    "java-maven": Defaults(
        version="17",
        base="library/maven:3-eclipse-temurin-{version}",
        runtime="library/eclipse-temurin:{version}-jre",
        package=".",
        dependencies=("pom.xml",),
        test=MAVEN_TEST,
        computed=_maven,
    ),
    "java-gradle": Defaults(
        version="17",
        base="library/gradle:8-jdk{version}",
        runtime="library/eclipse-temurin:{version}-jre",
        package=".",
        dependencies=("settings.gradle*", "build.gradle*"),
        test=GRADLE_TEST,
        files=("Dockerfile.j2", ".dockerignore", "platform.init.gradle"),
        computed=_gradle,
        run_here=False,
    ),
    "rust": Defaults(
        version="1",
        base="library/rust:{version}-slim-bookworm",
        runtime="library/debian:bookworm-slim",
        package="{name}",
        dependencies=("Cargo.toml", "Cargo.lock*"),
        test=RUST_TEST,
    ),
    "dotnet": Defaults(
        version="10.0",
        base="dotnet/sdk:{version}",
        runtime="dotnet/aspnet:{version}",
        package="{name}.csproj",
        dependencies=("*.csproj",),
        test=("dotnet", "test", "--logger", "junit;LogFilePath=/reports/dotnet.xml"),
        computed=_dotnet,
        run_here=False,
    ),
    "ruby": Defaults(
        version="3.3",
        base="library/ruby:{version}",
        runtime="library/ruby:{version}-slim",
        package="app.rb",
        dependencies=("Gemfile", "Gemfile.lock*"),
        test=("bundle", "exec", "ruby", "tests/run.rb"),
        computed=installers.ruby,
        run_here=False,
    ),
    "php": Defaults(
        version="8.3",
        base="library/php:{version}-apache",
        package="public",
        dependencies=("composer.json", "composer.lock*"),
        test=("php", "tests/run.php"),
        files=("Dockerfile.j2", ".dockerignore.j2"),
        computed=installers.php,
        run_here=False,
    ),
    "static": Defaults(
        version="stable",
        base="nginxinc/nginx-unprivileged:{version}",
        package="public",
        test=("sh", "tests/check.sh"),
        files=("Dockerfile.j2", ".dockerignore", "nginx.conf.j2"),
    ),
    "dockerfile": Defaults(files=()),
}


def resolved(app: App) -> Build:
    """The application's build with its language's defaults filled in."""
    defaults, build = DEFAULTS[app.build.language], app.build
    version = build.version or defaults.version
    package = defaults.package.format(module=names.module_name(app.name), name=app.name)
    return replace(
        build,
        version=version,
        base=build.base or defaults.base.format(version=version),
        runtime=build.runtime or defaults.runtime.format(version=version),
        package=build.package or package,
        dependencies=defaults.dependencies if build.dependencies is None else build.dependencies,
        test=build.test or defaults.test,
    )


def files_of(build: Build) -> tuple[str, ...]:
    """The templates that a resolved build wants: a web server's configuration only where it serves files."""
    names_of_all = DEFAULTS[build.language].files
    if build.language == "node" and not installers.site(build):
        return tuple(each for each in names_of_all if not each.startswith("nginx"))
    return names_of_all
