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
_JRE = "library/eclipse-temurin:17-jre"
_DISTRIBUTION = f"org.keycloak:keycloak-quarkus-dist:{KEYCLOAK}:tar.gz"
_TIME = 900.0  # seconds


def keycloak(layout: Layout, progress: Progress | None = None) -> str:
    """The name of Keycloak's image in the registry, as our Dockerfile makes it of the server as it comes.

    Raises NotUpError without a testbed, ToolFailedError when the download or the build fails.
    """
    return _made(layout, progress, _keycloak, f"Keycloak {KEYCLOAK}", _unpacked)


def broker(layout: Layout, progress: Progress | None = None) -> str:
    """Likewise the service broker's, with the packages that its requirements name."""
    return _made(layout, progress, _broker, "the broker's packages", _downloaded)


def _made(
    layout: Layout,
    progress: Progress | None,
    wanted_of: Callable[[Layout, Mapping[str, Recipe]], tuple[str, dict[str, Recipe]]],
    what: str,
    fetch: Callable[[Layout], Path],
) -> str:
    progress = progress or Progress()
    # Nobody brings the testbed up meanwhile: that works on the same images, and clears the scratch.
    with ownership.claim():
        known = record.load(layout.record)
        go = toolchain.find(layout)
        if known is None or known.boot != record.boot() or go is None:
            raise NotUpError("the testbed is not up: python -m tests.testbed up")
        name, wanted = wanted_of(layout, recipes.base_images(layout, go))
        if bake.missing(layout, wanted):
            with progress.step(f"fetching {what}"):
                folder = fetch(layout)
            docker = engine.environment(layout, ours=known.engine_is_ours)
            bake.bake(layout, wanted, docker, progress)
            shutil.rmtree(folder, ignore_errors=True)
        bake.seed(layout)
    return name


def _broker(layout: Layout, base: Mapping[str, Recipe]) -> tuple[str, dict[str, Recipe]]:
    """As for Keycloak. Its build asks no index: the packages are in what it stands on."""
    come = "upstream/python-broker:3.11"
    files = {name: (_BROKER / name).read_text() for name in ("Dockerfile", "requirements.txt")}
    program = {f"broker/{each.name}": each.read_text() for each in sorted(_BROKER.glob("broker/*.py"))}
    wanted = {each: base[each] for each in (recipes.DEBIAN, _PYTHON)}
    wanted[come] = Recipe(
        base=_PYTHON,
        dockerfile=_PACKAGES,
        files={"wheels": _wheels(layout)},
        identity=files["requirements.txt"],
    )
    dockerfile = files.pop("Dockerfile")
    wanted[BROKER] = Recipe(base=come, dockerfile=dockerfile, texts={**files, **program})
    return BROKER, wanted


def _wheels(layout: Layout) -> Path:
    return layout.scratch / "broker"


def _downloaded(layout: Layout) -> Path:
    """The packages of the broker's requirements, each held against its sum."""
    folder = _wheels(layout)
    shutil.rmtree(folder, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--only-binary=:all:"]
    run([*pip, "--dest", str(folder), "--requirement", str(_BROKER / "requirements.txt")], timeout=_TIME)
    return folder


def _keycloak(layout: Layout, base: Mapping[str, Recipe]) -> tuple[str, dict[str, Recipe]]:
    """The image's name, and the recipes of all that it stands on, in the order in which they are made."""
    come, ours = f"upstream/keycloak:{KEYCLOAK}", f"keycloak/keycloak:{KEYCLOAK}"
    component = _CHARTS / "keycloak" / "image" / "Dockerfile"
    wanted = {each: base[each] for each in (recipes.DEBIAN, _JRE)}
    wanted[come] = Recipe(
        base=_JRE,
        dockerfile=(_HERE / "images" / "keycloak" / "Dockerfile").read_text(),
        files={"keycloak": _folder(layout) / f"keycloak-{KEYCLOAK}"},
        identity=KEYCLOAK,
    )
    wanted[ours] = Recipe(base=come, dockerfile=component.read_text())
    return ours, wanted


def _folder(layout: Layout) -> Path:
    return layout.scratch / "keycloak"


def _unpacked(layout: Layout) -> Path:
    """The server's distribution, from Maven's repository, unpacked into the scratch; where that is."""
    folder = _folder(layout)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
    options = (f"-Dartifact={_DISTRIBUTION}", f"-DoutputDirectory={folder}")
    local = f"-Dmaven.repo.local={folder / 'repository'}"
    run([packages.required("mvn"), "--batch-mode", "--quiet", local, goal, *options], timeout=_TIME)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tree:
        tree.extractall(folder, filter="tar")
    return folder
