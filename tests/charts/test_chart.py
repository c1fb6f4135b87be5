"""What single values of a generated chart become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelinekit.merge.keys import set_keys
from pipelinekit.model.app import Autoscale, Process, SecretRef, Volume
from pipelinekit.reading.chart.values import overlay
from tests import examples
from tests.charts.helm import Helm, containers_of, template_of, workloads
from tests.charts.rendered import by_name, chart_of, one
from tests.charts.test_family import GIVEN


def test_a_secret_is_a_reference(helm: Helm, tmp_path: Path) -> None:
    secrets = {"KEY": SecretRef(kind="secret", path="orders-api", key="api.key")}
    (container,) = containers_of(
        one(helm, tmp_path, Process(name="web", secrets=secrets))["Deployment/orders"]
    )
    assert {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "orders-api", "key": "api.key"}}} in (
        container["env"]
    )


def test_an_environment_may_take_away_what_the_application_has(helm: Helm, tmp_path: Path) -> None:
    """A key that is gone in an environment is null in its values, which takes it away in Helm."""
    here = {"worker": Process(name="worker", replicas=3)}
    there = {"worker": Process(name="worker", schedule="@daily")}
    chart = chart_of(examples.app(processes=here, environments={"night": there}), tmp_path)
    objects = by_name(helm.objects(chart, GIVEN, files=[chart / "values-night.yaml"]))
    assert "CronJob/orders-worker" in objects
    assert "Deployment/orders-worker" not in objects


# --- what is given at deployment ------------------------------------------------------------------


def test_draft_gives_a_tag_and_labels_of_its_own(helm: Helm, tmp_path: Path) -> None:
    chart = chart_of(examples.app(), tmp_path)
    given = {"image": {"repository": "r/orders", "tag": "abc"}, "draft": "orders", "buildID": "01J"}
    deployment = by_name(helm.objects(chart, given))["Deployment/orders"]
    assert containers_of(deployment)[0]["image"] == "r/orders:abc"
    pods = template_of(deployment)["metadata"]
    assert (pods["labels"]["draft"], pods["annotations"]["buildID"]) == ("orders", "01J")


def test_without_a_digest_or_a_tag_nothing_is_rendered(helm: Helm, tmp_path: Path) -> None:
    said = helm.run("template", str(chart_of(examples.app(), tmp_path)))
    assert said.code != 0
    assert "pipelinekit package" in said.err


def test_where_it_comes_from_is_an_annotation_and_no_label(helm: Helm, tmp_path: Path) -> None:
    chart = chart_of(examples.app(), tmp_path)
    text = set_keys(
        (chart / "Chart.yaml").read_text(), {("annotations", "pipelinekit.dev/revision"): "c0ffee"}, ""
    )
    (chart / "Chart.yaml").write_text(text)
    deployment = by_name(helm.objects(chart, GIVEN))["Deployment/orders"]
    assert deployment["metadata"]["annotations"] == {
        "pipelinekit.dev/revision": "c0ffee",
        "pipelinekit.dev/chart": GIVEN["digest"],
    }
    assert "c0ffee" not in str(template_of(deployment))


# --- the schema -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"image": {"nonsense": 1}}, "nonsense"),
        ({"image": {"digest": "sha256:short"}}, "digest"),
        ({"image": {"digest": 3}}, "digest"),
        ({"image": {"pullSecrets": "one"}}, "pullSecrets"),
        ({"image": "orders"}, "image"),
        ({"team": 3}, "team"),
        ({"team": ""}, "team"),
        ({"mirror": ""}, "mirror"),
        ({"environment": True}, "environment"),
        ({"before": {"migrate": "x"}}, "migrate"),
        ({"before": {"migrate": []}}, "migrate"),
        ({"processes": {"Web": {"resources": {"cpu": "1", "memory": "1"}}}}, "Web"),
        ({"processes": {"web": {"nonsense": 1}}}, "nonsense"),
        ({"processes": {"web": {"port": "8080"}}}, "port"),
        ({"processes": {"web": {"port": 70000}}}, "port"),
        ({"processes": {"web": {"replicas": -1}}}, "replicas"),
        ({"processes": {"web": {"health": "healthz"}}}, "health"),
        ({"processes": {"web": {"env": {"A": 1}}}}, "env"),
        ({"processes": {"web": {"command": "run"}}}, "command"),
        ({"processes": {"web": {"resources": {"cpu": "1", "memory": "1", "disk": "1"}}}}, "disk"),
        ({"processes": {"web": {"autoscale": {"max": 0, "cpu": 1}}}}, "max"),
        ({"processes": {"web": {"secrets": {"A": {"name": "s"}}}}}, "key"),
        ({"processes": {"new": {"port": 1}}}, "resources"),
    ],
)
def test_values_of_another_shape_are_refused_by_their_name(
    helm: Helm, tmp_path: Path, values: dict[str, Any], said: str
) -> None:
    chart = chart_of(examples.app(), tmp_path)
    done = helm.run("template", str(chart), values=overlay({"image": {"digest": examples.DIGEST}}, values))
    assert done.code != 0
    assert said in done.err


def test_a_chart_around_this_one_may_hand_globals_down(helm: Helm, tmp_path: Path) -> None:
    objects = helm.objects(chart_of(examples.app(), tmp_path), {**GIVEN, "global": {"anything": 1}})
    assert workloads(objects)


# --- a developer's copy ---------------------------------------------------------------------------

DEBUG = {"develop": {"debug": {"web": 5678, "store": 5679}}}


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart whose processes have several replicas each."""
    web = Process(name="web", port=8080, health="/healthz", replicas=3, autoscale=Autoscale(max=6, cpu=70))
    kept = {"store": Volume(path="/store", persistent="1Gi")}
    store = Process(name="store", replicas=2, volumes=kept)
    return chart_of(examples.app(processes={"web": web, "store": store}), tmp_path_factory.mktemp("scaled"))


def test_a_debugged_program_is_one_and_does_not_die_at_a_breakpoint(helm: Helm, scaled: Path) -> None:
    plain = by_name(helm.objects(scaled, overlay(dict(GIVEN), {"draft": "orders"})))
    objects = by_name(helm.objects(scaled, overlay(dict(GIVEN), {"draft": "orders", **DEBUG})))
    workloads = [key for key in objects if key.startswith(("Deployment", "StatefulSet"))]
    assert [objects[key]["spec"]["replicas"] for key in workloads] == [1, 1]
    gone = {key.partition("/")[0] for key in plain.keys() - objects.keys()}
    assert gone == {"HorizontalPodAutoscaler", "PodDisruptionBudget"}
    (container,) = containers_of(objects["Deployment/orders"])
    assert {"livenessProbe", "startupProbe"}.isdisjoint(container)
    assert "readinessProbe" in container
    assert {"name": "draft-debug", "containerPort": 5678} in container["ports"]
    assert [key for key in plain if key.startswith("Service/")] == [
        key for key in objects if key.startswith("Service/")
    ]


def test_no_pipelines_deployment_has_a_debugger(helm: Helm, scaled: Path) -> None:
    assert helm.objects(scaled, overlay(dict(GIVEN), DEBUG)) == helm.objects(scaled, GIVEN)
