"""Texts that people choose arrive in the pods as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit.model.app import App, Process
from tests import examples
from tests.charts.expansion import environment, expand
from tests.charts.helm import Helm, Object, containers_of, template_of
from tests.charts.rendered import by_name, chart_of, one
from tests.charts.test_family import GIVEN
from tests.hostile.values import ALL

FREE = {name: text for name, text in ALL.items() if "\x00" not in text}
"""Whatever a variable or an argument may be."""


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
