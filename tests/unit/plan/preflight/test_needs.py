from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.ground.preflight import Pull, SecretKey
from pipelinekit.model.network.ends import TEST
from pipelinekit.plan.network.rendered.policies import hook_of
from pipelinekit.plan.preflight.needs import filled, hooks_of, needs_of, template_of
from tests.hookwords import HOOKS
from tests.manifests import deployment, hook, thing, variable


@pytest.mark.parametrize(
    ("made", "keys"),
    [
        (deployment(variable("api", "key")), (SecretKey("api", "key"),)),
        (deployment(variable("api", "key", optional=True)), ()),
        (deployment({"envFrom": [{"secretRef": {"name": "all"}}]}), (SecretKey("all"),)),
        (deployment(volumes=[{"name": "v", "secret": {"secretName": "files"}}]), (SecretKey("files"),)),
        (
            deployment(volumes=[{"secret": {"secretName": "files", "items": [{"key": "k", "path": "p"}]}}]),
            (SecretKey("files"), SecretKey("files", "k")),
        ),
        (
            deployment(
                volumes=[{"projected": {"sources": [{"secret": {"name": "one"}}, {"configMap": {}}]}}]
            ),
            (SecretKey("one"),),
        ),
        (deployment(initContainers=[{"name": "i", **variable("first", "k")}]), (SecretKey("first", "k"),)),
    ],
)
def test_each_way_to_a_secret_is_followed(made: dict[str, Any], keys: tuple[SecretKey, ...]) -> None:
    assert needs_of([made]).keys == keys


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job"])
def test_each_kind_of_workload_has_a_pod(kind: str) -> None:
    (pod,) = needs_of([{**deployment(), "kind": kind}]).pods
    assert (pod["kind"], pod["metadata"]["name"]) == ("Pod", f"orders-{kind.lower()}-preflight")
    assert pod["metadata"]["labels"] == {"a": "b"}


def test_a_cron_jobs_template_is_found_where_it_is() -> None:
    job = {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}
    found = template_of(thing("CronJob", spec={"jobTemplate": job}))
    assert found is not None
    assert found["spec"]["containers"] == [{"image": "x"}]
    assert template_of(thing("Service", spec={"template": 1})) is None


def test_an_account_that_comes_along_keeps_no_pod_out() -> None:
    own = deployment(serviceAccountName="orders")
    (pod,) = needs_of([thing("ServiceAccount"), own]).pods
    assert "serviceAccountName" not in pod["spec"]
    (pod,) = needs_of([own]).pods
    assert pod["spec"]["serviceAccountName"] == "orders"


def test_hooks_are_apart_and_tests_are_left_out() -> None:
    task, test = {**hook(deployment()), "kind": "Job"}, hook(thing("Pod", spec={"containers": []}), "test")
    needs = needs_of([task, test, thing("Service")])
    assert ([each["kind"] for each in needs.objects], [each["kind"] for each in needs.hooks]) == (
        ["Service"],
        ["Job"],
    )
    assert len(needs.pods) == 1
    assert hooks_of(task) == ("pre-install", "pre-upgrade")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (thing("Secret", data={"a": "eA=="}, stringData={"b": "x"}), [("orders", frozenset("ab"))]),
        (thing("ExternalSecret", spec={"target": {"name": "api"}}), [("api", None)]),
        (thing("ExternalSecret", spec={}), [("orders", None)]),
        (thing("Certificate", spec={"secretName": "tls"}), [("tls", None)]),
        (thing("VaultStaticSecret", spec={"destination": {"name": "v"}}), [("v", None)]),
        (thing("ConfigMap"), []),
    ],
)
def test_what_fills_a_secret_is_known(made: dict[str, Any], expected: list[Any]) -> None:
    assert list(filled(made)) == expected


def test_an_image_is_pulled_once_with_what_the_pod_names() -> None:
    made = deployment({}, {"name": "two"}, imagePullSecrets=[{"name": "login"}])
    assert needs_of([made]).pulls == (Pull("host/orders@sha256:aa", ("login",)),)


def test_volumes_want_a_class_or_the_default_one() -> None:
    claim = {"spec": {"storageClassName": "fast"}}
    sets = thing("StatefulSet", spec={"volumeClaimTemplates": [claim, {"spec": {}}]})
    assert needs_of([sets, thing("PersistentVolumeClaim", spec={})]).classes == ("fast", "")


def test_a_volume_of_no_class_wants_none() -> None:
    claim = {"spec": {"storageClassName": ""}}
    sets = thing("StatefulSet", spec={"volumeClaimTemplates": [claim]})
    assert needs_of([sets, thing("PersistentVolumeClaim", spec=claim["spec"])]).classes == ()


def test_a_pod_that_stands_in_for_a_statefulsets_has_the_volumes_of_its_claims() -> None:
    pod = {
        "containers": [{"name": "web", "image": "x", "volumeMounts": [{"name": "kept", "mountPath": "/k"}]}]
    }
    claims = [{"metadata": {"name": "kept"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}}]
    thing = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "orders"},
        "spec": {"template": {"spec": pod}, "volumeClaimTemplates": claims},
    }
    (made,) = needs_of([thing]).pods
    assert made["spec"]["volumes"] == [{"name": "kept", "emptyDir": {}}]
    assert "volumes" not in pod


@pytest.mark.parametrize(("said", "tests"), HOOKS.items())
def test_what_is_made_for_a_test_alone_is_left_out(said: str, tests: bool) -> None:
    made = hook(thing("Pod", spec={"containers": []}), said)
    assert bool(needs_of([made]).hooks) is not tests
    assert (hook_of(made["metadata"]) == TEST) is tests
