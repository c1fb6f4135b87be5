"""How many pods of a process run, and who says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.model.app import Autoscale, Process
from tests import examples
from tests.charts.helm import Helm
from tests.charts.rendered import by_name, chart_of, one
from tests.charts.test_family import GIVEN


@pytest.mark.parametrize(
    ("process", "replicas"),
    [(Process(name="web"), 1), (Process(name="web", replicas=0), 0), (Process(name="web", replicas=7), 7)],
)
def test_replicas(helm: Helm, tmp_path: Path, process: Process, replicas: int) -> None:
    assert one(helm, tmp_path, process)["Deployment/orders"]["spec"]["replicas"] == replicas


def test_a_process_whose_replicas_somebody_took_out_runs_once(helm: Helm, tmp_path: Path) -> None:
    chart = chart_of(examples.app(), tmp_path)
    values = chart / "values.yaml"
    values.write_text(values.read_text().replace("    replicas: 1\n", ""))
    assert by_name(helm.objects(chart, GIVEN))["Deployment/orders"]["spec"]["replicas"] == 1


def test_an_autoscaler_goes_from_replicas_to_max_and_is_given_what_it_begins_with(
    helm: Helm, tmp_path: Path
) -> None:
    process = Process(name="web", replicas=2, autoscale=Autoscale(max=6, cpu=70))
    objects = one(helm, tmp_path, process)
    scaler = objects["HorizontalPodAutoscaler/orders"]["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 6)
    assert scaler["metrics"][0]["resource"]["target"]["averageUtilization"] == 70
    assert objects["Deployment/orders"]["spec"]["replicas"] == 2


def test_a_number_that_is_an_autoscalers_is_named_in_no_upgrade(helm: Helm, tmp_path: Path) -> None:
    process = Process(name="web", replicas=2, autoscale=Autoscale(max=6, cpu=70))
    app = examples.app(processes={"web": process, "worker": Process(name="worker", replicas=3)})
    objects = by_name(helm.objects(chart_of(app, tmp_path), GIVEN, upgrade=True))
    assert "replicas" not in objects["Deployment/orders"]["spec"]
    assert objects["Deployment/orders-worker"]["spec"]["replicas"] == 3
