"""What `draft pack lint` looks at."""

from __future__ import annotations

import json
from pathlib import Path

from pipelinekit.adapters.cluster.charts.schemas import Schemas
from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.folder import packs
from pipelinekit.adapters.running import process
from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.model.draft import BUILD_ID, DRAFT
from pipelinekit.plan.draft import packlint
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.reading.docker.dockerfile import stages
from pipelinekit.reading.draft.tasks import read_tasks


def faults_of(pack: Path) -> list[Fault]:
    """Everything that is wrong with a pack."""
    texts = {path: content.decode(errors="replace") for path, (content, _) in packs.read(pack).items()}
    missing = [
        Fault("pack-incomplete", "is missing", Place(str(pack / each)))
        for each in ("charts/Chart.yaml", "Dockerfile")
        if each not in texts
    ]
    templates = {
        str(pack / path): text for path, text in texts.items() if path.startswith("charts/templates/")
    }
    faults = [*missing, *packlint.removed_apis(templates), *_documents(pack, texts)]
    return faults if missing else [*faults, *_helm(pack)]


def _documents(pack: Path, texts: dict[str, str]) -> list[Fault]:
    faults: list[Fault] = []
    if "Dockerfile" in texts and not stages(texts["Dockerfile"], {}):
        faults.append(Fault("dockerfile-empty", "has no FROM", Place(str(pack / "Dockerfile"))))
    try:
        read_tasks(texts.get("tasks.toml", ""), str(pack / "tasks.toml"))
    except DocumentInvalid as error:
        faults += error.faults
    return faults


def _helm(pack: Path) -> list[Fault]:
    chart = pack / packs.CHARTS
    try:
        Schemas().require_local(chart)
    except DocumentInvalid as error:
        return list(error.faults)
    image = {"registry": "", "repository": packlint.REPOSITORY, "tag": packlint.TAG}
    values = {"image": image, DRAFT: packlint.NAME, BUILD_ID: packlint.BUILD}
    with momentary.folder() as scratch:
        given = Path(scratch, "values.json")
        given.write_text(json.dumps(values))
        words = [str(chart), "--values", str(given)]
        linted = process.run(["helm", "lint", *words], timeout=60)
        rendered = process.run(["helm", "template", packlint.NAME, *words], timeout=60)
    lines = [each.strip() for each in (linted.out + linted.err).splitlines()]
    faults = [Fault("helm-lint", each, Place(str(chart))) for each in lines if each.startswith("[ERROR]")]
    if rendered.code:
        return [*faults, Fault("helm-template", rendered.reason(), Place(str(chart)))]
    return [*faults, *packlint.contract(read_manifest(rendered.out), str(chart))]
