"""From recipes to a registry's content on disk, once for each version of a recipe."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING, BinaryIO, cast

from tests.testbed import packages, registry
from tests.testbed.command import STEP, run, succeeds
from tests.testbed.errors import ToolFailedError
from tests.testbed.record import write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.testbed.layout import Layout
    from tests.testbed.progress import Progress
    from tests.testbed.recipes import Recipe

# No image needs them, and they are half of a Go installation.
_NOT_IN_IMAGES = ("go/api", "go/doc", "go/misc", "go/test")
_BUILD_TIME = 900.0  # seconds


def missing(layout: Layout, recipes: Mapping[str, Recipe]) -> dict[str, Recipe]:
    """The recipes whose image is not in the cache, or in another version."""
    return {
        name: recipe
        for name, recipe in recipes.items()
        if not _marker(layout, name).exists() or _marker(layout, name).read_text() != key(recipes, name)
    }


def key(recipes: Mapping[str, Recipe], name: str) -> str:
    """Changes with the recipe, its files and everything it builds on."""
    recipe = recipes[name]
    base = key(recipes, recipe.base) if recipe.base else ""
    parts = (base, recipe.dockerfile, recipe.identity, sorted(recipe.texts.items()))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def bake(
    layout: Layout, recipes: Mapping[str, Recipe], docker: Mapping[str, str], progress: Progress
) -> None:
    """Builds what is missing into the cache's registry. `docker`: the environment of its client.

    Raises ToolFailedError with the builder's words.
    """
    todo = missing(layout, recipes)
    if not todo:
        return
    replaced = [name for name in todo if _marker(layout, name).exists()]
    folder = layout.scratch / "registry"
    with registry.serve(folder, storage=layout.image_store / "storage") as store:
        for name in todo:
            with progress.step(f"making the image {name}"):
                _bake(layout, recipes[name], f"{store.address}/{name}", store.address, docker)
            # Only now: an image that is half pushed has no marker and is made again.
            write(_marker(layout, name), key(recipes, name), 0o644)
        for base in {recipe.base for recipe in todo.values()} - {None}:
            succeeds([packages.required("docker"), "rmi", f"{store.address}/{base}"], env=docker)
    if replaced:
        collect = ["garbage-collect", "--delete-untagged", str(folder / "config.yml")]
        run([packages.required("docker-registry"), *collect], timeout=_BUILD_TIME)


def seed(layout: Layout) -> bool:
    """Puts the cached images into the testbed's registry; whether there was anything to do."""
    source = layout.image_store / "storage"
    version = json.dumps({file.name: file.read_text() for file in sorted(layout.image_store.glob("*.key"))})
    seeded = layout.registry_storage.parent / "seeded"
    if seeded.exists() and seeded.read_text() == version:
        return False
    for folder, _, names in os.walk(source):
        target = layout.registry_storage / os.path.relpath(folder, source)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            _place(os.path.join(folder, name), str(target / name))  # noqa: PTH118 - thousands of files
    write(seeded, version)
    return True


def _place(source: str, target: str) -> None:
    """Blobs are never rewritten in place and may be shared with the cache; the small files are."""
    if source.endswith("/data") and "/blobs/" in source:
        if os.path.exists(target):  # noqa: PTH110
            return
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copyfile(source, target)
    else:
        shutil.copyfile(source, target)


def _bake(layout: Layout, recipe: Recipe, image: str, store: str, docker: Mapping[str, str]) -> None:
    client = packages.required("docker")
    # Without a config of ours, the user's own credentials and builders would come in.
    config = layout.scratch / "docker-config"
    config.mkdir(parents=True, exist_ok=True)
    env = {**docker, **STEP, "DOCKER_CONFIG": str(config), "DOCKER_BUILDKIT": "0"}
    if recipe.tree is not None:
        root = layout.scratch / "root"
        archive = layout.scratch / "root.tar"
        recipe.tree(root)
        run([packages.required("tar"), "-C", str(root), "-cf", str(archive), "."], timeout=_BUILD_TIME)
        changes = [f"--change={line}" for line in recipe.dockerfile.splitlines()]
        run([client, "import", *changes, str(archive), image], env=env, timeout=_BUILD_TIME)
        shutil.rmtree(root)
        archive.unlink()
    else:
        _build(client, recipe, image, f"{store}/{recipe.base}", env)
    run([client, "push", image], env=env, timeout=_BUILD_TIME)
    run([client, "rmi", image], env=env)


def _build(client: str, recipe: Recipe, image: str, base: str, env: Mapping[str, str]) -> None:
    argv = [client, "build", "--force-rm", f"--build-arg=BASE={base}", "--tag", image, "-"]
    with subprocess.Popen(
        argv,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        pipe, output = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        try:
            with pipe, tarfile.open(fileobj=pipe, mode="w|") as context:
                _fill(context, recipe)
        except BrokenPipeError:
            pass  # it ended early, and says why below
        said = output.read().decode(errors="replace")
    if process.returncode != 0:
        tail = "\n".join(said.splitlines()[-30:])
        raise ToolFailedError(f"docker build of {image}: exit code {process.returncode}\n{tail}")


def _fill(context: tarfile.TarFile, recipe: Recipe) -> None:
    """Writes a build context: the Dockerfile and what it copies."""
    texts = {"Dockerfile": recipe.dockerfile, **recipe.texts}
    blobs = {name: text.encode() for name, text in texts.items()}
    blobs |= {name: make() for name, make in recipe.archives.items()}
    for name, blob in blobs.items():
        entry = tarfile.TarInfo(name)
        entry.size = len(blob)
        entry.mode = 0o644
        context.addfile(entry, io.BytesIO(blob))
    for name, path in recipe.files.items():
        context.add(path, arcname=name, filter=_lean)


def _lean(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return None if entry.name.startswith(_NOT_IN_IMAGES) else entry


def _marker(layout: Layout, name: str) -> Path:
    return layout.image_store / f"{name.replace('/', '_').replace(':', '_')}.key"
