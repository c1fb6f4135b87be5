"""The image's way into the registry: under a version that is never replaced."""

from __future__ import annotations

import time

from pipelinekit.errors import Refused
from pipelinekit.model.receipts import ImageBuilt, ImagePushed
from pipelinekit.model.release import Credentials, ReleasePlan
from pipelinekit.ports import Engine, Receipts, Registry, Say, Signer
from pipelinekit.steps.artefacts.before import required
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.artefacts.settling import Sleep, settled
from pipelinekit.steps.artefacts.staging import give_tag, read_back, stage
from pipelinekit.steps.artefacts.trust import UNSIGNED, check_version, short


def push(
    plan: ReleasePlan,
    engine: Engine,
    registry: Registry,
    receipts: Receipts,
    credentials: Credentials | None,
    say: Say,
    sleep: Sleep = time.sleep,
    *,
    signer: Signer | None = None,
) -> tuple[ImagePushed, Did]:
    """Push what was built. A version that the registry has is never replaced.

    The image goes to the registry under the tag of its inputs first, is signed there when there is a
    `signer`, and gets the version's tag when the registry has all of it. The same inputs built twice give two
    images that run alike: the one that came first is used. Raises `Refused` when the version is there from
    another revision, or is not signed.
    """
    built = required(receipts, ImageBuilt, plan.key, "push")
    acted = False
    digest = registry.digest_of(plan.image)
    if digest is None:
        staged = built.digest or stage(plan, built, engine, registry, credentials, signer, say)
        with settled(sleep):
            if registry.digest_of(plan.image) is None:
                give_tag(plan, built, staged, registry, signer)
        digest, acted = read_back(plan, built, staged, registry, signer), True
    elif digest != built.digest:
        try:
            check_version(plan, built.inputs, digest, registry, signer)
        except Refused as error:
            # Killed before the signature: what is ours byte for byte is signed now.
            unsigned = signer and error.faults[0].code == UNSIGNED and not built.digest
            if not unsigned or stage(plan, built, engine, registry, credentials, signer, say) != digest:
                raise
    receipt = ImagePushed(
        key=plan.key,
        version=plan.version,
        registry=plan.image.registry,
        repository=plan.image.repository,
        digest=digest,
        inputs=built.inputs,
    )
    receipts.save(receipt)
    verb = "is pushed" if acted else "is in the registry already"
    return receipt, Did(f"{plan.image} {verb} ({short(digest)})", acted)
