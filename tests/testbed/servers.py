"""Images of servers that single tests need and the testbed does not: made when first asked for."""

from __future__ import annotations

import shutil
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import bake, engine, ownership, packages, recipes, record, toolchain
from tests.testbed.command import run
from tests.testbed.errors import NotUpError
from tests.testbed.progress import Progress
from tests.testbed.recipes import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.testbed.layout import Layout

KEYCLOAK = "26.7.3"
JRE = "library/eclipse-temurin:17-jre"
BROKER = "pipelinekit/service-broker:1.0.0"
_HERE = Path(__file__).parent
_CHARTS = _HERE.parents[1] / "platform-charts"
_BROKER = _CHARTS / "service-broker" / "image"
_PYTHON = "library/python:3.11-slim"
_PACKAGES = """\
ARG BASE
FROM ${BASE}
COPY wheels /wheels
ENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels
"""
_DISTRIBUTION = f"org.keycloak:keycloak-quarkus-dist:{KEYCLOAK}:tar.gz"
_TIME = 900.0  # seconds


def keycloak(layout: Layout, progress: Progress | None = None) -> str:
    """The name of Keycloak's image in the registry, as our Dockerfile makes it of the server as it comes.

    Raises NotUpError without a testbed, ToolFailedError when the download or the build fails.
    """
    return made(layout, f"keycloak/keycloak:{KEYCLOAK}", _keycloak, _unpacked, progress)


def broker(layout: Layout, progress: Progress | None = None) -> str:
    """Likewise the service broker's, with the packages that its requirements name."""
    return made(layout, BROKER, _broker, _downloaded, progress)


def made(
    layout: Layout,
    name: str,
    recipes_of: Callable[[Path, Mapping[str, Recipe]], Mapping[str, Recipe]],
    fetch: Callable[[Path], None],
    progress: Progress | None = None,
) -> str:
    """The name of an image, once it is in the registry with those that it stands on, in the recipes' order.

    Both are given the folder that files come from: `fetch` fills it, and only where an image is missing.
    Raises NotUpError without a testbed, ToolFailedError when the download or the build fails.
    """
    progress = progress or Progress()
    # Nobody brings the testbed up meanwhile: that works on the same images, and clears the scratch.
    with ownership.claim():
        known = record.load(layout.record)
        go = toolchain.find(layout)
        if known is None or known.boot != record.boot() or go is None:
            raise NotUpError("the testbed is not up: python -m tests.testbed up")
        folder = layout.scratch / Path(name.partition(":")[0]).name
        wanted = recipes_of(folder, recipes.base_images(layout, go))
        if bake.missing(layout, wanted):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            with progress.step(f"fetching {name}"):
                fetch(folder)
            docker = engine.environment(layout, ours=known.engine_is_ours)
            bake.bake(layout, wanted, docker, progress)
            shutil.rmtree(folder, ignore_errors=True)
        bake.seed(layout)
    return name


def maven(folder: Path, goal: str, *options: str) -> None:
    """One goal of Maven's plug-in for artifacts, with a repository of its own below a folder."""
    plugin = f"org.apache.maven.plugins:maven-dependency-plugin:3.8.1:{goal}"
    local = f"-Dmaven.repo.local={folder / 'repository'}"
    program = [packages.required("mvn"), "--batch-mode", "--quiet"]
    run([*program, local, plugin, *options], cwd=folder, timeout=_TIME)


def _keycloak(folder: Path, base: Mapping[str, Recipe]) -> dict[str, Recipe]:
    come, ours = f"upstream/keycloak:{KEYCLOAK}", f"keycloak/keycloak:{KEYCLOAK}"
    component = _CHARTS / "keycloak" / "image" / "Dockerfile"
    wanted = {each: base[each] for each in (recipes.DEBIAN, JRE)}
    wanted[come] = Recipe(
        base=JRE,
        dockerfile=(_HERE / "images" / "keycloak" / "Dockerfile").read_text(),
        files={"keycloak": folder / f"keycloak-{KEYCLOAK}"},
        identity=KEYCLOAK,
    )
    wanted[ours] = Recipe(base=come, dockerfile=component.read_text())
    return wanted


def _unpacked(folder: Path) -> None:
    """The server's distribution, from Maven's repository, unpacked."""
    maven(folder, "copy", f"-Dartifact={_DISTRIBUTION}", f"-DoutputDirectory={folder}")
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tree:
        tree.extractall(folder, filter="tar")


def _broker(folder: Path, base: Mapping[str, Recipe]) -> dict[str, Recipe]:
    """As for Keycloak. Its build asks no index: the packages are in what it stands on."""
    come = "upstream/python-broker:3.11"
    files = {name: (_BROKER / name).read_text() for name in ("Dockerfile", "requirements.txt")}
    program = {f"broker/{each.name}": each.read_text() for each in sorted(_BROKER.glob("broker/*.py"))}
    wanted = {each: base[each] for each in (recipes.DEBIAN, _PYTHON)}
    wanted[come] = Recipe(
        base=_PYTHON,
        dockerfile=_PACKAGES,
        files={"wheels": folder},
        identity=files["requirements.txt"],
    )
    dockerfile = files.pop("Dockerfile")
    wanted[BROKER] = Recipe(base=come, dockerfile=dockerfile, texts={**files, **program})
    return wanted


def _downloaded(folder: Path) -> None:
    """The packages of the broker's requirements, each held against its sum."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--only-binary=:all:"]
    run([*pip, "--dest", str(folder), "--requirement", str(_BROKER / "requirements.txt")], timeout=_TIME)
