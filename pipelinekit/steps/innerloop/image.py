"""The image of a developer's sources: found by their content, else built until it matches them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelinekit.errors import failed, refused
from pipelinekit.model.draft import Built
from pipelinekit.model.release import Credentials, ImageRef, ReleasePlan
from pipelinekit.ports import ClusterEngine, Engine, Registry, Say, Secrets, Sources, nobody
from pipelinekit.steps.artefacts.recipe import Recipe, build_plan, resolve
from pipelinekit.steps.artefacts.secrets import secrets_of

TRIES = 5
"""How often files may change while they are built."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What builds, and from what: the folder, its content, the engine and the registry."""

    folder: Path
    dockerfile: str
    sources: Sources
    engine: Engine
    registry: Registry
    secrets: Secrets
    login: Callable[[str], Credentials | None]
    shared: ClusterEngine | None = None
    """The engine where pods may run in it; None where they are to pull in any case."""


def tag_of(recipe: Recipe) -> str:
    """The tag of these contents: twenty bytes in hex, as Draft's tags have always been."""
    return recipe.inputs.digest.removeprefix("sha256:")[:40]


def image_of(plan: ReleasePlan, shop: Workshop, custom_tags: Sequence[str], say: Say) -> Built:
    """The image of what the folder holds now; nothing is built or pushed that is there already.

    A file that changes while it is built makes another image: what has the tag of some contents was built
    from these. Raises `ToolFailed` for a build that fails.
    """
    if not plan.image.registry:
        raise refused(
            "registry-unknown",
            "no registry is known, and a cluster cannot pull from this machine's engine",
            hint="--registry HOST, `registry` in draft.toml, or `draft config set registry HOST`",
        )
    built = pushed = False
    for _ in range(TRIES):
        recipe = resolve(plan, "", shop.sources, shop.engine, shop.registry, shop.secrets, say)
        image = replace(plan.image, tag=tag_of(recipe))
        digest = shop.registry.digest_of(image)
        if digest is None:
            local, made = _local(plan, recipe, image, shop, say)
            built = built or made
            if made and shop.sources.digest(nobody) != recipe.inputs.context:
                say("files have changed while they were built: built again")
                continue
            if shop.shared and not custom_tags and shop.shared.runs_pods():
                shop.shared.keep(local, image)
                say(f"{image} is not pushed: the cluster runs its pods in the engine that has it")
                name = f"{image.registry}/{image.repository}"
                return Built(repository=name, tag=image.tag, digest="", built=built, pushed=False)
            shop.engine.push(local, image, shop.login(image.registry), say)
            digest, pushed = _there(image, shop.registry), True
        _give_tags(image, digest, custom_tags, shop.registry)
        name = f"{image.registry}/{image.repository}"
        return Built(repository=name, tag=image.tag, digest=digest, built=built, pushed=pushed)
    raise failed(
        "sources-moving",
        f"files have changed during each of {TRIES} builds",
        hint="what the program itself writes belongs into .dockerignore",
    )


def _local(plan: ReleasePlan, recipe: Recipe, image: ImageRef, shop: Workshop, say: Say) -> tuple[str, bool]:
    """The engine's image of these contents, and whether it was built for it now."""
    there = shop.engine.image_id(str(image))
    if there:
        return there, False
    held = secrets_of(plan, shop.sources.dockerfile(), shop.secrets, say)
    wanted = replace(build_plan(plan, recipe, "", held), dockerfile=shop.dockerfile)
    # Its final name comes after the check that it is what the name says.
    passing = replace(image, tag="draft-building")
    return shop.engine.build(replace(wanted, ref=passing), shop.folder, say), True


def _there(image: ImageRef, registry: Registry) -> str:
    digest = registry.digest_of(image)
    if digest is None:
        raise failed("push-lost", f"the registry took {image} and does not have it", hint="run it again")
    return digest


def _give_tags(image: ImageRef, digest: str, tags: Sequence[str], registry: Registry) -> None:
    for each in tags:
        if registry.digest_of(replace(image, tag=each)) != digest:
            registry.tag(replace(image, tag="", digest=digest), each)
