"""What a platform begins with when its controller is the one that comes with pipelinekit; no cluster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.cli.platform.components.parts import Rollout
from pipelinekit.model.rollout.handover import Kind
from pipelinekit.plan.rollout import handover
from pipelinekit.plan.rollout.bootstrap import controller_of, first, sources
from pipelinekit.reading.chart.manifest import read_manifest
from pipelinekit.steps.rollout import bootstrap
from pipelinekit.steps.rollout.render import rendered
from tests.charts.helm import Helm
from tests.pages.charts import CHARTS

ON = ("jenkins", "nexus", "postgresql", "keycloak", "openbao")
DOCUMENT: dict[str, Any] = {
    "apiVersion": "pipelinekit/v1",
    "kind": "Platform",
    "metadata": {"name": "acme"},
    "images": {"registry": "r:5000"},
    "charts": {"repository": "oci://r:5000/charts"},
    "clusters": [{"name": "one"}],
    "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
    "jenkins": {
        "url": "https://jenkins.example.com",
        "source": {"repository": "https://git.example.com/platform.git"},
        "library": {"repository": "https://git.example.com/kit.git", "version": "v2"},
        "agent": {"kubernetes": {"namespace": "builds", "image": "r:5000/agent:1"}},
    },
    "components": [{"name": each, "values": f"{each}.yaml"} for each in ON],
}
RBAC = "rbac.authorization.k8s.io"
PLURALS = {
    "v1": ("Namespace", "ServiceAccount", "Service", "ConfigMap", "PersistentVolumeClaim", "Pod"),
    "apps/v1": ("StatefulSet",),
    "batch/v1": ("Job", "CronJob"),
    "policy/v1": ("PodDisruptionBudget",),
    "networking.k8s.io/v1": ("NetworkPolicy",),
    f"{RBAC}/v1": ("Role", "RoleBinding"),
}
KINDS = {
    (version, kind): Kind(
        group=version.rpartition("/")[0],
        plural="networkpolicies" if kind == "NetworkPolicy" else f"{kind.lower()}s",
        namespaced=kind != "Namespace",
    )
    for version, kinds in PLURALS.items()
    for kind in kinds
}


@pytest.fixture
def here(helm: Helm, tmp_path: Path) -> Rollout:
    for each in ON:
        text = (CHARTS / each / "chart" / "ci" / "single-node-values.yaml").read_text()
        (tmp_path / f"{each}.yaml").write_text(text)
    (tmp_path / "platform.yaml").write_text(json.dumps(DOCUMENT))
    return Rollout(str(tmp_path), "dev")


def test_it_begins_with_jenkins_and_nexus_and_pulls_nothing_from_nexus(here: Rollout) -> None:
    jenkins = controller_of(here.on)
    order = first(here.order, jenkins, "nexus")
    assert (jenkins, tuple(order)) == ("jenkins", ("postgresql", "keycloak", "nexus", "jenkins"))
    pulled = bootstrap.pulled(here.parts, order, here.shelf, here.helm)
    assert "jenkins: images from registry.example.com" in sources(pulled)


def test_its_chart_is_told_what_the_document_says_of_it(here: Rollout) -> None:
    found = read_manifest(rendered(here.parts["jenkins"], here.shelf, here.helm))
    (text,) = [each["data"]["pipelines.yaml"] for each in found if "pipelines.yaml" in each.get("data", {})]
    (library,) = yaml.safe_load(text)["unclassified"]["globalUntrustedLibraries"]["libraries"]
    assert library["defaultVersion"] == "v2"
    assert {each["metadata"].get("namespace") for each in found if each["kind"] == "Role"} == {"builds"}


def test_the_job_of_its_own_upgrade_gets_rights_where_the_chart_has_objects_alone(here: Rollout) -> None:
    found = read_manifest(rendered(here.parts["jenkins"], here.shelf, here.helm))
    rules = handover.rules(found, KINDS, "jenkins", "jenkins-handover")
    assert rules.keys() == {"", "builds", "jenkins"}
    assert {one for each in rules[""] for one in each["resources"]} == {"namespaces"}
    component = next(each for each in here.on if each.name == "jenkins")
    assert component.controller is not None
    assert component.controller.login == "jenkins-login"
