"""What kube-score finds in rendered charts: nothing that has no reason here, and no reason is for nothing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.charts.helm import Helm
from tests.charts.test_family import GIVEN, charts, layers
from tests.pages import charts as platform
from tests.testbed import tools
from tests.testbed.binaries import KUBERNETES
from tests.testbed.layout import Layout

Finding = tuple[str, str, str]
"""A check, what it says in short, and the object: kind and name."""
Score = Callable[[str], set[Finding]]

EVERYWHERE = {
    ("container-image-pull-policy", "ImagePullPolicy is not set to Always"): (
        "an image is named by its digest: what a node has of that name is that"
    ),
    ("container-resources", "CPU limit is not set"): (
        "a limit slows a program down on an idle node; requests share out a busy one"
    ),
    ("container-security-context-user-group-id", "The container is running with a low user ID"): (
        "the number of the image's own user, never 0, with no right and nothing of the node mounted"
    ),
    ("container-security-context-user-group-id", "The container running with a low group ID"): "likewise",
}
"""Reasons for what is so by rule, by check and what it says."""

APPLICATIONS = {
    ("deployment-replicas", "Deployment/orders"): "as many as the descriptor says",
    ("deployment-replicas", "Deployment/stock"): "likewise",
    ("pod-probes-identical", "Deployment/orders"): (
        "a descriptor has one path; a pod is out of its Service after 15 seconds, and killed after 60"
    ),
    ("pod-probes-identical", "Deployment/stock"): "likewise",
    ("pod-probes", "Deployment/orders"): "of a descriptor without `health` nothing says that it is dead",
    ("deployment-has-host-podantiaffinity", "Deployment/orders"): "topologySpreadConstraints spread it",
    ("deployment-has-host-podantiaffinity", "Deployment/stock"): "likewise",
    ("deployment-targeted-by-hpa-does-not-have-replicas-configured", "Deployment/orders"): (
        "of the first installation alone: an upgrade names no number"
    ),
    ("container-ephemeral-storage-request-and-limit", "StatefulSet/orders-worker"): (
        "it has a volume on the node's disk with a size of its own, which the limit would count once more"
    ),
    ("statefulset-has-servicename", "StatefulSet/orders-worker"): "nobody asks for one of its pods by name",
}
"""Reasons for what single objects of the golden applications have, by check and object."""

DEADLINE = "a run that was missed is made up for once the cluster is there again, and never left out"
OWN_SERVICE = "it has one pod, and the Service that finds it has an address: nobody asks for the pod by name"
COMPONENTS = {
    **{
        ("cronjob-has-deadline", f"CronJob/{name}-{part}"): DEADLINE
        for name in ("cassandra", "jenkins", "logs", "minio", "nexus", "openbao", "postgresql", "prometheus")
        for part in ("backup", "restore")
    },
    ("cronjob-has-deadline", "CronJob/keycloak-realm"): DEADLINE,
    ("cronjob-has-deadline", "CronJob/logs-keep"): DEADLINE,
    ("cronjob-has-deadline", "CronJob/nexus-apply"): DEADLINE,
    **{
        ("statefulset-has-servicename", f"StatefulSet/{name}"): OWN_SERVICE
        for name in ("jenkins", "nexus", "postgresql", "prometheus")
    },
    ("deployment-replicas", "Deployment/prometheus-state"): "a second one would tell everything twice",
    ("deployment-replicas", "Deployment/keycloak"): "one, on one node; production has more",
    ("deployment-replicas", "Deployment/service-broker"): "likewise",
    ("networkpolicy-targets-pod", "NetworkPolicy/jenkins-agent"): "Jenkins makes the agents' pods",
    **{
        ("networkpolicy-targets-pod", f"NetworkPolicy/dse-policies{part}"): "its operator makes the pods"
        for part in ("", "-callers", "-peers")
    },
    ("networkpolicy-targets-pod", "NetworkPolicy/logs-policies-callers"): "it has no server: nobody calls it",
    ("networkpolicy-targets-pod", "NetworkPolicy/minio-policies-callers"): "with an S3 elsewhere, likewise",
    ("pod-probes-identical", "StatefulSet/jenkins"): (
        "/login is what answers whoever asks; a pod is killed after two minutes without it"
    ),
    ("service-targets-pod", "Service/minio"): "with an S3 elsewhere its addresses are in an EndpointSlice",
    ("service-targets-pod", "Service/openbao-active"): "OpenBao itself marks the pod that is active",
}
"""Likewise of the components, with each of the values in `ci/`."""


@pytest.fixture(scope="module")
def score() -> Score:
    """Judge manifests; what is found."""
    program = tools.kube_score(Layout.from_environment())
    version = ".".join(KUBERNETES.split(".")[:2])
    options = ["--kubernetes-version", version, "--enable-optional-test", "container-seccomp-profile"]

    def judged(manifest: str) -> set[Finding]:
        said = subprocess.run(
            [str(program), "score", *options, "--output-format", "json", "-"],
            input=manifest,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.stdout.startswith("["), said.stderr
        found = set[Finding]()
        for each in json.loads(said.stdout):
            kind, name = each["object_name"].split("/")[0], each["object_name"].split("/")[-1]
            for check in each["checks"]:
                if check["skipped"] or check["grade"] == _FINE:
                    continue
                said_of_it = [one["summary"] for one in check["comments"] or ()] or [""]
                found |= {(check["check"]["id"], summary, f"{kind}/{name}") for summary in said_of_it}
        return found

    return judged


_FINE = 10


def check_explained(found: set[Finding], reasons: dict[tuple[str, str], str]) -> None:
    """Each has a reason, and each reason is for something."""
    lacking = {each for each in found if each[:2] not in EVERYWHERE and (each[0], each[2]) not in reasons}
    assert not lacking
    assert set(reasons) <= {(check, at) for check, _, at in found}
    assert set(EVERYWHERE) <= {(check, summary) for check, summary, _ in found}


def test_what_is_found_in_applications_has_a_reason(score: Score, helm: Helm) -> None:
    found = set[Finding]()
    for chart in charts():
        for over in layers(chart):
            files = [word for path in over for word in ("--values", str(path))]
            said = helm.run("template", chart.name, str(chart), *files, values=GIVEN)
            assert said.code == 0, said.err
            found |= score(said.out)
    check_explained(found, APPLICATIONS)


def test_what_is_found_in_components_has_a_reason(
    score: Score, helm: Helm, whole: Callable[[Path], Path]
) -> None:
    found = set[Finding]()
    for chart in platform.charts():
        name, policies = chart.parent.name, chart.parent / "policies"
        beside = helm.run("template", f"{name}-policies", str(whole(policies))) if policies.is_dir() else None
        for values in sorted((chart / "ci").glob("*-values.yaml")):
            said = helm.run("template", name, str(whole(chart)), "--values", str(values))
            assert said.code == 0, said.err
            found |= score(f"{said.out}\n---\n{beside.out if beside else ''}")
    check_explained(found, COMPONENTS)


@pytest.mark.parametrize(
    ("instead", "check"),
    [
        (("memory: 1Gi}}", "cpu: 1}}"), "container-resources"),
        (("image: r/x@sha256:1", "image: r/x:latest"), "container-image-tag"),
        (("readOnlyRootFilesystem: true", "privileged: true"), "container-security-context-privileged"),
        (("seccompProfile: {type: RuntimeDefault}", "runAsUser: 20000"), "container-seccomp-profile"),
        (("readinessProbe", "startupProbe"), "pod-probes"),
        (("kind: PodDisruptionBudget", "kind: Other"), "deployment-has-poddisruptionbudget"),
        (("kind: NetworkPolicy", "kind: Other"), "pod-networkpolicy"),
        (("type: ClusterIP", "type: NodePort"), "service-type"),
    ],
)
def test_what_is_wrong_is_found(score: Score, instead: tuple[str, str], check: str) -> None:
    good = (Path(__file__).parent / "scored.yaml").read_text()
    assert instead[0] in good
    assert {each for each in score(good) if each[:2] not in EVERYWHERE} == set()
    assert check in {each[0] for each in score(good.replace(*instead)) if each[:2] not in EVERYWHERE}
