"""Prometheus' chart: whom it asks, and what its values may say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.reading.chart.values import overlay, picked
from tests.charts.helm import Helm, check_refused, pod_of
from tests.pages.charts import CHARTS

TEXTS: list[dict[str, Any]] = [
    {"labels": {"a": "x\ny"}},
    {"labels": {"a b": "x"}},
    {"interval": "5s}"},
    {"interval": "0s"},
    {"retention": {"time": "1d, size: 1GB"}},
    {"limits": {"body": "20MB\nx"}},
    {"scrapes": [{"name": "x", "namespace": "y]", "port": 80, "path": "/"}]},
    {"scrapes": [{"name": "x", "namespace": "y", "port": 80, "path": "metrics"}]},
    {"scrapes": [{"name": "x", "namespace": "y", "port": 80, "path": "/a\n- job_name: z"}]},
    {"scrapes": [{"name": "x", "namespace": "y", "port": 0, "path": "/"}]},
    {"certificates": {"namespace": "a|.+"}},
    {"consoles": {"enabled": "yes"}},
    {"consoles": {"pages": []}},
]


@pytest.mark.parametrize("wrong", TEXTS, ids=str)
def test_it_takes_no_value_that_its_configuration_takes_for_more(
    helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHARTS / "prometheus" / "chart"), wrong)


def test_it_asks_each_component_as_it_is_declared(helm: Helm, whole: Callable[[Path], Path]) -> None:
    chart = whole(CHARTS / "prometheus" / "chart")
    hostile = "/a'($x)?format=a=b&to=',;:"
    scrapes = [{"name": "vault", "namespace": "safe", "port": 8200, "path": hostile}]
    file = chart / "ci" / "single-node-values.yaml"
    objects = helm.objects(chart, {"scrapes": scrapes}, files=[file], release="prometheus")
    (text,) = [each["data"]["prometheus.yml"] for each in objects if "prometheus.yml" in each.get("data", {})]
    jobs = {each["job_name"]: each for each in yaml.safe_load(text)["scrape_configs"]}
    (job,) = [each for name, each in jobs.items() if name.startswith("components/vault/8200")]
    assert job["kubernetes_sd_configs"] == [{"role": "pod", "namespaces": {"names": ["safe"]}}]
    assert job["params"] == {"format": ["a=b"], "to": ["',;:"]}
    assert job["metrics_path"] == "/a'($x)"
    # And not a second time, by its annotations.
    assert {"regex": "safe;8200", "action": "drop"}.items() <= jobs["pods"]["relabel_configs"][2].items()


def test_it_asks_nobody_whose_values_have_metrics_off(helm: Helm, whole: Callable[[Path], Path]) -> None:
    chart = whole(CHARTS / "prometheus" / "chart")
    scrapes = [{"name": "postgresql", "namespace": "sql", "port": 9187, "path": "/metrics"}]
    file = chart / "ci" / "single-node-values.yaml"
    objects = helm.objects(chart, {"scrapes": scrapes}, files=[file], release="prometheus")
    (text,) = [each["data"]["prometheus.yml"] for each in objects if "prometheus.yml" in each.get("data", {})]
    (job,) = [each for each in yaml.safe_load(text)["scrape_configs"] if "postgresql" in each["job_name"]]
    said = "__meta_kubernetes_pod_annotation_prometheus_io_scrape"
    assert {"source_labels": [said], "regex": "false", "action": "drop"} in job["relabel_configs"]


def test_it_asks_no_pod_of_another_component_beside_that_has_the_same_port(
    helm: Helm, whole: Callable[[Path], Path]
) -> None:
    """Servers of DataStax Enterprise have their management where the operators beside them have metrics."""
    scrapes = [{"name": "operator", "namespace": "dse", "port": 8080, "path": "/metrics"}]
    chart = whole(CHARTS / "prometheus" / "chart")
    file = chart / "ci" / "single-node-values.yaml"
    objects = helm.objects(chart, {"scrapes": scrapes}, files=[file], release="prometheus")
    (text,) = [each["data"]["prometheus.yml"] for each in objects if "prometheus.yml" in each.get("data", {})]
    (job,) = [each for each in yaml.safe_load(text)["scrape_configs"] if "operator/8080" in each["job_name"]]
    said = "__meta_kubernetes_pod_annotation_prometheus_io_port"
    (rule,) = [each for each in job["relabel_configs"] if each.get("source_labels") == [said]]
    assert rule["action"] == "keep"
    kept = [port for port in ("8080", "", "9000", "80") if re.fullmatch(rule["regex"], port)]
    assert kept == ["8080", ""]


def test_it_asks_by_tls_whom_it_can_know(helm: Helm, whole: Callable[[Path], Path]) -> None:
    chart = whole(CHARTS / "prometheus" / "chart")
    scrapes = [{"name": "vault", "namespace": "safe", "port": 8200, "path": "/m"}]
    found = []
    for given in ({}, {"authority": "keys"}):
        file = chart / "ci" / "single-node-values.yaml"
        objects = helm.objects(chart, {"scrapes": scrapes, **given}, files=[file], release="prometheus")
        (text,) = [
            each["data"]["prometheus.yml"] for each in objects if "prometheus.yml" in each.get("data", {})
        ]
        (job,) = [each for each in yaml.safe_load(text)["scrape_configs"] if "vault" in each["job_name"]]
        (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
        volumes = [
            one["configMap"]["name"] for one in pod_of(server)["volumes"] if one["name"] == "authority"
        ]
        found.append((job.get("tls_config"), volumes))
        assert "__scheme__" in {each.get("target_label") for each in job["relabel_configs"]}
    known = {"ca_file": "/authority/ca.crt", "server_name": "vault.safe.svc"}
    assert found == [(None, []), (known, ["keys"])]


def test_it_takes_a_key_twice_and_one_path_with_several_queries(
    helm: Helm, whole: Callable[[Path], Path]
) -> None:
    chart = whole(CHARTS / "prometheus" / "chart")
    paths = ["/m?to=1&to=2", "/m", "/m?to=3", "/m?to=3"]
    scrapes = [{"name": "vault", "namespace": "safe", "port": 8200, "path": each} for each in paths]
    file = chart / "ci" / "single-node-values.yaml"
    objects = helm.objects(chart, {"scrapes": scrapes}, files=[file], release="prometheus")
    (text,) = [each["data"]["prometheus.yml"] for each in objects if "prometheus.yml" in each.get("data", {})]
    jobs = [each for each in yaml.safe_load(text)["scrape_configs"] if each["job_name"].startswith("comp")]
    assert [each.get("params") for each in jobs] == [{"to": ["1", "2"]}, None, {"to": ["3"]}]
    assert len({each["job_name"] for each in jobs}) == 3


def test_it_tells_every_alertmanager_that_is_there(helm: Helm, whole: Callable[[Path], Path]) -> None:
    chart = whole(CHARTS / "prometheus" / "chart")
    file = chart / "ci" / "single-node-values.yaml"
    found = []
    for given in ({}, {"alerting": {"namespace": "elsewhere"}}, {"alerting": {"namespace": ""}}):
        objects = helm.objects(chart, given, files=[file], release="prometheus")
        (text,) = [
            each["data"]["prometheus.yml"] for each in objects if "prometheus.yml" in each.get("data", {})
        ]
        (section,) = yaml.safe_load(text).get("alerting", {"alertmanagers": [{}]})["alertmanagers"]
        discovered = section.get("kubernetes_sd_configs")
        found.append(discovered and discovered[0]["namespaces"]["names"])
    # Pods, for behind a Service one of them would be told.
    assert found == [["alertmanager"], ["elsewhere"], None]


def test_it_has_its_consoles_unless_told_otherwise(helm: Helm, whole: Callable[[Path], Path]) -> None:
    chart = whole(CHARTS / "prometheus" / "chart")
    file = chart / "ci" / "single-node-values.yaml"
    found = []
    for given in ({}, {"consoles": {"enabled": False}}):
        objects = helm.objects(chart, given, files=[file], release="prometheus")
        pages = [each["data"] for each in objects if each["metadata"]["name"] == "prometheus-consoles"]
        (server,) = [each for each in objects if each["kind"] == "StatefulSet"]
        command = [each for each in pod_of(server)["containers"][0]["command"] if "console" in each]
        mounts = [each["mountPath"] for each in pod_of(server)["containers"][0]["volumeMounts"]]
        found.append((pages, len(command), "/consoles" in mounts))
    files = {each.name: each.read_text() for each in (chart / "files" / "consoles").iterdir()}
    assert found == [([files], 2, True), ([], 0, False)]


def test_its_consoles_escape_whatever_they_show_and_lead_nowhere_else() -> None:
    for each in (CHARTS / "prometheus" / "chart" / "files" / "consoles").iterdir():
        text = each.read_text()
        for word in ("safeHtml", "{{ tmpl", "<script", "://", "javascript", "<img", "@import", "url("):
            assert word not in text, (each.name, word)
        # Under whatever path the server is reached.
        assert 'href="/' not in text


@pytest.mark.parametrize("name", ["up", "ALERTS", "ALERTS_FOR_STATE", "scrape_samples_scraped"])
def test_no_target_tells_what_the_server_itself_says(
    helm: Helm, whole: Callable[[Path], Path], name: str
) -> None:
    chart = whole(CHARTS / "prometheus" / "chart")
    scrapes = [{"name": "vault", "namespace": "safe", "port": 8200, "path": "/m"}]
    file = chart / "ci" / "single-node-values.yaml"
    objects = helm.objects(chart, {"scrapes": scrapes}, files=[file], release="prometheus")
    (text,) = [each["data"]["prometheus.yml"] for each in objects if "prometheus.yml" in each.get("data", {})]
    jobs = yaml.safe_load(text)["scrape_configs"]
    anybody_s = [each for each in jobs if each["job_name"].startswith(("pods", "components/"))]
    assert {each["job_name"] for each in anybody_s} == {"pods", "components/vault/8200/m"}
    for job in anybody_s:
        (rule,) = job["metric_relabel_configs"]
        assert (rule["source_labels"], rule["action"]) == (["__name__"], "drop")
        assert re.fullmatch(rule["regex"], name)
        assert not re.fullmatch(rule["regex"], "http_requests_total")


def test_its_consoles_ask_of_the_cluster_who_is_to_tell_of_it() -> None:
    files = (CHARTS / "prometheus" / "chart" / "files" / "consoles").iterdir()
    selectors = [
        each for file in files for each in re.findall(r"[{][^{}]*__name__=~[^}]*[}]", file.read_text())
    ]
    assert selectors
    assert [each for each in selectors if not re.search(r'[{,]job=~?"', each)] == []


@pytest.mark.parametrize(
    ("given", "believed"),
    [
        ({}, ["cert-manager"]),
        ({"certificates": {"namespace": "pki"}}, ["pki"]),
        ({"certificates": {"namespace": ""}}, []),
    ],
    ids=["as it comes", "elsewhere", "nowhere"],
)
def test_certificates_of_all_are_told_by_pods_of_one_namespace(
    helm: Helm, whole: Callable[[Path], Path], given: dict[str, Any], believed: list[str]
) -> None:
    chart = whole(CHARTS / "prometheus" / "chart")
    file = chart / "ci" / "single-node-values.yaml"
    objects = helm.objects(chart, given, files=[file], release="prometheus")
    (data,) = [each["data"] for each in objects if "prometheus.yml" in each.get("data", {})]
    jobs = {each["job_name"]: each for each in yaml.safe_load(data["prometheus.yml"])["scrape_configs"]}
    rules = [each for each in jobs["pods"]["relabel_configs"] if each.get("target_label") == "job"]
    assert [each["regex"] for each in rules] == believed
    assert all(each["source_labels"] == ["__meta_kubernetes_namespace"] for each in rules)
    assert all(f'job=~"{each["replacement"]}|' in data["certificates.rules.yaml"] for each in rules)
    # What it shares with its policies, and these open the way there and nowhere else.
    document = yaml.safe_load((CHARTS / "prometheus" / "component.yaml").read_text())
    own = yaml.safe_load((chart / "values.yaml").read_text())
    told = picked(overlay(own, given), document["shared"])
    policies = helm.objects(whole(CHARTS / "prometheus" / "policies"), told, release="prometheus-policies")
    ways = [
        to["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for each in policies
        for rule in each["spec"].get("egress", ())
        for to in rule.get("to", ())
        if rule.get("ports") == [{"port": "http-metrics"}]
    ]
    assert ways == believed
