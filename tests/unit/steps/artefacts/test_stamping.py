from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.errors import DocumentInvalid, Refused
from pipelinekit.model.app import OwnChart
from pipelinekit.model.receipts import ImagePushed
from pipelinekit.reading.chart.values import read_values
from pipelinekit.steps.artefacts.stamping import STAND_IN, check_image, stamp, texts_of
from tests import examples
from tests.doubles import Charts, Workspace

PLAN = replace(
    examples.plan(),
    app=replace(examples.plan().app, chart=OwnChart(path="deploy")),
    chart_folder="deploy",
)
PUSHED = ImagePushed(
    key=PLAN.key,
    version=PLAN.version,
    registry="r:5000",
    repository="payments/orders",
    digest=examples.DIGEST,
    inputs="",
)
THEIRS = {
    "deploy/Chart.yaml": f"name: {PLAN.app.name}\nversion: 0.0.0\n",
    "deploy/values.yaml": "image: {repository: nginx, tag: latest}\n",
}


def test_the_release_is_written_into_a_copy_of_the_charts_texts() -> None:
    made = stamp(PLAN, PUSHED, THEIRS)
    assert read_values(made["Chart.yaml"], "Chart.yaml")["version"] == PLAN.version
    assert read_values(made["values.yaml"], "values.yaml")["image"] == {
        "repository": "payments/orders",
        "tag": f"{PLAN.version}@{examples.DIGEST}",
    }


def test_each_key_that_values_name_twice_is_told_whichever_file_it_is_in() -> None:
    environment = f"deploy/values-{PLAN.platform.environments[0].name}.yaml"
    texts = {
        **THEIRS,
        "deploy/values.yaml": "a: 1\nimage: {tag: x}\na: 2\n",
        environment: "env:\n  A: x\n  A: y\n",
    }
    with pytest.raises(DocumentInvalid) as told:
        texts_of(PLAN, PUSHED, Workspace(texts=texts))
    assert [(each.code, str(each.place), each.path) for each in told.value.faults] == [
        ("duplicate-key", f"{environment}:3:3", "env.A"),
        ("duplicate-key", "deploy/values.yaml:3:1", "a"),
    ]
    assert texts_of(PLAN, PUSHED, Workspace(texts={**THEIRS, environment: "a: 1\n"}))


@pytest.mark.parametrize("theirs", ["", f"other: {STAND_IN}\n"])
def test_a_stand_in_for_the_digest_shows_nowhere_and_takes_nobody_elses_place(theirs: str) -> None:
    texts = {**THEIRS, "deploy/values.yaml": THEIRS["deploy/values.yaml"] + theirs}
    for digest in (examples.DIGEST, examples.OTHER_DIGEST):
        values = stamp(PLAN, replace(PUSHED, digest=digest), texts)["values.yaml"]
        assert read_values(values, "values.yaml")["image"]["tag"] == f"{PLAN.version}@{digest}"
        assert values.count(STAND_IN) == texts["deploy/values.yaml"].count(STAND_IN)


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({}, "chart-missing"),
        ({**THEIRS, "deploy/Chart.yaml": "name: other\nversion: 1.0.0\n"}, "chart-renamed"),
    ],
)
def test_what_is_no_chart_of_this_application_is_refused(texts: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as told:
        stamp(PLAN, PUSHED, texts)
    assert [each.code for each in told.value.faults] == [code]


@pytest.mark.parametrize(
    ("image", "runs"),
    [
        (f"r:5000/payments/orders@{examples.DIGEST}", True),
        (f"r:5000/payments/orders:1.2.3@{examples.DIGEST}", True),
        (f"r:5000/nginx:1.2.3@{examples.DIGEST}", False),
        ("r:5000/payments/orders:1.2.3", False),
        (f"r:5000/payments/orders-worker@{examples.DIGEST}", False),
    ],
)
def test_a_chart_runs_the_image_that_was_pushed(tmp_path: Path, image: str, runs: bool) -> None:
    folder = tmp_path / "deploy"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("name: orders\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text("{}\n")
    (folder / "templates" / "a.yaml").write_text(json.dumps({"image": image}))
    archive = Charts().package(folder, {}, "{}", tmp_path, "orders", root=tmp_path)
    if runs:
        check_image(PLAN, archive, "{}", PUSHED, Charts())
        assert archive.exists()
        return
    with pytest.raises(Refused) as told:
        check_image(PLAN, archive, "{}", PUSHED, Charts())
    assert told.value.faults[0].code == "chart-image"
    assert not archive.exists(), "nothing that runs another image is published later"
