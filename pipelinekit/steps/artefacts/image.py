"""The image: built only when engine and registry have none of these inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipelinekit.errors import ToolFailed
from pipelinekit.model.platform.packages import SECRET
from pipelinekit.model.receipts import ImageBuilt
from pipelinekit.model.release import BuildPlan, ReleasePlan
from pipelinekit.plan.moment import seconds_of
from pipelinekit.ports import Engine, Receipts, Registry, Say, Secrets, Sources, Verifier
from pipelinekit.steps.artefacts.recipe import Recipe, build_plan, resolve
from pipelinekit.steps.artefacts.secrets import secrets_of
from pipelinekit.steps.artefacts.trust import find, short


class Did(NamedTuple):
    """What is true now, in one sentence, and whether anything was done for it."""

    sentence: str
    acted: bool


def build(
    plan: ReleasePlan,
    context: Path,
    sources: Sources,
    engine: Engine,
    registry: Registry,
    receipts: Receipts,
    secrets: Secrets,
    say: Say,
    *,
    oldest: int = 0,
    verifier: Verifier | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> tuple[ImageBuilt, Did]:
    """Build the image, unless engine or registry have one of the same inputs.

    `oldest`, in seconds since 1970, is what an image in the registry must not be older than; 0 takes any.
    With a `verifier`, one in the registry is taken only when it is signed. `meanwhile` begins what comes
    after, where there is something new: while the engine builds, if it does.
    """
    done = receipts.load(ImageBuilt)
    if done and done.key == plan.key and not oldest and _still_there(plan, done, engine, registry):
        return done, Did(f"{plan.image.repository}:{plan.version} is built already", acted=False)
    recipe = resolve(plan, "", sources, engine, registry, secrets, say)
    try:
        digest, recipe = _in_registry(plan, recipe, registry, oldest, verifier, say)
    except ToolFailed as error:
        # A build holds no credentials in a pipeline, and needs no registry: only the saving is lost.
        say(f"{error}: whether there is an image of these inputs already is not known")
        digest = ""
    if digest:
        meanwhile()
        receipt = _built(plan, recipe, "", digest)
        receipts.save(receipt)
        name = f"{plan.image.repository} of these inputs"
        return receipt, Did(f"{name} is in the registry already ({short(digest)}): not built", acted=False)
    held = secrets_of(plan, sources.dockerfile(), secrets, say)
    image_id = made(build_plan(plan, recipe, "", held), context, engine, _begun(meanwhile, say))
    receipt = _built(plan, recipe, image_id, "")
    receipts.save(receipt)
    return receipt, Did(f"{plan.image.repository}:{plan.version} is built ({short(image_id)})", acted=True)


def made(build: BuildPlan, context: Path, engine: Engine, say: Say) -> str:
    """Build it; who hears of a failure hears whether a login may be why."""
    try:
        return engine.build(build, context, say)
    except ToolFailed:
        if any(each.id.startswith(SECRET) for each in build.secrets):
            # pip, for one, says of both that there is no such package.
            say("a refused login can look like a missing package: `pipelinekit doctor` asks the proxies")
        raise


def _begun(meanwhile: Callable[[], object], say: Say) -> Say:
    """Call `meanwhile` with the engine's first word: before that it waits for us, not we for it."""
    begun: list[str] = []

    def heard(line: str) -> None:
        if not begun:
            begun.append(line)
            meanwhile()
        say(line)

    return heard


def _still_there(plan: ReleasePlan, done: ImageBuilt, engine: Engine, registry: Registry) -> bool:
    if not done.digest:
        return engine.image_id(done.image_id) is not None
    return registry.digest_of(replace(plan.image, tag="", digest=done.digest)) is not None


def _in_registry(
    plan: ReleasePlan, recipe: Recipe, registry: Registry, oldest: int, verifier: Verifier | None, say: Say
) -> tuple[str, Recipe]:
    """The digest of an image of these inputs, young enough; else nothing, and its successor's inputs."""
    while plan.image.registry:
        digest = find(plan, recipe.inputs.digest, registry, verifier, say).digest
        if not digest:
            break
        made = seconds_of(registry.built(replace(plan.image, tag="", digest=digest))) if oldest else None
        if made is None or made >= oldest:
            return digest, recipe
        # The old image stays what it is; the one that follows it has inputs of its own.
        refreshed = (*recipe.inputs.refreshed, digest)
        recipe = replace(recipe, inputs=replace(recipe.inputs, refreshed=refreshed))
    return "", recipe


def _built(plan: ReleasePlan, recipe: Recipe, image_id: str, digest: str) -> ImageBuilt:
    return ImageBuilt(
        key=plan.key,
        version=plan.version,
        repository=plan.image.repository,
        image_id=image_id,
        inputs=recipe.inputs.digest,
        digest=digest,
    )
