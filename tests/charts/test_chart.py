"""What single values of a generated chart become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import chart as chart_generator
from pipelinekit.merge.keys import set_keys
from pipelinekit.model.app import App, Autoscale, Build, Process, SecretRef, Service, Volume
from pipelinekit.reading.values import overlay
from pipelinekit.render import render
from tests import examples
from tests.charts.expansion import environment, expand
from tests.charts.helm import Helm, Object, containers_of, name_of, pod_of, template_of, workloads
from tests.charts.test_family import GIVEN, check_family
from tests.golden import trees
from tests.hostile.values import ALL

FREE = {name: text for name, text in ALL.items() if "\x00" not in text}
"""Whatever a variable or an argument may be."""


def chart_of(app: App, folder: Path) -> Path:
    """The generated chart of an application, on disk."""
    trees.rewrite(folder, render(chart_generator.plan(app, examples.site()), templates()))
    return folder / "charts" / app.name


def stamp(chart: Path, keys: dict[tuple[str, ...], str]) -> None:
    """Set keys of Chart.yaml, as `package` does."""
    metadata = chart / "Chart.yaml"
    metadata.write_text(set_keys(metadata.read_text(), keys, "Chart.yaml"))


def by_name(objects: list[Object]) -> dict[str, Object]:
    return {name_of(each): each for each in objects}


def one(helm: Helm, folder: Path, process: Process, **fields: Any) -> dict[str, Object]:
    """What an application of one process becomes."""
    app = examples.app(processes={process.name: process}, **fields)
    return by_name(helm.objects(chart_of(app, folder), GIVEN))


@pytest.mark.parametrize("user", [None, 10001, 2_000_000_000])
def test_the_images_user_by_number_is_the_pods(helm: Helm, tmp_path: Path, user: int | None) -> None:
    build = Build(language="dockerfile", user=user)
    objects = one(helm, tmp_path, Process(name="web", port=8080), build=build)
    context = pod_of(objects["Deployment/orders"])["securityContext"]
    assert (context["runAsNonRoot"], context.get("runAsUser")) == (True, user)


@pytest.mark.parametrize("group", [1, 65532, 1_000_650_000])
def test_the_group_of_new_volumes_is_the_number_that_was_given(
    helm: Helm, tmp_path: Path, group: int
) -> None:
    store = Process(name="web", port=8080, volumes={"store": Volume(path="/store", persistent="1Gi")})
    chart = chart_of(examples.app(processes={"web": store}), tmp_path)
    objects = by_name(helm.objects(chart, overlay(dict(GIVEN), {"storage": {"group": group}})))
    found = pod_of(objects["StatefulSet/orders"])["securityContext"]["fsGroup"]
    assert (found, type(found)) == (group, int)


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["true", "null", "on", "y", "no", "off"])
def test_names_that_are_words_of_yaml_stay_names(helm: Helm, tmp_path: Path, word: str) -> None:
    process = Process(name=word, port=80, env={"TRUE": "true", "NULL": "null"})
    app = examples.app(name=word, team=word, processes={word: process}, before={word: (word,)})
    chart = chart_of(app, tmp_path)
    assert helm.run("lint", "--strict", str(chart), values=GIVEN).code == 0
    objects = helm.objects(chart, {**GIVEN, "environment": word})
    check_family(objects)
    deployment = by_name(objects)[f"Deployment/{word}-{word}"]
    (container,) = containers_of(deployment)
    assert container["name"] == word
    assert {each["name"]: each["value"] for each in container["env"]} == {
        "PIPELINEKIT_ENVIRONMENT": word,
        "PORT": "80",
        "TRUE": "true",
        "NULL": "null",
    }


def test_the_longest_names_fit(helm: Helm, tmp_path: Path) -> None:
    name, process = "a" * 30, "b" * 20
    app = examples.app(
        name=name,
        processes={
            process: Process(name=process, port=80),
            "c" * 20: Process(name="c" * 20, schedule="@daily"),
        },
        before={"d" * 20: ("x",)},
    )
    check_family(helm.objects(chart_of(app, tmp_path), GIVEN))


def test_processes_may_be_named_as_what_a_chart_makes_beside_them(helm: Helm, tmp_path: Path) -> None:
    names = ("web", "before", "test", "web-test", "before-test", "web-test-test")
    secrets = {"KEY": SecretRef(kind="vault", path="apps/x", key="key")}
    app = examples.app(
        processes={name: Process(name=name, port=80, replicas=2, secrets=secrets) for name in names},
        before={"before": ("x",)},
    )
    check_family(helm.objects(chart_of(app, tmp_path), GIVEN))


@pytest.mark.parametrize(
    "version",
    [
        "1.2.3",
        "1.2.3-pr.17.gc0ffeec0ff",
        *(f"0.1.5-{'b' * length}.g0123456789" for length in range(30, 41)),
        f"0.1.5-{'-'.join('ab' * 9)}-.g0123456789",
        "0.1.5-a--b.g0123456789",
    ],
)
@pytest.mark.parametrize("name", ["a", "a" * 20, "a" * 30])
def test_a_version_of_any_length_is_a_label(helm: Helm, tmp_path: Path, name: str, version: str) -> None:
    chart = chart_of(examples.app(name=name), tmp_path)
    stamped = set_keys(
        (chart / "Chart.yaml").read_text(), {("version",): version, ("appVersion",): version}, ""
    )
    (chart / "Chart.yaml").write_text(stamped)
    check_family(helm.objects(chart, GIVEN))


# --- values arrive --------------------------------------------------------------------------------


def hostile_app() -> App:
    """Every free text as a variable and as an argument, in every kind of workload."""
    env = {f"V{number}": text for number, text in enumerate(FREE.values())}
    command = ("program", *FREE.values())
    return examples.app(
        processes={
            "web": Process(name="web", port=8080, env=env, command=command),
            "nightly": Process(name="nightly", schedule="@daily", env=env, command=command),
        },
        before={"one": command, "two": command},
    )


@pytest.fixture(scope="module")
def hostile(helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Object]:
    chart = chart_of(hostile_app(), tmp_path_factory.mktemp("hostile"))
    assert helm.run("lint", "--strict", str(chart), values=GIVEN).code == 0
    return by_name(helm.objects(chart, GIVEN))


@pytest.mark.parametrize("name", ["Deployment/orders", "CronJob/orders-nightly", "Job/orders-before"])
def test_hostile_texts_arrive_unchanged_after_kubernetes_expanded_them(
    hostile: dict[str, Object], name: str
) -> None:
    for container in containers_of(hostile[name]):
        variables = environment(container["env"])
        command = [expand(word, variables) for word in container["command"]]
        assert command == ["program", *FREE.values()]
        assert [variables[f"V{number}"] for number in range(len(FREE))] == list(FREE.values())


@pytest.mark.parametrize("text", FREE.values(), ids=FREE)
def test_a_hostile_text_becomes_one_line_of_a_manifest(helm: Helm, tmp_path: Path, text: str) -> None:
    """Kubernetes reads manifests with another parser than these tests: what is escaped is safe with both."""
    chart = chart_of(examples.app(processes={"web": Process(name="web", env={"V": text})}), tmp_path)
    out = helm.run("template", "orders", str(chart), values=GIVEN).out
    lines = out.split("\n")
    (value,) = (lines[at + 1] for at, line in enumerate(lines) if line.strip() == '- name: "V"')
    assert value.strip().startswith('value: "')
    assert value.endswith('"')
    assert len(value.splitlines()) == 1
    assert not any(each in value for each in "\x7f\x85\x90\u2028\u2029\ufeff\uffff")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60), max_size=40))
def test_any_text_arrives_unchanged_in_the_rendered_manifest(
    helm: Helm, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    env = {f"V{number}": text for number, text in enumerate(texts)}
    process = Process(name="web", port=8080, env=env, command=("program", *texts))
    objects = one(helm, tmp_path_factory.mktemp("any"), process)
    (container,) = containers_of(objects["Deployment/orders"])
    variables = environment(container["env"])
    assert {name: variables[name] for name in env} == env
    assert [expand(word, variables) for word in container["command"]] == ["program", *texts]


def test_hostile_paths_of_health_and_metrics_arrive(helm: Helm, tmp_path: Path) -> None:
    path = "/a?b='c'&d=$(PORT)!*;,"
    objects = one(helm, tmp_path, Process(name="web", port=80, health=path, metrics=path))
    deployment = objects["Deployment/orders"]
    (container,) = containers_of(deployment)
    probes = [container[f"{each}Probe"]["httpGet"]["path"] for each in ("startup", "readiness", "liveness")]
    assert probes == [path] * 3
    assert template_of(deployment)["metadata"]["annotations"]["prometheus.io/path"] == path
    (tester,) = containers_of(objects["Pod/orders-test"])
    assert environment(tester["env"])["TEST_PATH"] == path


@pytest.mark.parametrize(
    ("process", "replicas"),
    [(Process(name="web"), 1), (Process(name="web", replicas=0), 0), (Process(name="web", replicas=7), 7)],
)
def test_replicas(helm: Helm, tmp_path: Path, process: Process, replicas: int) -> None:
    assert one(helm, tmp_path, process)["Deployment/orders"]["spec"]["replicas"] == replicas


def test_a_process_whose_replicas_somebody_took_out_runs_once(helm: Helm, tmp_path: Path) -> None:
    chart = chart_of(examples.app(), tmp_path)
    values = chart / "values.yaml"
    values.write_text(values.read_text().replace("    replicas: 1\n", ""))
    assert by_name(helm.objects(chart, GIVEN))["Deployment/orders"]["spec"]["replicas"] == 1


def test_an_autoscaler_goes_from_replicas_to_max_and_is_given_what_it_begins_with(
    helm: Helm, tmp_path: Path
) -> None:
    process = Process(name="web", replicas=2, autoscale=Autoscale(max=6, cpu=70))
    objects = one(helm, tmp_path, process)
    scaler = objects["HorizontalPodAutoscaler/orders"]["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 6)
    assert scaler["metrics"][0]["resource"]["target"]["averageUtilization"] == 70
    assert objects["Deployment/orders"]["spec"]["replicas"] == 2


def test_a_number_that_is_an_autoscalers_is_named_in_no_upgrade(helm: Helm, tmp_path: Path) -> None:
    process = Process(name="web", replicas=2, autoscale=Autoscale(max=6, cpu=70))
    app = examples.app(processes={"web": process, "worker": Process(name="worker", replicas=3)})
    objects = by_name(helm.objects(chart_of(app, tmp_path), GIVEN, upgrade=True))
    assert "replicas" not in objects["Deployment/orders"]["spec"]
    assert objects["Deployment/orders-worker"]["spec"]["replicas"] == 3


def test_a_secret_is_a_reference(helm: Helm, tmp_path: Path) -> None:
    secrets = {"KEY": SecretRef(kind="secret", path="orders-api", key="api.key")}
    (container,) = containers_of(
        one(helm, tmp_path, Process(name="web", secrets=secrets))["Deployment/orders"]
    )
    assert {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "orders-api", "key": "api.key"}}} in (
        container["env"]
    )


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


def test_an_environment_may_take_away_what_the_application_has(helm: Helm, tmp_path: Path) -> None:
    """A key that is gone in an environment is null in its values, which takes it away in Helm."""
    here = {"worker": Process(name="worker", replicas=3)}
    there = {"worker": Process(name="worker", schedule="@daily")}
    chart = chart_of(examples.app(processes=here, environments={"night": there}), tmp_path)
    objects = by_name(helm.objects(chart, GIVEN, files=[chart / "values-night.yaml"]))
    assert "CronJob/orders-worker" in objects
    assert "Deployment/orders-worker" not in objects


# --- what is given at deployment ------------------------------------------------------------------


def test_draft_gives_a_tag_and_labels_of_its_own(helm: Helm, tmp_path: Path) -> None:
    chart = chart_of(examples.app(), tmp_path)
    given = {"image": {"repository": "r/orders", "tag": "abc"}, "draft": "orders", "buildID": "01J"}
    deployment = by_name(helm.objects(chart, given))["Deployment/orders"]
    assert containers_of(deployment)[0]["image"] == "r/orders:abc"
    pods = template_of(deployment)["metadata"]
    assert (pods["labels"]["draft"], pods["annotations"]["buildID"]) == ("orders", "01J")


def test_without_a_digest_or_a_tag_nothing_is_rendered(helm: Helm, tmp_path: Path) -> None:
    said = helm.run("template", str(chart_of(examples.app(), tmp_path)))
    assert said.code != 0
    assert "pipelinekit package" in said.err


def test_where_it_comes_from_is_an_annotation_and_no_label(helm: Helm, tmp_path: Path) -> None:
    chart = chart_of(examples.app(), tmp_path)
    text = set_keys(
        (chart / "Chart.yaml").read_text(), {("annotations", "pipelinekit.dev/revision"): "c0ffee"}, ""
    )
    (chart / "Chart.yaml").write_text(text)
    deployment = by_name(helm.objects(chart, GIVEN))["Deployment/orders"]
    assert deployment["metadata"]["annotations"] == {
        "pipelinekit.dev/revision": "c0ffee",
        "pipelinekit.dev/chart": GIVEN["digest"],
    }
    assert "c0ffee" not in str(template_of(deployment))


# --- the schema -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"image": {"nonsense": 1}}, "nonsense"),
        ({"image": {"digest": "sha256:short"}}, "digest"),
        ({"image": {"digest": 3}}, "digest"),
        ({"image": {"pullSecrets": "one"}}, "pullSecrets"),
        ({"image": "orders"}, "image"),
        ({"team": 3}, "team"),
        ({"team": ""}, "team"),
        ({"mirror": ""}, "mirror"),
        ({"environment": True}, "environment"),
        ({"before": {"migrate": "x"}}, "migrate"),
        ({"before": {"migrate": []}}, "migrate"),
        ({"processes": {"Web": {"resources": {"cpu": "1", "memory": "1"}}}}, "Web"),
        ({"processes": {"web": {"nonsense": 1}}}, "nonsense"),
        ({"processes": {"web": {"port": "8080"}}}, "port"),
        ({"processes": {"web": {"port": 70000}}}, "port"),
        ({"processes": {"web": {"replicas": -1}}}, "replicas"),
        ({"processes": {"web": {"health": "healthz"}}}, "health"),
        ({"processes": {"web": {"env": {"A": 1}}}}, "env"),
        ({"processes": {"web": {"command": "run"}}}, "command"),
        ({"processes": {"web": {"resources": {"cpu": "1", "memory": "1", "disk": "1"}}}}, "disk"),
        ({"processes": {"web": {"autoscale": {"max": 0, "cpu": 1}}}}, "max"),
        ({"processes": {"web": {"secrets": {"A": {"name": "s"}}}}}, "key"),
        ({"processes": {"new": {"port": 1}}}, "resources"),
    ],
)
def test_values_of_another_shape_are_refused_by_their_name(
    helm: Helm, tmp_path: Path, values: dict[str, Any], said: str
) -> None:
    chart = chart_of(examples.app(), tmp_path)
    done = helm.run("template", str(chart), values=overlay({"image": {"digest": examples.DIGEST}}, values))
    assert done.code != 0
    assert said in done.err


def test_a_chart_around_this_one_may_hand_globals_down(helm: Helm, tmp_path: Path) -> None:
    objects = helm.objects(chart_of(examples.app(), tmp_path), {**GIVEN, "global": {"anything": 1}})
    assert workloads(objects)
