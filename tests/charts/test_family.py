"""What holds for everything that a generated chart makes, whatever the application."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm import (
    WORKLOADS,
    Helm,
    Object,
    containers_of,
    name_of,
    pod_of,
    template_of,
    workloads,
)
from tests.examples import DIGEST, OTHER_DIGEST
from tests.golden import trees

LABEL_VALUE = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
LABELS = {
    *(
        f"app.kubernetes.io/{each}"
        for each in ("name", "instance", "version", "component", "part-of", "managed-by")
    ),
    "helm.sh/chart",
}
AGENTS = {"vault-init", "vault-agent"}
GIVEN: dict[str, Any] = {
    "image": {"registry": "r:5000", "digest": DIGEST, "pullSecrets": ["pull"]},
    "environment": "dev",
    "digest": OTHER_DIGEST,
    "mirror": "mirror:5001",
    "vault": {"address": "https://vault.example.com", "image": "vault:1"},
}
"""As a deployment gives it."""


def charts() -> list[Path]:
    """The chart of every golden application."""
    return sorted(path.parent for path in trees.HERE.glob("*/tree/charts/*/Chart.yaml"))


def layers(chart: Path) -> list[tuple[Path, ...]]:
    """The chart's own values, and each environment's over them."""
    return [(), *((path,) for path in sorted(chart.glob("values-*.yaml")))]


RENDERED = [(chart, layer) for chart in charts() for layer in layers(chart)]
IDS = ["-".join((chart.parts[-4], *(path.stem for path in layer))) for chart, layer in RENDERED]
each_set = pytest.mark.parametrize(("chart", "layer"), RENDERED, ids=IDS)


def test_there_is_a_chart_for_every_golden_application() -> None:
    assert {chart.parts[-4] for chart in charts()} == set(trees.CASES) - {"platform", "controller"}


@each_set
def test_the_linter_has_nothing_to_say(helm: Helm, chart: Path, layer: tuple[Path, ...]) -> None:
    over = [word for path in layer for word in ("--values", str(path))]
    said = helm.run("lint", "--strict", str(chart), *over, values=GIVEN)
    assert said.code == 0, said.out + said.err


@each_set
def test_the_family_rules(helm: Helm, chart: Path, layer: tuple[Path, ...]) -> None:
    objects = helm.objects(chart, GIVEN, files=layer)
    assert workloads(objects)
    check_family(objects)
    check_images(objects, chart.name)


def check_family(objects: Sequence[Object]) -> None:
    """Assert the rules that every release keeps."""
    assert len({name_of(each) for each in objects}) == len(objects)
    for each in objects:
        check_names_and_labels(each)
    for each in workloads(objects):
        check_restricted(each)
        check_resources(each)
        check_no_token(each)
        labels = template_of(each)["metadata"]["labels"]
        assert "app.kubernetes.io/version" not in labels or each["kind"] == "Pod"
        assert "helm.sh/chart" not in labels or each["kind"] == "Pod"
        # By it a team finds what its pods write: a shipper of log lines is told labels of pods.
        assert labels["app.kubernetes.io/part-of"] == each["metadata"]["labels"]["app.kubernetes.io/part-of"]
    check_selectors(objects)
    check_references(objects)


def check_names_and_labels(each: Object) -> None:
    name = each["metadata"]["name"]
    # These are no part of any host's name, so that they may have dots.
    dotted = each["kind"] in {"ConfigMap", "NetworkPolicy", "AuthorizationPolicy"}
    letters = "-a-z0-9." if dotted else "-a-z0-9"
    assert re.fullmatch(rf"[a-z]([{letters}]*[a-z0-9])?", name), name
    # A CronJob's pods are named after it, with eleven characters more.
    assert len(name) <= (52 if each["kind"] == "CronJob" else 63), name
    labels = each["metadata"]["labels"]
    assert labels.keys() >= LABELS, name_of(each)
    for key, value in labels.items():
        assert isinstance(value, str), (name_of(each), key, value)
        assert LABEL_VALUE.fullmatch(value), (name_of(each), key, value)


def check_restricted(workload: Object) -> None:
    pod = pod_of(workload)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    kinds = {kind for volume in pod.get("volumes", []) for kind in volume} - {"name"}
    assert kinds <= {"emptyDir", "configMap", "projected"}
    for container in containers_of(workload):
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["readOnlyRootFilesystem"] is True
        assert security["capabilities"] == {"drop": ["ALL"]}


def check_resources(workload: Object) -> None:
    for container in containers_of(workload):
        resources = container["resources"]
        assert resources["requests"].keys() == {"cpu", "memory", "ephemeral-storage"}, name_of(workload)
        assert resources["limits"].keys() == {"memory", "ephemeral-storage"}, name_of(workload)
    for volume in pod_of(workload).get("volumes", []):
        assert "emptyDir" not in volume or volume["emptyDir"]["sizeLimit"], volume["name"]


def check_no_token(workload: Object) -> None:
    """No container gets a token of the cluster, but Vault's agent one that it logs in with."""
    pod = pod_of(workload)
    assert pod["automountServiceAccountToken"] is False
    tokens = {volume["name"] for volume in pod.get("volumes", []) if "projected" in volume}
    holders = {
        container["name"]
        for container in containers_of(workload)
        for mount in container.get("volumeMounts", [])
        if mount["name"] in tokens
    }
    assert holders <= AGENTS


