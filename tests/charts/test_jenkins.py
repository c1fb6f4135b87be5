"""What Jenkins' chart renders besides what all do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import seed
from pipelinekit.model.platform.document import Platform
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.render import render
from tests.charts.helm import Helm, Object, containers_of, name_of, pod_of, template_of
from tests.controller.pod import casc
from tests.golden import trees
from tests.pages.charts import CHARTS

CHART = CHARTS / "jenkins" / "chart"
SINGLE, PRODUCTION = (CHART / "ci" / f"{each}-values.yaml" for each in ("single-node", "production"))
PLATFORMS = [
    path
    for path in sorted(trees.HERE.glob("*/given/platform.yaml"))
    if read_platform(path.read_text()).jenkins is not None
]


def objects(helm: Helm, chart: Path, file: Path = SINGLE, **values: Any) -> dict[str, Object]:
    found = helm.objects(chart, values, files=[file], release="jenkins")
    return {name_of(each): each for each in found}


def configured(there: dict[str, Object]) -> dict[str, Any]:
    """Each file of its configuration, as YAML has it."""
    data = there["ConfigMap/jenkins-configuration"]["data"]
    return {name: yaml.safe_load(text) for name, text in data.items()}


@pytest.fixture
def chart(whole: Callable[[Path], Path]) -> Path:
    return whole(CHART)


def told(platform: Platform) -> dict[str, Any]:
    assert platform.jenkins is not None
    return seed.pipelines(platform, platform.jenkins)


def names(configuration: dict[str, Any] | str) -> list[str]:
    """What a configuration refers to."""
    return sorted(set(re.findall(r"(?<!\^)\$\{([^}]+)\}", str(configuration))))


@pytest.mark.parametrize("path", PLATFORMS, ids=lambda path: path.parts[-3])
def test_it_says_of_pipelines_what_seed_export_says(helm: Helm, chart: Path, path: Path) -> None:
    platform = read_platform(path.read_text())
    exported = render(seed.plan_casc(platform), templates())[seed.CASC].text
    pipelines = told(platform)
    secrets = [{"name": each, "secret": "all", "key": each} for each in names(pipelines)]
    there = objects(helm, chart, pipelines=pipelines, secrets=secrets)
    assert configured(there)["pipelines.yaml"] == yaml.safe_load(exported)


def test_a_credential_that_nothing_fills_is_not_there_as_an_empty_one(helm: Helm, chart: Path) -> None:
    found = configured(objects(helm, chart, PRODUCTION))["pipelines.yaml"]
    (domain,) = found["credentials"]["system"]["domainCredentials"]
    ids = [one["id"] for each in domain["credentials"] for one in each.values()]
    assert ids == ["nexus", "kube-nonprod"]
    none = configured(objects(helm, chart, PRODUCTION, secrets=[]))["pipelines.yaml"]
    assert "credentials" not in none


@pytest.mark.parametrize("file", [SINGLE, PRODUCTION], ids=["one node", "production"])
def test_all_that_the_configuration_refers_to_is_a_file_where_it_is_looked_for(
    helm: Helm, chart: Path, file: Path
) -> None:
    there = objects(helm, chart, file)
    text = "".join(there["ConfigMap/jenkins-configuration"]["data"].values())
    (server,) = containers_of(there["StatefulSet/jenkins"])
    mounted = {each["mountPath"] for each in server["volumeMounts"] if each["name"] == "references"}
    assert {f"/run/secrets/{each}" for each in names(text)} == mounted
    (volume,) = [one for one in pod_of(there["StatefulSet/jenkins"])["volumes"] if "projected" in one]
    paths = {item["path"] for each in volume["projected"]["sources"] for item in each["secret"]["items"]}
    assert {f"/run/secrets/{each}" for each in paths} == mounted


@pytest.mark.parametrize("file", [SINGLE, PRODUCTION], ids=["one node", "production"])
def test_no_file_of_the_configuration_says_what_another_says(
    helm: Helm, chart: Path, file: Path, tmp_path: Path
) -> None:
    there = objects(helm, chart, file)
    for name, text in there["ConfigMap/jenkins-configuration"]["data"].items():
        (tmp_path / name).write_text(text)
        for each in names(text):
            (tmp_path / each).write_text("word")
    assert {"jenkins", "security"} <= casc.read(tmp_path, tmp_path).keys()


UPSTREAM = {
    # Jenkins' own chart.
    "jenkins.numExecutors",
    "jenkins.mode",
    "jenkins.crumbIssuer.standard.excludeClientIPFromCrumb",
    "jenkins.markupFormatter",
    *(
        f"jenkins.clouds.kubernetes.{each}"
        for each in (
            "containerCapStr",
            "defaultsProviderTemplate",
            "jenkinsUrl",
            "name",
            "namespace",
            "podLabels.key",
            "podLabels.value",
            "serverUrl",
            "templates.imagePullSecrets.name",
            "templates.name",
            "templates.nodeUsageMode",
            "templates.serviceAccount",
            "webSocket",
        )
    ),
    *(
        f"jenkins.clouds.kubernetes.templates.containers.{each}"
        for each in (
            "args",
            "command",
            "image",
            "name",
            "resourceLimitMemory",
            "resourceRequestCpu",
            "resourceRequestMemory",
            "workingDir",
        )
    ),
    "security.apiToken.creationOfLegacyTokenEnabled",
    "security.apiToken.tokenGenerationOnCreationEnabled",
    "security.apiToken.usageStatisticsEnabled",
    "unclassified.location.url",
    # configuration-as-code's demonstrations, and matrix-auth's own tests of it.
    "jenkins.securityRealm.local.allowsSignup",
    "jenkins.securityRealm.local.enableCaptcha",
    "jenkins.securityRealm.local.users.id",
    "jenkins.securityRealm.local.users.password",
    *(
        f"jenkins.authorizationStrategy.projectMatrix.entries.{who}.{key}"
        for who in ("user", "group")
        for key in ("name", "permissions")
    ),
    # oic-auth's pages and its own tests of it.
    *(
        f"jenkins.securityRealm.oic.{each}"
        for each in (
            "clientId",
            "clientSecret",
            "emailFieldName",
            "fullNameFieldName",
            "groupsFieldName",
            "logoutFromOpenidProvider",
            "properties",
            "serverConfiguration.wellKnown.wellKnownOpenIDConfigurationUrl",
            "userNameField",
        )
    ),
}
UNVERIFIED = {
    "jenkins.slaveAgentPort",
    *(
        f"jenkins.securityRealm.oic.{each}"
        for each in (
            "allowTokenAccessWithoutOicSession",
            "postLogoutRedirectUrl",
            "properties.escapeHatch.secret",
            "properties.escapeHatch.username",
            "serverConfiguration.wellKnown.scopesOverride",
        )
    ),
}
"""Keys that are known from other people's configurations alone; the chart's README says which they are."""


def keys(value: Any, path: str = "") -> Iterator[str]:
    """The paths of what is no mapping, lists left out."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from keys(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for each in value:
            yield from keys(each, path)
    else:
        yield path


