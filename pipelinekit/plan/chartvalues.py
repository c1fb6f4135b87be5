"""A chart's values at two moments: what is written when it is packaged, what is given when it is deployed.

A generated chart names its image by digest and takes the registry's host at deployment. A chart that the user
keeps as their own mostly has `image.repository` and `image.tag`: there the digest goes into the tag, and the
host is given with the repository.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.model.platform import Environment
from pipelinekit.model.release import ReleasePlan
from pipelinekit.plan.release import peers_of

Values = Mapping[str, Any]


def takes_digest(values: Values) -> bool:
    """Whether a chart's own values have a place for the image's digest, as generated charts do."""
    image = values.get("image")
    return isinstance(image, Mapping) and "digest" in image


def image_values(values: Values, repository: str, version: str, digest: str) -> dict[tuple[str, ...], str]:
    """What is written into the chart's own values, by path."""
    if takes_digest(values):
        return {("image", "repository"): repository, ("image", "digest"): digest}
    return {("image", "repository"): repository, ("image", "tag"): f"{version}@{digest}"}


def given_values(
    plan: ReleasePlan, environment: Environment, values: Values, chart_digest: str
) -> dict[str, Any]:
    """What is laid over the chart's own `values` at deployment."""
    images, vault = plan.platform.images, plan.platform.vault
    registry = environment.registry or images.registry
    if not takes_digest(values):
        given: dict[str, Any] = {
            "global": {"pipelinekit.dev/chart": chart_digest},
            "image": {"repository": f"{registry}/{plan.image.repository}"},
        }
        if images.pull_secret:
            given["imagePullSecrets"] = [{"name": images.pull_secret}]
        return given
    given = {
        "digest": chart_digest,
        "environment": environment.name,
        "image": {
            "registry": registry,
            "pullSecrets": [images.pull_secret] if images.pull_secret else [],
        },
        "mirror": images.mirror,
        "peers": peers_of(plan.app, plan.platform, environment),
    }
    if vault:
        fields = {"address": vault.address, "image": vault.image, "mount": vault.mount}
        given["vault"] = {name: value for name, value in fields.items() if value}
    return given


def chart_of(given: Values) -> str:
    """The digest of the chart that values were given to at deployment, or empty where none is told."""
    outer = given.get("global")
    marked = outer.get("pipelinekit.dev/chart") if isinstance(outer, Mapping) else None
    return str(marked or given.get("digest") or "")


def autoscales(values: Values) -> bool:
    """Whether values speak of an autoscaler, as generated charts and those of `helm create` do."""
    return any(
        ("autoscal" in str(name).lower() and _is_on(value))
        or (isinstance(value, Mapping) and autoscales(value))
        for name, value in values.items()
    )


def _is_on(value: object) -> bool:
    return bool(value.get("enabled", value)) if isinstance(value, Mapping) else bool(value)
