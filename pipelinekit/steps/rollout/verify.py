"""Verify components by the code that verifies applications: the chart's own tests."""

from __future__ import annotations

from pipelinekit.model.rollout.part import DEPLOYED, UNCHANGED, Outcome
from pipelinekit.ports import Say
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.deploying.deployment import RUNNING
from pipelinekit.steps.rollout.deploy import Site
from pipelinekit.steps.rollout.part import Packaged, Part, Shelf, release_of


def verify(part: Part, shelf: Shelf, site: Site, *, say: Say) -> Outcome:
    """Run the tests of a component's chart; nothing when this very revision passed already.

    Raises `Refused` when it is not deployed as it is wanted, `CheckFailed` with what the tests said.
    """
    packaged = release_of(part, shelf, publish=False)
    prepared = packaged.prepared
    _know(packaged, site)
    _, did = release_steps.verify(prepared.plan, prepared.target, site.releases, packaged.receipts, say)
    return Outcome(component=part.name, state=DEPLOYED if did.acted else UNCHANGED, text=did.sentence)


def _know(packaged: Packaged, site: Site) -> None:
    """Take the cluster's word for what runs: a controller's Job may have brought it, or another folder's."""
    prepared = packaged.prepared
    state = site.releases.state(prepared.target)
    if state and state.status == RUNNING and state.values == prepared.values:
        packaged.receipts.save(prepared.receipt(state), prepared.target.environment.name)
