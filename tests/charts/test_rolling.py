"""What happens to the pods of a generated chart at a rollout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.model.app import Process, SecretRef, Service
from tests import examples
from tests.charts.expansion import environment
from tests.charts.helm import Helm, Object, containers_of, pod_of, template_of
from tests.charts.rendered import by_name, chart_of, one
from tests.charts.test_family import GIVEN, check_family


def test_a_task_before_a_rollout_has_the_environment_of_web(helm: Helm, tmp_path: Path) -> None:
    web = Process(name="web", env={"A": "x"})
    job = one(helm, tmp_path, web, before={"b": ("second",), "a": ("first",)})["Job/orders-before"]
    assert [each["command"] for each in containers_of(job)] == [["first"], ["second"]]
    assert all(environment(each["env"])["A"] == "x" for each in containers_of(job))
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert pod_of(job)["restartPolicy"] == "Never"


def test_a_tasks_policy_is_there_before_it_and_says_where_it_may_go(helm: Helm, tmp_path: Path) -> None:
    objects = one(
        helm, tmp_path, Process(name="web"), before={"a": ("x",)}, services=(Service(type="sql", name="x"),)
    )
    policy, job = objects["NetworkPolicy/orders-before"], objects["Job/orders-before"]
    hooks = [each["metadata"]["annotations"] for each in (policy, job)]
    assert len({each["helm.sh/hook"] for each in hooks}) == 1
    first, then = (int(each.get("helm.sh/hook-weight", "0")) for each in hooks)
    assert first < then
    labels = template_of(job)["metadata"]["labels"]
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert policy["spec"]["egress"] == objects["NetworkPolicy/orders"]["spec"]["egress"]
    assert policy["spec"]["ingress"] == []
    web = template_of(objects["Deployment/orders"])["metadata"]["labels"]
    assert not policy["spec"]["podSelector"]["matchLabels"].items() <= web.items()


@pytest.mark.parametrize(
    ("version", "hook"), [("1.29.9", "exec"), ("1.30.0", "sleep"), ("1.34.2-gke.1", "sleep")]
)
def test_a_pod_that_goes_still_answers_for_a_while(
    helm: Helm, tmp_path: Path, version: str, hook: str
) -> None:
    chart = chart_of(examples.app(), tmp_path)
    said = helm.run("template", "orders", str(chart), "--kube-version", version, values=GIVEN)
    loaded = [each for each in yaml.load_all(said.out, Loader=yaml.CSafeLoader) if each]
    pod = pod_of(by_name(loaded)["Deployment/orders"])
    stop = pod["containers"][0]["lifecycle"]["preStop"]
    assert stop == {"sleep": {"sleep": {"seconds": 3}}, "exec": {"exec": {"command": ["sleep", "3"]}}}[hook]
    assert pod["terminationGracePeriodSeconds"] >= 30 + 3


def test_a_rollout_takes_no_pod_away_before_another_answers(helm: Helm, tmp_path: Path) -> None:
    processes = {"web": Process(name="web", port=80, replicas=4), "worker": Process(name="worker")}
    objects = by_name(helm.objects(chart_of(examples.app(processes=processes), tmp_path), GIVEN))
    web, worker = objects["Deployment/orders"], objects["Deployment/orders-worker"]
    assert web["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert "strategy" not in worker["spec"]
    assert "lifecycle" not in pod_of(worker)["containers"][0]


def test_pods_are_apart_where_there_is_room_and_a_late_cron_job_is_bounded(
    helm: Helm, tmp_path: Path
) -> None:
    processes = {"web": Process(name="web", port=80), "night": Process(name="night", schedule="@daily")}
    objects = by_name(helm.objects(chart_of(examples.app(processes=processes), tmp_path), GIVEN))
    spread = pod_of(objects["Deployment/orders"])["topologySpreadConstraints"]
    assert {each["whenUnsatisfiable"] for each in spread} == {"ScheduleAnyway"}
    labels = template_of(objects["Deployment/orders"])["metadata"]["labels"]
    assert all(each["labelSelector"]["matchLabels"].items() <= labels.items() for each in spread)
    assert objects["CronJob/orders-night"]["spec"]["startingDeadlineSeconds"] == 3600


def test_another_configuration_of_vaults_agent_is_another_pod(helm: Helm, tmp_path: Path) -> None:
    secrets = {"KEY": SecretRef(kind="vault", path="apps/x", key="key")}
    chart = chart_of(examples.app(processes={"web": Process(name="web", secrets=secrets)}), tmp_path)

    def pods(**vault: str) -> Object:
        given = {**GIVEN, "vault": {**GIVEN["vault"], **vault}}
        return template_of(by_name(helm.objects(chart, given))["Deployment/orders"])

    assert pods() == pods()
    assert pods() != pods(address="https://other.example.com")


def test_the_agent_of_a_private_vault_is_told_who_vouches_for_it(helm: Helm, tmp_path: Path) -> None:
    secrets = {"KEY": SecretRef(kind="vault", path="apps/x", key="key")}
    chart = chart_of(examples.app(processes={"web": Process(name="web", secrets=secrets)}), tmp_path)

    def told(**vault: str) -> tuple[Any, set[str], str]:
        objects = by_name(helm.objects(chart, {**GIVEN, "vault": {**GIVEN["vault"], **vault}}))
        web = objects["Deployment/orders"]
        agents = [each for each in containers_of(web) if each["name"].startswith("vault-")]
        mounted = {one["mountPath"] for each in agents for one in each["volumeMounts"]}
        volumes = {each["name"]: each for each in pod_of(web)["volumes"]}
        named = volumes.get("vault-authority", {}).get("configMap", {}).get("name", "")
        config = json.loads(objects["ConfigMap/orders-vault"]["data"]["agent.json"])
        return config["vault"].get("ca_cert"), mounted & {"/vault/authority"}, named

    assert told() == (None, set(), "")
    assert told(authority="keys") == ("/vault/authority/ca.crt", {"/vault/authority"}, "keys")


def test_another_mark_of_a_secret_is_another_pod_of_those_that_refer_to_it(
    helm: Helm, tmp_path: Path
) -> None:
    def refers(name: str) -> dict[str, SecretRef]:
        return {"KEY": SecretRef(kind="secret", path=name, key="k")}

    processes = {
        "web": Process(name="web", secrets=refers("one")),
        "worker": Process(name="worker", secrets=refers("two")),
    }
    chart = chart_of(examples.app(processes=processes), tmp_path)

    def pods(**marks: str) -> list[Object]:
        objects = by_name(helm.objects(chart, {**GIVEN, "secretVersions": marks}))
        return [template_of(objects[each]) for each in ("Deployment/orders", "Deployment/orders-worker")]

    (web, worker), (web_then, worker_then) = pods(one="a", two="b"), pods(one="c", two="b")
    assert web != web_then
    assert worker == worker_then
    assert "annotations" not in pods()[0]["metadata"]


def test_a_task_of_an_application_without_web_has_resources_too(helm: Helm, tmp_path: Path) -> None:
    app = examples.app(processes={"worker": Process(name="worker")}, before={"migrate": ("x",)})
    check_family(helm.objects(chart_of(app, tmp_path), GIVEN))
