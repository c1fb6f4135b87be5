"""Images of servers that single tests need and the testbed does not: made when first asked for."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.testbed import bake, engine, ownership, packages, recipes, record, toolchain
from tests.testbed.command import run
from tests.testbed.errors import NotUpError
from tests.testbed.progress import Progress
from tests.testbed.recipes import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.testbed.layout import Layout

KEYCLOAK = "26.7.3"
_HERE = Path(__file__).parent
_JRE = "library/eclipse-temurin:17-jre"
_DISTRIBUTION = f"org.keycloak:keycloak-quarkus-dist:{KEYCLOAK}:tar.gz"
_TIME = 900.0  # seconds


def keycloak(layout: Layout, progress: Progress | None = None) -> str:
    """The name of Keycloak's image in the registry, as our Dockerfile makes it of the server as it comes.

    Raises NotUpError without a testbed, ToolFailedError when the download or the build fails.
    """
    progress = progress or Progress()
    # Nobody brings the testbed up meanwhile: that works on the same images, and clears the scratch.
    with ownership.claim():
        known = record.load(layout.record)
        go = toolchain.find(layout)
        if known is None or known.boot != record.boot() or go is None:
            raise NotUpError("the testbed is not up: python -m tests.testbed up")
        name, wanted = _keycloak(layout, recipes.base_images(layout, go))
        if bake.missing(layout, wanted):
            with progress.step(f"fetching Keycloak {KEYCLOAK}"):
                _unpacked(layout)
            docker = engine.environment(layout, ours=known.engine_is_ours)
            bake.bake(layout, wanted, docker, progress)
            shutil.rmtree(_folder(layout), ignore_errors=True)
        bake.seed(layout)
    return name


def _keycloak(layout: Layout, base: Mapping[str, Recipe]) -> tuple[str, dict[str, Recipe]]:
    """The image's name, and the recipes of all that it stands on, in the order in which they are made."""
    come, ours = f"upstream/keycloak:{KEYCLOAK}", f"keycloak/keycloak:{KEYCLOAK}"
    component = _HERE.parents[1] / "platform-charts" / "keycloak" / "image" / "Dockerfile"
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


def _unpacked(layout: Layout) -> None:
    """The server's distribution, from Maven's repository, unpacked into the scratch."""
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
