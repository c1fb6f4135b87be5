"""The values of an inner loop's release: what Draft has always injected, and the image by its digest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelinekit.model.draft import BUILD_ID, DRAFT, PULL_SECRET, Built
from pipelinekit.plan.chartvalues import takes_digest

Values = Mapping[str, Any]

INJECTED = frozenset({DRAFT, BUILD_ID, "digest", "image", "global", "imagePullSecrets"})
"""What `injected` lays over whatever else is said of them."""


def injected(name: str, image: Built, own: Values, chart_digest: str, *, pull_secret: bool) -> dict[str, Any]:
    """What wins over everything else, but for `buildID`. `own` are the chart's own values.

    A chart with a place for a digest gets it there; every chart gets tag and digest in the one field that
    charts for Draft know, so that a pod never runs another image than the one that was built.
    """
    values: dict[str, Any] = {DRAFT: name}
    if takes_digest(own):
        host, _, path = image.repository.partition("/")
        values["digest"] = chart_digest
        values["image"] = {"registry": host, "repository": path, "tag": image.tag, "digest": image.digest}
        if pull_secret:
            values["image"]["pullSecrets"] = [PULL_SECRET]
        return values
    tag = f"{image.tag}@{image.digest}" if image.digest else image.tag
    values["image"] = {"repository": image.repository, "tag": tag}
    if image.digest:
        values["image"]["digest"] = image.digest
    values["global"] = {"pipelinekit.dev/chart": chart_digest}
    if pull_secret:
        values["imagePullSecrets"] = [{"name": PULL_SECRET}]
    return values


def with_build(values: Values, installed: Values | None, fresh: str) -> dict[str, Any]:
    """The values with a `buildID`: the installed one where nothing else differs, else a new one."""
    known = (installed or {}).get(BUILD_ID)
    same = known and _but_build(installed or {}) == _but_build(values)
    return {**values, BUILD_ID: known if same else fresh}


def _but_build(values: Values) -> dict[str, Any]:
    return {key: each for key, each in values.items() if key != BUILD_ID}
