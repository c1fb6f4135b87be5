"""docs/pictures/platform.svg: the components that come with pipelinekit, who calls whom, and their order."""

from __future__ import annotations

from pipelinekit.plan.rollout.order import order_of
from pipelinekit.plan.rollout.picture import as_svg
from pipelinekit.reading.component import FILE, read_component
from tests.pages.charts import CHARTS


def picture() -> str:
    """As `platform graph --format svg` draws a platform that has all of them on, its network there already.

    An extension point is no component.
    """
    found = [read_component(each.read_bytes(), str(each)) for each in sorted(CHARTS.glob(f"*/{FILE}"))]
    there = tuple(each for each in found if not (each.extension or each.prerequisite))
    return as_svg(there, order_of(there), "the components that come with pipelinekit")
