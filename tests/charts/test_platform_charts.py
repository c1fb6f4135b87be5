"""What holds for every chart of the platform's components, with the values that its `ci/` has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.errors import Place
from pipelinekit.model.platform.document import ComponentEntry, Images
from pipelinekit.plan.bundle.images import proven
from pipelinekit.plan.network.rendered.operators import templates_of
from pipelinekit.reading.component import read_component
from pipelinekit.reading.needs import as_entered
from tests.charts.helm import (
    Helm,
    Object,
    check_refused,
    containers_of,
    name_of,
    pod_of,
    template_of,
    workloads,
)
from tests.charts.test_family import check_names_and_labels, check_resources
from tests.pages.charts import CHARTS, charts, values

STAY = ("Deployment", "StatefulSet", "DaemonSet")
RESTRICTED = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
"""The kinds of volumes that the level takes."""
TOKENS = {
    "jenkins": "it makes agents",
    "openbao": "it asks whose a token is, and says which pod is the active one",
    "prometheus": "it asks where everything is, and what there is",
}
"""Components whose pods hold a token of the cluster, and why."""
AGENT = "registry.example.com/platform/jenkins-agent:1.0.0"
MADE = {"jenkins": ("registry.example.com/platform/jenkins:1.0.0", AGENT), "nexus": (AGENT,)}
"""What a platform makes by itself and lists in its entry: no component.yaml can know where that is."""
CASES = [(chart, file) for chart in charts() for file in sorted((chart / "ci").glob("*-values.yaml"))]
each_chart = pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.parent.name, indirect=True)
each_case = pytest.mark.parametrize(
    ("chart", "file"),
    CASES,
    ids=[f"{chart.parent.name}-{file.stem}" for chart, file in CASES],
    indirect=["chart"],
)


def running(objects: list[Object]) -> list[Object]:
    """Everything that makes pods; of a resource that an operator makes them of, the pods."""
    sets = [each for each in objects if each["kind"] in ("StatefulSet", "DaemonSet")]
    return [*workloads(objects), *sets, *made_by_operators(objects)]


def made_by_operators(objects: list[Object]) -> list[Object]:
    """The pods that operators are told to make; whether one gets a token its account says."""
    accounts = {each["metadata"]["name"]: each for each in objects if each["kind"] == "ServiceAccount"}
    made = []
    for resource in (each for each in objects if each["kind"] != "CustomResourceDefinition"):
        for template in templates_of(resource):
            account = accounts.get(template["spec"].get("serviceAccountName") or "", {})
            token = account.get("automountServiceAccountToken")
            metadata = {"name": resource["metadata"]["name"], **template["metadata"]}
            spec = {**template["spec"], "automountServiceAccountToken": token}
            made.append({"kind": "Pod", "metadata": metadata, "spec": spec})
    return made


@each_chart
def test_it_comes_with_values_for_one_node_and_for_production(chart: Path) -> None:
    names = {file.stem for file in (chart / "ci").iterdir()}
    assert names >= {"single-node-values", "production-values"}
    assert (chart / "templates" / "NOTES.txt").is_file()


@each_chart
def test_every_value_is_told(chart: Path) -> None:
    said = list(values((chart / "values.yaml").read_text()))
    # What is under a mapping that any key may be in is told with it.
    free = {each.path for each in said if each.text and not each.default}
    lacking = [
        each.path
        for each in said
        if each.default and not each.text and each.path.rpartition(".")[0] not in free
    ]
    assert lacking == []


@each_case
def test_the_linter_has_nothing_to_say(helm: Helm, chart: Path, file: Path) -> None:
    said = helm.run("lint", "--strict", str(chart), "--values", str(file))
    assert said.code == 0, said.out + said.err


@each_case
def test_the_family_rules(helm: Helm, chart: Path, file: Path) -> None:
    objects = helm.objects(chart, {}, files=[file], release=chart.parent.name)
    assert len({name_of(each) for each in objects}) == len(objects)
    for each in objects:
        if each["kind"] not in ("ClusterRole", "ClusterRoleBinding"):
            check_names_and_labels(each)
        assert each["kind"] != "Secret", "a template would make a secret, a new one at each render"
        check_rights(each)
    for each in running(objects):
        check_restricted(each)
        check_resources(each)
        check_token(each, chart.parent.name)
        check_images(each, yaml.safe_load(file.read_text()).get("mirror", ""))
    check_what_stays(objects)


@each_case
def test_each_image_is_one_that_the_component_lists(helm: Helm, chart: Path, file: Path) -> None:
    document = (CHARTS / chart.parent.name / "component.yaml").read_text()
    name, mirror = chart.parent.name, yaml.safe_load(file.read_text()).get("mirror", "")
    entry = ComponentEntry(name=name, images=MADE.get(name, ()))
    component = as_entered(read_component(document, "component.yaml"), entry)
    objects = helm.objects(chart, {}, files=[file], release=name)
    images = Images(registry="registry.example.com", mirror=mirror)
    found = proven(component, objects, images, lambda _: Place("component.yaml"))
    # On one node some parts of a component are off.
    codes = {"image-unlisted", "image-unused"} if "production" in file.stem else {"image-unlisted"}
    assert "\n".join(str(each) for each in found if each.code in codes) == ""


def check_restricted(workload: Object) -> None:
    pod = pod_of(workload)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    assert {kind for volume in pod.get("volumes", []) for kind in volume} - {"name"} <= RESTRICTED
    for container in containers_of(workload):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def check_token(workload: Object, component: str) -> None:
    """Who has none declared gets none."""
    given = pod_of(workload).get("automountServiceAccountToken")
    assert given is False or (component in TOKENS and given is True), name_of(workload)


def check_images(workload: Object, mirror: str) -> None:
    for container in containers_of(workload):
        assert re.fullmatch(r"[^@]+@sha256:[0-9a-f]{64}", container["image"]), container["image"]
        assert not mirror or container["image"].startswith(f"{mirror}/")
        for each in container.get("env", []):
            secret = re.search(r"password|token|secret", each["name"].lower())
            assert not secret or "value" not in each, each["name"]


def check_rights(each: Object) -> None:
    """Nobody gets everything."""
    for rule in each.get("rules") or []:
        assert "*" not in rule.get("verbs", []) + rule.get("resources", []) + rule.get("apiGroups", [])
    assert each.get("roleRef", {}).get("name") != "cluster-admin"


def check_what_stays(objects: list[Object]) -> None:
    """What stays is probed, may be told to stop in time, and is minded when nodes are emptied."""
    budgets = [
        each["spec"]["selector"]["matchLabels"] for each in objects if each["kind"] == "PodDisruptionBudget"
    ]
    for each in objects:
        if each["kind"] not in STAY:
            continue
        labels = template_of(each)["metadata"]["labels"]
        assert "app.kubernetes.io/component" not in labels, "such pods are taken for an application's"
        assert each["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert any(budget.items() <= labels.items() for budget in budgets), name_of(each)
        assert pod_of(each)["terminationGracePeriodSeconds"] > 0
        for probe in ("readinessProbe", "livenessProbe"):
            assert all(probe in container for container in pod_of(each)["containers"]), (name_of(each), probe)
        spread = {"affinity", "topologySpreadConstraints"} & pod_of(each).keys()
        assert spread or each["spec"].get("replicas", 1) < 2, name_of(each)


@each_chart
def test_two_releases_do_not_meet(helm: Helm, chart: Path) -> None:
    file = chart / "ci" / "single-node-values.yaml"
    one, two = (helm.objects(chart, {}, files=[file], release=name) for name in ("one", "two"))
    assert not {name_of(each) for each in one} & {name_of(each) for each in two}
    for mine, others in ((one, two), (two, one)):
        theirs = [template_of(each)["metadata"]["labels"] for each in running(others)]
        for each in mine:
            selector = each.get("spec", {}).get("selector") if each["kind"] in ("Service", *STAY) else None
            wanted = (selector or {}).get("matchLabels", selector)
            assert not wanted or not any(wanted.items() <= labels.items() for labels in theirs)


@each_chart
def test_without_a_digest_nothing_is_rendered_and_the_way_is_said(helm: Helm, chart: Path) -> None:
    said = helm.run("template", "x", str(chart))
    assert said.code != 0
    assert "digest is empty: give the digest of" in said.err


WRONG: list[dict[str, Any]] = [
    {"imgae": {}},
    {"image": {"digest": "latest"}},
    {"image": {"tag": "latest"}},
    {"mirror": "https://mirror.example.com"},
    {"mirror": "x\ny"},
    {"storage": {"size": "much"}},
    {"storage": {"class": "$(id)"}},
    {"nodeSelector": {"a": 1}},
]


@each_chart
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_the_schema_does_not_know_is_refused(helm: Helm, chart: Path, wrong: dict[str, Any]) -> None:
    check_refused(helm, chart, wrong)


@each_chart
def test_pods_are_annotated_where_the_component_says_that_it_is_scraped(helm: Helm, chart: Path) -> None:
    """Prometheus finds them by one or the other, whoever deploys the chart."""
    declared = yaml.safe_load((chart.parent / "component.yaml").read_text()).get("scrape", [])
    objects = helm.objects(chart, {}, files=[chart / "ci" / "production-values.yaml"])
    found = [
        (int(said["prometheus.io/port"]), said.get("prometheus.io/path", "/metrics"))
        for said in (template_of(each)["metadata"].get("annotations") or {} for each in running(objects))
        if said.get("prometheus.io/scrape") == "true"
    ]
    wanted = [(each["port"], each.get("path", "/metrics").partition("?")[0]) for each in declared]
    assert found == wanted
