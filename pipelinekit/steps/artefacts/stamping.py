"""A chart's texts with a release in them, and whether what it runs is that release's image."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from pipelinekit.errors import refused
from pipelinekit.merge.keys import set_keys
from pipelinekit.model.receipts import ImagePushed
from pipelinekit.model.release import ReleasePlan, Target
from pipelinekit.plan.chartvalues import given_values, image_values
from pipelinekit.plan.moment import moment
from pipelinekit.ports import Charts, Workspace
from pipelinekit.reading.values import read_values


def stamp(plan: ReleasePlan, pushed: ImagePushed, texts: Mapping[str, str]) -> dict[str, str]:
    """The chart's `Chart.yaml` and `values.yaml` with this release in them, by their names in the chart."""
    chart, values = stamped(plan)
    for path in (chart, values):
        if path not in texts:
            hint = (
                "chart.path in app.yaml names its folder" if plan.app.chart else "run `pipelinekit generate`"
            )
            raise refused("chart-missing", f"there is no {path}", hint=hint)
    called = read_values(texts[chart], chart).get("name")
    if called != plan.app.name:
        raise refused(
            "chart-renamed",
            f"{chart}: the chart is called {called}, and is published under the application's name",
            hint=f"write name: {plan.app.name} there",
        )
    annotations = {
        "pipelinekit.dev/revision": plan.key.commit,
        "pipelinekit.dev/descriptor": plan.key.descriptor,
        "pipelinekit.dev/image": f"{pushed.repository}@{pushed.digest}",
        "pipelinekit.dev/created": moment(plan.revision.committed),
    }
    return {
        "Chart.yaml": set_keys(
            texts[chart],
            {("version",): plan.version, ("appVersion",): plan.version}
            | {("annotations", name): value for name, value in annotations.items()},
            chart,
        ),
        "values.yaml": set_keys(
            texts[values],
            image_values(
                read_values(texts[values], values),
                pushed.repository,
                plan.version,
                pushed.digest,
                plan.app.chart.values if plan.app.chart else None,
            ),
            values,
        ),
    }


def texts_of(plan: ReleasePlan, pushed: ImagePushed, workspace: Workspace) -> tuple[dict[str, str], str]:
    """The chart's texts with this release in them, and values as a deployment gives them."""
    replaced = stamp(plan, pushed, workspace.read_texts(stamped(plan)))
    own = read_values(replaced["values.yaml"], "values.yaml")
    return replaced, json.dumps(given_values(plan, plan.platform.environments[0], own, pushed.digest))


def check_image(plan: ReleasePlan, archive: Path, trial: str, pushed: ImagePushed, charts: Charts) -> None:
    """Raise `Refused` when a chart of the application's own runs something else than the pushed image."""
    environment = plan.platform.environments[0]
    target = Target(
        name=plan.app.name,
        environment=environment,
        namespace=environment.namespace_of(plan.app.team, plan.app.name),
        context="",
    )
    image = rf"/{re.escape(pushed.repository)}(:[\w.-]+)?@{pushed.digest}\b"
    if re.search(image, charts.render(archive, target, [trial])):
        return
    archive.unlink()
    raise refused(
        "chart-image",
        f"{plan.chart_folder} does not run the image that was pushed",
        hint="chart.values in app.yaml says which of its values take the image: image:, or repository: with "
        "tag: or digest:, like `repository: app.image.name`",
    )


def stamped(plan: ReleasePlan) -> tuple[str, str]:
    return f"{plan.chart_folder}/Chart.yaml", f"{plan.chart_folder}/values.yaml"
