"""What the exporter of Elasticsearch is given, and the user that it logs in as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm import Helm, check_refused, pod_of
from tests.charts.test_logs import CHART, Job, job, said

__all__ = ["job"]

DIGEST = f"sha256:{'3' * 64}"
ON: dict[str, Any] = {"metrics": {"enabled": True, "image": {"digest": DIGEST}}}
FILE = CHART / "ci" / "single-node-values.yaml"


def exporter(helm: Helm, chart: Path, values: dict[str, Any], release: str = "x") -> dict[str, Any]:
    """The pod of the exporter."""
    objects = helm.objects(chart, values, files=[FILE], release=release)
    (found,) = [each for each in objects if each["kind"] == "Deployment"]
    return pod_of(found)


def test_without_a_word_there_is_none(helm: Helm, whole: Callable[[Path], Path]) -> None:
    objects = helm.objects(whole(CHART), {}, files=[FILE])
    assert {each["kind"] for each in objects} & {"Deployment", "PodDisruptionBudget"} == set()


def test_it_asks_over_tls_as_a_user_of_its_own(helm: Helm, whole: Callable[[Path], Path]) -> None:
    pod = exporter(helm, whole(CHART), ON)
    (container,) = pod["containers"]
    assert container["image"] == f"quay.io/prometheuscommunity/elasticsearch-exporter@{DIGEST}"
    assert container["command"][2:] == [
        "--es.uri=https://elasticsearch-es-http.elasticsearch.svc:9200",
        "--es.all",
        "--es.ca=/secrets/authority/ca.crt",
    ]
    name, word = container["env"]
    assert name == {"name": "ES_USERNAME", "value": "metrics"}
    assert word["valueFrom"] == {"secretKeyRef": {"name": "elasticsearch-metrics", "key": "password"}}
    (volume,) = pod["volumes"]
    assert volume["secret"]["secretName"] == "elasticsearch-es-http-certs-public"


def test_without_tls_and_a_login_it_is_given_neither(helm: Helm, whole: Callable[[Path], Path]) -> None:
    plain = {"address": "http://opensearch:9200", "authority": {"secret": ""}, "login": {"secret": ""}}
    values = {"elasticsearch": plain, "metrics": {**ON["metrics"], "login": {"secret": ""}}}
    pod = exporter(helm, whole(CHART), values)
    (container,) = pod["containers"]
    assert container["command"][2:] == ["--es.uri=http://opensearch:9200", "--es.all"]
    assert not {"env", "volumeMounts"} & container.keys()
    assert "volumes" not in pod


def test_its_user_is_told_how_the_servers_are_and_may_read_nothing(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.values["metrics"]["enabled"] = True
    (job.folder / "metrics").mkdir()
    (job.folder / "metrics" / "password").write_text("of metrics\n")
    assert job.run() == 0
    assert said(capsys)[-2:] == ["role metrics: made", "user metrics: made"]
    role = job.elasticsearch.roles["metrics"]
    assert (role["cluster"], role["indices"]) == (["monitor"], [])
    assert job.elasticsearch.users["metrics"]["roles"] == ["metrics"]
    assert job.elasticsearch.passwords["metrics"] == "of metrics"
    # Rights that somebody gave it besides, and another password.
    role["cluster"] = ["all"]
    job.elasticsearch.passwords["metrics"] = "guessed"
    assert job.run() == 0
    assert said(capsys) == [
        'role metrics: put back what somebody changed: cluster.0 was "all"',
        "user metrics: its password was not the Secret's",
    ]
    assert job.run("check") == 0


@pytest.mark.parametrize("change", [{"enabled": False}, {"login": {"secret": ""}}], ids=str)
def test_no_user_is_made_that_nobody_is(job: Job, change: dict[str, Any]) -> None:
    job.values["metrics"] = {**job.values["metrics"], "enabled": True, **change}
    assert job.run() == 0
    assert job.elasticsearch.users.keys() == {"fluent-bit"}


def test_one_user_cannot_be_both(helm: Helm, whole: Callable[[Path], Path]) -> None:
    values = {"metrics": {**ON["metrics"], "login": {"name": "fluent-bit"}}}
    told = helm.run("template", "x", str(whole(CHART)), "--values", str(FILE), values=values)
    assert "metrics.login.name and writer.name are one user" in told.err


@pytest.mark.parametrize(
    "wrong",
    [
        {"metrics": {"enabled": "yes"}},
        {"metrics": {"password": "word"}},
        {"metrics": {"login": {"password": "word"}}},
        {"metrics": {"image": {"tag": "latest"}}},
        {"metrics": {"resources": {"memory": "much"}}},
    ],
    ids=str,
)
def test_values_that_would_be_taken_for_more_are_refused(
    helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHART), wrong)
