"""What of a registry is taken for this application's own.

Labels are written by whoever pushes, and guard against accidents. Where the platform's public key is known,
what is taken has a signature of it as well; what has none stays where it is, and ours goes beside it.
"""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.errors import ToolMissing, refused
from pipelinekit.model.release import ImageRef, ReleasePlan
from pipelinekit.plan.inputs import LABEL, input_tag
from pipelinekit.ports import Registry, Say, Verifier

REVISION = "org.opencontainers.image.revision"
SOURCE = "org.opencontainers.image.source"
TEAM, NAME = "org.opencontainers.image.vendor", "org.opencontainers.image.title"
UNSIGNED = "version-unsigned"
SUCCESSORS = 20
"""So many images that are not ours may stand under the tags of one input digest."""


def short(digest: str) -> str:
    """A digest as people compare it."""
    return digest[:19]


def find(plan: ReleasePlan, inputs: str, registry: Registry, verifier: Verifier | None, say: Say) -> ImageRef:
    """The image of these inputs with its digest, or the tag where it can go.

    Raises `Refused` when every tag that there may be is taken by somebody else.
    """
    for number in range(1, SUCCESSORS + 1):
        staged = replace(plan.image, tag=input_tag(inputs, number))
        digest = registry.digest_of(staged)
        if digest is None:
            return staged
        found = replace(staged, digest=digest)
        reason = why_not(plan, found, inputs, registry, verifier)
        if not reason:
            return found
        say(f"{staged} {reason}: not taken")
    raise refused(
        "inputs-flooded",
        f"{plan.image.repository} has {SUCCESSORS} images under {input_tag(inputs)} that are not ours",
        hint="see who may push there; delete these tags, then run this again",
    )


def why_not(
    plan: ReleasePlan, there: ImageRef, inputs: str, registry: Registry, verifier: Verifier | None
) -> str:
    """Why an image under the tag of these inputs is not taken, in words; empty when it is."""
    if verifier is None:
        return ""
    image = replace(there, tag="")
    try:
        if not verifier.signed(image):
            return "has no signature of the platform's key"
    except ToolMissing as error:
        return f"cannot be verified ({error})"
    # The key signs for every team: a signed image may be a copy of another one's, or of an older one.
    labels = registry.labels_of(image)
    if (labels.get(TEAM), labels.get(NAME)) != (plan.app.team, plan.app.name):
        return f"is signed as {labels.get(TEAM)}/{labels.get(NAME)}"
    return "" if labels.get(LABEL) == inputs else "is signed for other inputs"


def check_version(
    plan: ReleasePlan, inputs: str, digest: str, registry: Registry, verifier: Verifier | None
) -> None:
    """Raise `Refused` unless the image under this version's tag is this revision's, by labels and signature.

    A revision's version keeps the bases that it came with first: those may have moved since, and who builds
    without a login cannot even ask for them.
    """
    labels = registry.labels_of(replace(plan.image, tag="", digest=digest))
    there = labels.get(REVISION, "")
    owner = labels.get(TEAM, plan.app.team), labels.get(NAME, plan.app.name)
    same = labels.get(LABEL) == inputs or there == plan.revision.commit != ""
    if not same or owner != (plan.app.team, plan.app.name):
        whose = "" if owner == (plan.app.team, plan.app.name) else f" of {owner[0]}/{owner[1]}"
        source = labels.get(SOURCE, "")[:200]
        where = f", built from {source}" if source else ""
        raise refused(
            "version-taken",
            f"{plan.image} is in the registry from another revision{whose} "
            f"({there[:12] or 'unknown'}{where})",
            hint=f"this one is {plan.key.commit[:12]}; "
            "a published version is never replaced: commit, and build again",
        )
    if verifier and not verifier.signed(replace(plan.image, tag="", digest=digest)):
        raise refused(
            UNSIGNED,
            f"{plan.image} is in the registry ({short(digest)}), and not by our line: "
            "it has no signature of the platform's key",
            hint=f"find out who pushed it (its labels say {there[:12] or 'nothing'}); a published version is "
            "never replaced: commit, and the next version is free; or delete this one, and push again",
        )