def check_images(objects: Sequence[Object], name: str) -> None:
    for each in workloads(objects):
        tests = each["metadata"].get("annotations", {}).get("helm.sh/hook") == "test"
        wanted = "mirror:5001/library/busybox:stable" if tests else f"r:5000/{name}@{DIGEST}"
        for container in containers_of(each):
            assert container["image"] == ("vault:1" if container["name"] in AGENTS else wanted)
        assert pod_of(each)["imagePullSecrets"] == [{"name": "pull"}]


def check_selectors(objects: Sequence[Object]) -> None:
    """Every selector finds the pods that it is for, and no others."""
    for each in objects:
        if each["kind"] not in {"Deployment", "Service", "PodDisruptionBudget"}:
            continue
        selector = each["spec"]["selector"]
        selector = selector.get("matchLabels", selector)
        assert not any("version" in key or "chart" in key for key in selector)
        found = [
            name_of(other)
            for other in workloads(objects)
            if selector.items() <= template_of(other)["metadata"]["labels"].items()
        ]
        assert found == [f"Deployment/{each['metadata']['name']}"], (name_of(each), found)


def check_references(objects: Sequence[Object]) -> None:
    """What an object refers to is there."""
    there = {name_of(each) for each in objects}
    for each in objects:
        if each["kind"] == "HorizontalPodAutoscaler":
            target = each["spec"]["scaleTargetRef"]
            assert f"{target['kind']}/{target['name']}" in there
        elif each["kind"] == "Ingress":
            (rule,) = each["spec"]["rules"]
            (path,) = rule["http"]["paths"]
            assert f"Service/{path['backend']['service']['name']}" in there
        elif each["kind"] in WORKLOADS:
            assert f"ServiceAccount/{pod_of(each)['serviceAccountName']}" in there
            for volume in pod_of(each).get("volumes", []):
                if "configMap" in volume:
                    assert f"ConfigMap/{volume['configMap']['name']}" in there
        elif each["kind"] == "ServiceAccount":
            assert each["automountServiceAccountToken"] is False


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.parts[-4])
def test_two_releases_in_one_namespace_do_not_meet(helm: Helm, chart: Path) -> None:
    one, two = (helm.objects(chart, GIVEN, release=name) for name in ("one", "two"))
    assert not {name_of(each) for each in one} & {name_of(each) for each in two}
    check_selectors([*one, *two])


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.parts[-4])
def test_an_upgrade_changes_no_selector(helm: Helm, chart: Path) -> None:
    """A Deployment's selector cannot be changed: whatever a deployment gives, it stays the same."""

    def selectors(values: dict[str, Any]) -> dict[str, Any]:
        return {
            name_of(each): each["spec"]["selector"]
            for each in helm.objects(chart, values)
            if each["kind"] == "Deployment"
        }

    image = {"registry": "elsewhere", "digest": OTHER_DIGEST}
    assert selectors(GIVEN) == selectors({**GIVEN, "image": image, "environment": "production"})


def test_the_rules_bite() -> None:
    """Each rule refuses the one thing that it is about."""
    pod: Object = {
        "kind": "Pod",
        "metadata": {"name": "p", "labels": dict.fromkeys(LABELS, "x")},
        "spec": {
            "serviceAccountName": "s",
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [
                {
                    "resources": {
                        "requests": {"cpu": "1", "memory": "1", "ephemeral-storage": "1"},
                        "limits": {"memory": "1", "ephemeral-storage": "1"},
                    },
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }
    account = {**pod, "kind": "ServiceAccount", "automountServiceAccountToken": False}
    account["metadata"] = {**pod["metadata"], "name": "s"}
    check_family([pod, account])
    wrong: list[tuple[tuple[str | int, ...], Any]] = [
        (("metadata", "name"), "x" * 64),
        (("metadata", "name"), "True"),
        (("metadata", "labels", "helm.sh/chart"), True),
        (("metadata", "labels", "helm.sh/chart"), "ends-with-"),
        (("spec", "automountServiceAccountToken"), True),
        (("spec", "securityContext", "runAsNonRoot"), False),
        (("spec", "securityContext", "seccompProfile"), {"type": "Unconfined"}),
        (("spec", "hostNetwork"), True),
        (("spec", "containers", 0, "securityContext", "allowPrivilegeEscalation"), True),
        (("spec", "containers", 0, "securityContext", "readOnlyRootFilesystem"), False),
        (("spec", "containers", 0, "securityContext", "capabilities"), {"drop": []}),
        (("spec", "containers", 0, "resources", "requests"), {"cpu": "1"}),
        (("spec", "serviceAccountName"), "nobody"),
    ]
    for path, value in wrong:
        with pytest.raises(AssertionError):
            check_family([_changed(pod, path, value), account])


def _changed(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, list):
        return [_changed(each, path[1:], new) if at == path[0] else each for at, each in enumerate(value)]
    return {**value, path[0]: _changed(value.get(path[0]), path[1:], new)}
