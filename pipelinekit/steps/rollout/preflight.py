"""Look a cluster over before components go there: all findings together, whatever the first one is."""

from __future__ import annotations

from collections.abc import Sequence

from pipelinekit.model.component import Component
from pipelinekit.model.inspection import Check, Wants
from pipelinekit.model.release import Target
from pipelinekit.plan.preflight import cluster, trial
from pipelinekit.ports import Say
from pipelinekit.ports.preflight import Inspector


def preflight(
    target: Target, components: Sequence[Component], wants: Wants, inspector: Inspector, say: Say
) -> tuple[Check, ...]:
    """Every check of a cluster; `wants` is what `plan.preflight.cluster.wanted` makes of the components.

    Raises `ToolFailed` when the cluster does not answer.
    """
    facts = inspector.look(target, wants)
    say(f"trying network, nodes and pulls with pods in a namespace of their own, {wants.timeout} s at most")
    tried = inspector.attempt(target, wants)
    return (
        *cluster.judged(facts, wants, components),
        *trial.judged(tried, facts, wants, components),
    )
