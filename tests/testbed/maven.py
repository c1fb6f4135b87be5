"""A Maven repository with what the builds of the tests need: in a container nothing is to be fetched."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import packages
from tests.testbed.command import STEP, run

if TYPE_CHECKING:
    from tests.testbed.layout import Layout
    from tests.testbed.progress import Progress

_SKELETON = Path(__file__).resolve().parents[2] / "templates" / "skeleton" / "java-maven"
_TIME = 900.0  # seconds


def repository(layout: Layout) -> Path:
    """The folder with the repository's content."""
    return layout.binaries / f"maven-{identity()}"


def identity() -> str:
    """Changes with the project that it is made for."""
    return hashlib.sha256(_project().encode()).hexdigest()[:12]


def ensure(layout: Layout, progress: Progress) -> None:
    """Fetches whatever building, testing and packaging the skeleton takes. Raises ToolFailedError."""
    target = repository(layout)
    if target.is_dir():
        return
    folder = layout.scratch / "maven"
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in {
        "pom.xml": _project(),
        "src/main/java/app/Main.java": "package app; public class Main {}",
        "src/test/java/app/MainTest.java": "package app; public class MainTest { public void testIt() {} }",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    local = folder / "repository"
    command = [packages.required("mvn"), "--batch-mode", "--quiet", f"-Dmaven.repo.local={local}"]
    with progress.step("fetching what Maven needs"):
        for goals in (("dependency:go-offline",), ("package",)):
            run([*command, *goals], env=STEP, cwd=folder, timeout=_TIME)
        local.rename(target)


def _project() -> str:
    """The skeleton's project, with names in the places of its inputs."""
    text = (_SKELETON / "pom.xml.j2").read_text()
    return re.sub(r"\{\{ version .*?\}\}", "17", re.sub(r"\{\{ name .*?\}\}", "app", text))
