"""Users, groups, names and versions of a generated chart."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.merge.keys import set_keys
from pipelinekit.model.app import Build, Process, SecretRef, Volume
from pipelinekit.reading.chart.values import overlay
from tests import examples
from tests.charts.helm import Helm, containers_of, pod_of
from tests.charts.rendered import by_name, chart_of, one
from tests.charts.test_family import GIVEN, check_family


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