def test_each_key_of_the_configuration_is_one_that_is_documented_or_told(helm: Helm, chart: Path) -> None:
    used: set[str] = set()
    for file in (SINGLE, PRODUCTION):
        used |= set(keys(configured(objects(helm, chart, file))["controller.yaml"]))
    assert used == UPSTREAM | UNVERIFIED


def test_nothing_is_built_where_the_credentials_are(helm: Helm, chart: Path) -> None:
    found = configured(objects(helm, chart))["controller.yaml"]["jenkins"]
    assert (found["numExecutors"], found["slaveAgentPort"]) == (0, -1)
    assert found["authorizationStrategy"]["projectMatrix"]["entries"][0]["user"] == {
        "name": "${jenkins-admin-user}",
        "permissions": ["Overall/Administer"],
    }


def test_it_may_make_agents_in_their_namespace_and_do_nothing_elsewhere(helm: Helm, chart: Path) -> None:
    there = objects(helm, chart, pipelines={"namespace": "builds"})
    rights = [each for each in there.values() if each["kind"] in ("Role", "ClusterRole")]
    (role,) = rights
    assert (role["kind"], role["metadata"]["namespace"]) == ("Role", "builds")
    assert {one for each in role["rules"] for one in each["resources"]} == {
        "events",
        "pods",
        "pods/exec",
        "pods/log",
    }
    (cloud,) = configured(there)["controller.yaml"]["jenkins"]["clouds"]
    assert cloud["kubernetes"]["namespace"] == "builds"
    (template,) = cloud["kubernetes"]["templates"]
    account = there[f"ServiceAccount/{template['serviceAccount']}"]
    assert account["metadata"]["namespace"] == "builds" == there["Namespace/builds"]["metadata"]["name"]
    bound = there["RoleBinding/jenkins-agent"]["subjects"]
    assert bound == [{"kind": "ServiceAccount", "name": "jenkins", "namespace": "somewhere"}]
    assert "Namespace/builds" not in objects(
        helm, chart, pipelines={"namespace": "builds"}, agents={"create": False}
    )


def test_jobs_have_another_account_than_who_makes_pods(helm: Helm, chart: Path) -> None:
    there = objects(helm, chart)
    jobs = [each for each in there.values() if each["kind"] in ("CronJob", "Job", "Pod")]
    assert {pod_of(each)["serviceAccountName"] for each in jobs} == {"jenkins-jobs"}


def test_policies_know_an_agent_by_what_the_controller_gives_each(
    helm: Helm, chart: Path, whole: Callable[[Path], Path]
) -> None:
    there = objects(helm, chart)
    (cloud,) = configured(there)["controller.yaml"]["jenkins"]["clouds"]
    given = {each["key"]: each["value"] for each in cloud["kubernetes"]["podLabels"]}
    policies = helm.objects(whole(CHARTS / "jenkins" / "policies"), {}, release="jenkins-policies")
    (callers,) = [each for each in policies if each["metadata"]["name"] == "jenkins-policies-callers"]
    (agents,) = [
        peer for rule in callers["spec"]["ingress"] for peer in rule["from"] if "podSelector" in peer
    ]
    assert agents["podSelector"]["matchLabels"].items() <= given.items()
    place = there["Namespace/jenkins-agents"]["metadata"]["labels"]
    assert agents["namespaceSelector"]["matchLabels"].items() <= place.items()
    out = there["NetworkPolicy/jenkins-agent"]["spec"]
    assert (out["podSelector"], "ingress" in out) == ({}, False)
    (first,) = out["egress"][0]["to"]
    server = template_of(there["StatefulSet/jenkins"])["metadata"]["labels"]
    assert first["podSelector"]["matchLabels"] == server


def test_another_configuration_is_another_pod(helm: Helm, chart: Path) -> None:
    def mark(**values: Any) -> str:
        server = objects(helm, chart, **values)["StatefulSet/jenkins"]
        return str(template_of(server)["metadata"]["annotations"]["pipelinekit.dev/configuration"])

    assert mark() != mark(administrators={"users": ["ada"]})
    assert mark() == mark(gracePeriod=30)
