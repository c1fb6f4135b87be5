"""Heads of the ledger on what was deployed: an annotation of a field manager of our own.

It is no part of the chart or of Helm's record: setting it makes no revision, and Helm does not take it away.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.cluster.direct import objects as direct
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.errors import failed
from pipelinekit.model.ledger import Anchor, read_anchor
from pipelinekit.model.release import Target
from pipelinekit.plan.deploying.deployment import ANCHOR

_KINDS = "deployments,statefulsets,cronjobs"
_PLACES = (("apps/v1", "deployments"), ("apps/v1", "statefulsets"), ("batch/v1", "cronjobs"))
_MANAGER = "pipelinekit-ledger"


class ClusterAnchors:
    """Clusters as a set of kubeconfig files reaches them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def mark(self, target: Target, anchor: Anchor) -> None:
        """Have what runs there remember it; raises `ToolFailed` when the cluster refuses."""
        way = ways.to(self.env, target.context)
        given = (_PLACES, target.namespace, _of(target)[1], (ANCHOR, str(anchor)), _MANAGER)
        if way and direct.annotated(way, *given):
            return
        words = ("annotate", _KINDS, *_of(target), "--overwrite", f"--field-manager={_MANAGER}")
        done = kubectl.run(self.env, target, *words, f"{ANCHOR}={anchor}")
        if done.code:
            raise failed("anchor-refused", done.reason())

    def marks(self, target: Target) -> tuple[Anchor, ...]:
        """What is remembered there; raises `ToolFailed` when the cluster does not answer."""
        done = kubectl.run(self.env, target, "get", _KINDS, *_of(target), "--output=json")
        if done.code:
            raise answers.refusal(target.context, done.reason()) or failed("anchor-unread", done.reason())
        found = []
        for each in answers.items(target.context, done.out):
            where = f"{each['kind']}/{each['metadata']['name']} in {target.environment.name}"
            text = (each["metadata"].get("annotations") or {}).get(ANCHOR, "")
            found.append(read_anchor(text, where))
        return tuple(each for each in found if each)


def _of(target: Target) -> tuple[str, ...]:
    return ("--selector", f"app.kubernetes.io/instance={target.name}")
