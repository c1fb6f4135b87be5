"""The two tags of a push: the inputs' first, where the image is signed, then the version's."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.errors import Refused, refused
from pipelinekit.model.receipts import ImageBuilt
from pipelinekit.model.release import Credentials, ImageRef, ReleasePlan
from pipelinekit.ports import Engine, Registry, Say, Signer
from pipelinekit.steps.artefacts.trust import check_version, find, short


def stage(
    plan: ReleasePlan,
    built: ImageBuilt,
    engine: Engine,
    registry: Registry,
    credentials: Credentials | None,
    signer: Signer | None,
    say: Say,
) -> str:
    """Bring the built image to the registry under a tag of its inputs, signed; the digest that counts now."""
    staged = find(plan, built.inputs, registry, signer, say)
    if staged.digest:
        say(f"an image of these inputs is there already ({short(staged.digest)}): that one is used")
        return staged.digest
    if engine.image_id(built.image_id) is None:
        raise refused(
            "image-gone", "the built image is no longer in the engine", hint="run `pipelinekit build`"
        )
    pushed = engine.push(built.image_id, staged, credentials, say)
    there = registry.digest_of(staged)
    if there is None:
        raise refused("push-lost", f"the registry took {plan.image} and does not have it", hint="push again")
    if signer:
        # What the tag names by now may be somebody else's: what we sign is what we pushed.
        return _signed(replace(staged, tag="", digest=pushed), signer)
    if pushed and there != pushed:
        say(f"somebody else pushed the same inputs at the same time ({short(there)}): that one is used")
    return there


def _signed(image: ImageRef, signer: Signer) -> str:
    if not image.digest:
        raise refused(
            "push-unnamed",
            "the engine does not say which digest it pushed: nothing is signed",
            hint="push again",
        )
    signer.sign(image)
    return image.digest


def give_tag(
    plan: ReleasePlan, built: ImageBuilt, staged: str, registry: Registry, signer: Signer | None
) -> None:
    """Give the staged image its version, unless a registry that replaces nothing has one by now."""
    try:
        registry.tag(replace(plan.image, tag="", digest=staged), plan.image.tag)
    except Refused:
        # A registry that replaces nothing has taken somebody else's in the meantime: is it the same?
        read_back(plan, built, staged, registry, signer)


def read_back(
    plan: ReleasePlan, built: ImageBuilt, staged: str, registry: Registry, signer: Signer | None
) -> str:
    """The digest that the version has now; `Refused` when it is not what was pushed."""
    there = registry.digest_of(plan.image)
    if there is None:
        raise refused("push-lost", f"the registry took {plan.image} and does not have it", hint="push again")
    if there != staged:
        check_version(plan, built.inputs, there, registry, signer)
    return there
