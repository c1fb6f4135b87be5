"""Deployments that a hand has paused: they take what is applied, roll nothing out, and never get ready."""

from __future__ import annotations

from pipelinekit.model.deployment import Look, Object, Standing
from pipelinekit.model.ground.preflight import REFUSED, Finding
from pipelinekit.plan.deploying import fields
from pipelinekit.plan.deploying.fields import Path, key_of, name_of

PAUSED: Path = ("f:spec", "f:paused")


def of(look: Look) -> tuple[str, ...]:
    """Those that are paused by others, and go on being so once the manifest is applied."""
    stay = {key_of(each) for each in look.applied if _is_paused(each)}
    return tuple(
        name_of(each, look.home)
        for each in look.live
        if _is_paused(each) and key_of(each) in stay and PAUSED in fields.owners(each)
    )


def findings(standing: Standing | None) -> tuple[Finding, ...]:
    """A deployment would wait for it until its time is over, or with Helm 3 take old pods for new ones."""
    return tuple(
        Finding(
            REFUSED,
            "deployment-paused",
            f"{name} is paused: nothing new of it would be rolled out",
            "`kubectl rollout resume` lets it go on",
        )
        for name in (standing.paused if standing else ())
    )


def _is_paused(each: Object) -> bool:
    return each["kind"] == "Deployment" and bool((each.get("spec") or {}).get("paused"))
