"""What is said of a pushed image, beside it in the registry: its bill of materials and its signature."""

from __future__ import annotations

from pipelinekit.model.receipts import ImagePushed
from pipelinekit.model.release import ImageRef
from pipelinekit.ports import Describer, Referrers, Say, Signer
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.artefacts.trust import short


def describe(pushed: ImagePushed, registry: Referrers, describer: Describer, say: Say) -> Did:
    """Attach a bill of materials to the image, of an index to each of its images, unless it is there."""
    image = ImageRef(pushed.registry, pushed.repository, digest=pushed.digest)
    made = 0
    for each in registry.images_of(image):
        if describer.kind in registry.kinds_at(each):
            continue
        say(f"bill of materials of {short(each.digest)}")
        registry.attach(each, describer.kind, describer.describe(each))
        made += 1
    what = f"{pushed.repository} ({short(pushed.digest)})"
    return Did(f"{what} has its bill of materials" + ("" if made else " already"), acted=bool(made))


def sign(pushed: ImagePushed, signer: Signer) -> Did:
    """Sign the image, unless it has a signature of this key."""
    image = ImageRef(pushed.registry, pushed.repository, digest=pushed.digest)
    what = f"{pushed.repository} ({short(pushed.digest)})"
    if signer.signed(image):
        return Did(f"{what} is signed already", acted=False)
    signer.sign(image)
    return Did(f"{what} is signed", acted=True)
