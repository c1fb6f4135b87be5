"""A chart's texts with a release in them, and whether what it runs is that release's image."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pipelinekit.errors import DocumentInvalid, Fault, refused
from pipelinekit.merge.keys import set_keys
from pipelinekit.model.receipts import ImagePushed
from pipelinekit.model.release import ReleasePlan, Target
from pipelinekit.plan.chartvalues import given_values, image_values
from pipelinekit.plan.moment import moment
from pipelinekit.ports import Charts, Workspace
from pipelinekit.reading.chart.values import doubled, read_values

STAND_IN = "sha256:" + "5ca1ab1e" * 8
"""In place of an image's digest while there is none, in texts that have it nowhere else."""


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
    # Writing into a text takes longer than all else here: in a `run` it is done while the engine builds.
    taken = any(STAND_IN in texts[path] for path in (chart, values))
    digest = pushed.digest if taken else STAND_IN
    annotations = {
        "pipelinekit.dev/revision": plan.key.commit,
        "pipelinekit.dev/descriptor": plan.key.descriptor,
        "pipelinekit.dev/image": f"{pushed.repository}@{digest}",
        "pipelinekit.dev/created": moment(plan.revision.committed),
    }
    about: dict[tuple[str, ...], str] = {("version",): plan.version, ("appVersion",): plan.version}
    about.update({("annotations", name): value for name, value in annotations.items()})
    image = image_values(
        read_values(texts[values], values),
        pushed.repository,
        plan.version,
        digest,
        plan.app.chart.values if plan.app.chart else None,
    )
    return {
        name: _laid_out(texts[path], tuple(keys.items()), path).replace(digest, pushed.digest)
        for name, path, keys in (("Chart.yaml", chart, about), ("values.yaml", values, image))
    }


@lru_cache(maxsize=8)
def _laid_out(text: str, keys: tuple[tuple[tuple[str, ...], str], ...], origin: str) -> str:
    return set_keys(text, dict(keys), origin)


def texts_of(plan: ReleasePlan, pushed: ImagePushed, workspace: Workspace) -> tuple[dict[str, str], str]:
    """The chart's texts with this release in them, and values as a deployment gives them.

    Raises `DocumentInvalid` with each key that its values, or an environment's, name twice: one counts.
    """
    texts = workspace.read_texts((*stamped(plan), *_of_environments(plan)))
    values = sorted(texts.keys() - {stamped(plan)[0]})
    faults = [each for path in values for each in _doubled(texts[path], path)]
    if faults:
        raise DocumentInvalid(*faults)
    replaced = stamp(plan, pushed, texts)
    own = read_values(replaced["values.yaml"], "values.yaml")
    return replaced, json.dumps(given_values(plan, plan.platform.environments[0], own, pushed.digest))


def _of_environments(plan: ReleasePlan) -> list[str]:
    return [f"{plan.chart_folder}/values-{each.name}.yaml" for each in plan.platform.environments]


@lru_cache(maxsize=8)
def _doubled(text: str, path: str) -> tuple[Fault, ...]:
    read_values(text, path)
    return doubled(text, path)


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
