"""What would be applied for a component, as text: policies first, then the component with its definitions."""

from __future__ import annotations

from pipelinekit.ports.rollout import Components
from pipelinekit.steps.rollout.part import Part, Shelf, policies_of, release_of


def rendered(part: Part, shelf: Shelf, components: Components) -> str:
    """The manifests of a component; no cluster is asked, nothing is published."""
    texts = []
    policies = policies_of(part, shelf, publish=False)
    for packaged in (policies, release_of(part, shelf, publish=False)):
        if packaged is not None:
            prepared = packaged.prepared
            text = components.everything(prepared.archive, prepared.target, prepared.layers)
            texts.append(f"# {prepared.target.name} {prepared.plan.version}\n{text.rstrip()}\n")
    return "".join(texts)
