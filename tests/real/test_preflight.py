"""What stands in the way of a deployment, told together before anything is changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.plan.preflight import rights
from tests.real import app, workloads
from tests.real.app import Application
from tests.real.workloads import account, add, pod, workload


@pytest.fixture
def published(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Application]:
    """An application with a published chart, and a namespace of the restricted level."""
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application.tool("kubectl", "create", "namespace", application.namespace)
        level = "pod-security.kubernetes.io/enforce=restricted"
        application.tool("kubectl", "label", "namespace", application.namespace, level)
        yield application


def _revisions(application: Application) -> int:
    """How many records Helm has of it."""
    return sum(each["type"].startswith("helm.sh/") for each in application.objects("secrets"))


def _variables(**keys: str) -> list[dict[str, Any]]:
    """Variables from Secrets: `name=key`."""
    return [
        {"name": name.upper(), "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}
        for name, key in keys.items()
    ]


def test_all_that_stands_in_the_way_is_told_at_once_and_no_revision_is_made(
    published: Application, tmp_path: Path
) -> None:
    gone = workloads.image(published, "library/nothere:1")
    own = published.namespace
    published.tool("kubectl", "-n", own, "create", "secret", "generic", "there", "--from-literal=other=x")
    published.tool("kubectl", "-n", own, "create", "quota", "team", "--hard=pods=1")
    with workloads.external_secrets(published) as version:
        late = workloads.external_secret(version, "late")
        spec = pod(published, image=gone, env=_variables(late="key", there="key", missing="key"))
        add(published, late, workload(spec))
        few = account(
            published,
            tmp_path,
            [
                {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]},
                {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]},
                {"apiGroups": [version.partition("/")[0]], "resources": ["*"], "verbs": ["*"]},
            ],
        )
        said = published.verb("deploy", env={"KUBECONFIG": str(few)})
        planned = published.verb("deploy", "--plan", env={"KUBECONFIG": str(few)})
        asked = published.verb("deploy", "--plan", "--json")
    expected = [
        "dev: the account may not ",
        "dev: quota team has no room for the rollout: pods is 1, 0 in use, 2 more at its height",
        "dev: secret there has no key 'key'",
        "dev: secret missing is not there",
        f"dev: {gone} cannot be pulled: {published.env['PK_TESTBED_REGISTRY']} has no such image",
    ]
    assert said.code == planned.code == 6
    for output in (said.err, planned.err):
        assert [each for each in expected if f"error: {each}" not in output] == [], output
        assert output.count("error: ") == len(expected)
    rights = next(each for each in said.err.splitlines() if "may not" in each)
    assert "create, patch deployments.apps" in rights
    assert "create, update, patch, delete secrets" in rights
    assert "late" not in said.err, "it is one that will come"
    findings = [(each["verdict"], each["code"]) for each in asked.json()[0]["findings"]]
    assert findings == [
        ("refused", "quota"),
        ("refused", "secret-key-missing"),
        ("refused", "secret-missing"),
        ("refused", "pull"),
        ("awaited", "secret-late"),
    ]
    assert _revisions(published) == 0
    assert published.objects("deployments") == []


def test_what_the_cluster_would_not_take_is_told_in_its_words(published: Application) -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    add(
        published,
        {"apiVersion": "example.com/v1beta1", "kind": "Widget", "metadata": {"name": "old"}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "odd"},
            "spec": {"ports": [{"port": 99999}]},
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "data"},
            "spec": {**claim, "storageClassName": "fast"},
        },
        workload({**pod(published), "hostNetwork": True}),
    )
    said = published.verb("deploy")
    assert said.code == 6
    for words in (
        "the cluster has no Widget in example.com/v1beta1",
        'The Service "odd" is invalid: spec.ports[0].port: Invalid value: 99999: must be',
        "there is no storage class fast",
        'pods of orders-extra-deployment are refused: violates PodSecurity "restricted:latest": host ',
    ):
        assert f"error: dev: {words}" in said.err, said.err
    assert _revisions(published) == 0


def test_the_pull_secret_is_tried_with_its_own_login(published: Application) -> None:
    registry = published.env["PK_TESTBED_REGISTRY"]
    published.tool(
        "kubectl", "-n", published.namespace, "create", "secret", "docker-registry", "login",
        f"--docker-server={registry}", "--docker-username=nobody", "--docker-password=wrong",
    )  # fmt: skip
    add(published, workload({**pod(published), "imagePullSecrets": [{"name": "login"}]}))
    said = published.verb("deploy")
    assert said.code == 6
    assert f"cannot be pulled: {registry} refuses pull secret login" in said.err
    assert "wrong" not in said.err + said.out


def test_a_target_where_all_is_well_is_deployed_and_not_looked_over_again(published: Application) -> None:
    published.until("deploy")
    planned = published.must("deploy", "--plan", "--json").json()
    assert (planned[0]["acts"], planned[0]["findings"]) == (False, [])


def test_what_an_external_secret_makes_is_waited_for(published: Application) -> None:
    with workloads.external_secrets(published) as version:
        late = workloads.external_secret(version, "late")
        add(published, late, workload(pod(published, env=_variables(late="key"))))
        words = ("kubectl", "-n", published.namespace, "create", "secret", "generic", "late")

        def fill() -> None:
            waiting = (
                "kubectl",
                "-n",
                published.namespace,
                "get",
                "pods",
                "-o",
                "jsonpath={..waiting.reason}",
            )
            app.eventually(lambda: "CreateContainerConfigError" in published.tool(*waiting), 120)
            # By then it has been looked at, and told.
            time.sleep(8)
            published.tool(*words, "--from-literal=key=x")

        filling = threading.Thread(target=fill)
        filling.start()
        said = published.must("deploy")
        filling.join()
    assert "secret late is not there yet: it will be waited for" in said.err
    assert "waits up to 60 s for secret late" in said.err


def test_the_rights_that_are_asked_for_are_enough(published: Application, tmp_path: Path) -> None:
    rules = rights.role_rules(rights.DEPLOYER)
    published.until("publish")
    published.must("deploy", env={"KUBECONFIG": str(account(published, tmp_path, rules))})
    published.write("index.html", "changed")
    published.commit()
    published.until("publish")
    closed = [each for each in rules if "networkpolicies" not in each["resources"]]
    said = published.verb("deploy", env={"KUBECONFIG": str(account(published, tmp_path, closed))})
    assert said.code == 6
    words = (
        "error: dev: the account may not get, list, watch, create, patch networkpolicies.networking.k8s.io"
    )
    assert said.err.splitlines()[-2] == words
    assert "`pipelinekit environment prepare --env dev`" in said.err.splitlines()[-1]


def test_a_chart_may_have_objects_in_another_namespace(published: Application) -> None:
    other = f"{published.namespace}-more"
    note = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "note", "namespace": other}}
    add(published, {**note, "data": {"a": "b"}})
    refused = published.verb("deploy")
    assert refused.code == 6, refused.err
    assert f"namespace {other} is not there, and a deployment makes none but its own" in refused.err
    published.tool("kubectl", "create", "namespace", other)
    try:
        planned = published.must("deploy", "--plan").out
        assert f"create: ConfigMap/note (namespace {other})" in planned
        published.must("deploy")
        assert "runs already" in published.must("deploy").out
        published.must("deploy", "--check")
        published.tool("kubectl", "-n", other, "patch", "configmap", "note", "-p", '{"data": {"a": "c"}}')
        checked = published.verb("deploy", "--check")
        assert checked.code == 1
        assert f"ConfigMap/note (namespace {other}) data.a is c, declared b" in checked.out
        add(published, {**note, "data": {"a": "b"}, "immutable": "perhaps"})
        refused = published.verb("deploy")
        assert (refused.code, "ConfigMap" in refused.err) == (6, True), refused.err
        assert refused.reason.endswith(f"(namespace {other})"), refused.err
    finally:
        published.tool("kubectl", "delete", "namespace", other, "--wait=false")


def test_what_is_being_deleted_is_told_and_waited_for_by_nobody(published: Application) -> None:
    note = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "note"}, "data": {"a": "b"}}
    add(published, note)
    published.must("deploy")
    held = '{"metadata": {"finalizers": ["example.com/held"]}}'
    kubectl = ("kubectl", "-n", published.namespace)
    published.tool(*kubectl, "patch", "configmap", "note", "-p", held)
    try:
        published.tool(*kubectl, "delete", "configmap", "note", "--wait=false")
        told = "ConfigMap/note is being deleted, and waits for example.com/held"
        revisions = _revisions(published)
        checked = published.verb("deploy", "--check")
        assert (checked.code, told in checked.out) == (1, True), checked.out
        planned = published.must("deploy", "--plan")
        assert f"refused: {told}" in planned.out
        said = published.verb("deploy")
        assert (said.code, told in said.err) == (6, True), said.err
        assert _revisions(published) == revisions
    finally:
        # Its namespace would wait for it, and be Terminating for ever.
        gone = '{"metadata": {"finalizers": null}}'
        published.tool(*kubectl, "patch", "configmap", "note", "--type=merge", "-p", gone)
    published.must("deploy")
    published.must("deploy", "--check")
