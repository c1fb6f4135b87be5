"""What the pipeline's rendering of the same files has otherwise than the developer's copy."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipelinekit.counts import counted
from pipelinekit.model.draft import BUILD_ID
from pipelinekit.plan.chartvalues import given_values
from pipelinekit.plan.draft.values import injected
from pipelinekit.reading.chart.values import overlay
from pipelinekit.steps.difference import between, objects_of

if TYPE_CHECKING:
    from pipelinekit.cli.draft.here import Draft
    from pipelinekit.model.draft import Built
    from pipelinekit.steps.deploying.deployment import Prepared
    from pipelinekit.steps.innerloop.release import Chart

TITLES = ("pipeline", "draft")


def diff(here: Draft, chart: Chart, built: Built, prepared: Prepared) -> str:
    """A unified diff from what the pipeline would install to what is here; empty when alike.

    The image is the same in both: what differs is what the copy is told otherwise.
    """
    target = prepared.target
    own = dict(chart.values)
    upper = given_values(here.plan, target.environment, own, chart.digest)
    image = injected(target.name, built, own, chart.digest, pull_secret=False)
    # Its own two marks are no difference that could surprise anybody.
    image[BUILD_ID] = prepared.values[BUILD_ID]
    pipeline = (chart.environment, json.dumps(overlay(upper, image)))
    with ThreadPoolExecutor(2) as pool:
        rendered = pool.map(
            lambda layers: here.helm.render(chart.folder, target, layers), (pipeline, prepared.layers)
        )
        older, newer = map(objects_of, rendered)
    return between(older, newer, TITLES)


def told(here: Draft, chart: Chart, built: Built, prepared: Prepared) -> list[str]:
    """The difference in one line."""
    text = diff(here, chart, built, prepared)
    # One that only one side has is named on that side alone.
    heads = tuple(f"{sign} {title} " for sign, title in zip(("---", "+++"), TITLES, strict=True))
    names = sorted({line.split(" ")[2].strip() for line in text.splitlines() if line.startswith(heads)})
    more = sum(
        line.startswith(("+", "-")) and not line.startswith(("+++", "---")) for line in text.splitlines()
    )
    if not text:
        return ["parity: the pipeline would install the same"]
    lines = counted(more, "line differs", "lines differ")
    return [f"parity: {lines} from the pipeline's rendering ({', '.join(names)}): draft diff"]
