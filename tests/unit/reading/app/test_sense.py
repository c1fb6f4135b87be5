"""What the schema cannot say."""

from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid, Place
from pipelinekit.reading.app import read_app
from tests.documents import MARK
from tests.unit.reading.app.documents import HEAD, fault, faults, read


@pytest.mark.parametrize(
    "text",
    [
        "run: {«health: /healthz}",
        "run: {«metrics: /m, «expose: {host: a.b}}",
        "processes:\n  api: {«health: /}",
        "environments:\n  dev: {«expose: {host: a.b}}",
        "processes: {w: {command: [x]}}\nenvironments: {dev: {processes: {w: {«health: /}}}}",
    ],
)
def test_what_needs_a_port(text: str) -> None:
    assert set(faults(text)) == {"port-missing"}


@pytest.mark.parametrize(
    "text",
    [
        "run: {port: 80, health: /, metrics: /m, expose: {host: a.b}}",
        "run: {port: 80}\nenvironments: {dev: {health: /, expose: {host: a.b}}}",
        "processes: {web: {port: 80}}\nenvironments: {dev: {health: /}}",
        "processes: {w: {port: 80}}\nenvironments: {dev: {processes: {w: {health: /}}}}",
        "environments: {dev: {port: 80, health: /}}",
    ],
)
def test_a_port_may_come_from_what_is_overridden(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    "key",
    ["port: 80", "replicas: 1", "autoscale: {max: 2}", "expose: {host: a.b}", "health: /", "metrics: /"],
)
def test_a_scheduled_process_does_not_run_all_the_time(key: str) -> None:
    assert faults(f"processes: {{nightly: {{schedule: '@daily', «{key}}}}}") == ["schedule-excludes"]
    base = "processes: {nightly: {schedule: '@daily'}}\n"
    override = f"environments: {{dev: {{processes: {{nightly: {{«{key}}}}}}}}}"
    assert faults(base + override) == ["schedule-excludes"]


def test_an_environment_cannot_schedule_a_process_that_listens() -> None:
    base = "processes: {api: {port: 80, health: /}}\n"
    override = "environments: {dev: {processes: {api: {««schedule: '@daily'}}}}"
    assert faults(base + override) == ["schedule-excludes"] * 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("run: {replicas: 3, «autoscale: {max: 2}}", "autoscale-range"),
        ("run: {«replicas: 0, autoscale: {max: 2}}", "replicas-zero"),
        ("run: {autoscale: {max: 3}}\nenvironments: {dev: {«replicas: 4}}", "autoscale-range"),
        ("run: {replicas: 4}\nenvironments: {dev: {«autoscale: {max: 3}}}", "autoscale-range"),
        ("run: {«replicas: true, autoscale: {max: 2}}", "bad-type"),
    ],
)
def test_autoscaling_goes_from_replicas_to_max(text: str, code: str) -> None:
    assert faults(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "run: {replicas: 2, autoscale: {max: 2}}",
        "run: {autoscale: {max: 1}}",
        "run: {replicas: 4}\nenvironments: {dev: {replicas: 1, autoscale: {max: 3}}}",
    ],
)
def test_autoscaling_within_its_range(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    "text",
    [
        "run: {env: {A: x}, secrets: {«A: 'secret:s#k'}}",
        "run: {env: {A: x}}\nenvironments: {dev: {secrets: {«A: 'secret:s#k'}}}",
        "run: {env: {A: x}}\nenvironments: {dev: {env: {B: x}, secrets: {«A: 'secret:s#k'}}}",
        "run: {secrets: {A: 'secret:s#k'}}\nenvironments: {dev: {env: {«A: x}}}",
    ],
)
def test_a_variable_has_one_source(text: str) -> None:
    assert faults(text) == ["variable-twice"]


@pytest.mark.parametrize("run", ["{port: 80}", "{}"])
def test_web_is_either_run_or_a_process(run: str) -> None:
    assert faults(f"run: {run}\nprocesses: {{«web: {{port: 81}}}}") == ["process-twice"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "processes: {worker: {}}\nrun: {}\nenvironments: {dev: {processes: {«wroker: {replicas: 2}}}}",
            "did you mean 'worker'?",
        ),
        (
            "run: {}\nenvironments: {dev: {processes: {«web: {replicas: 2}}}}",
            "write it beside 'processes', in the environment itself",
        ),
        (
            "processes: {w: {}}\nenvironments: {dev: {«replicas: 2}}",
            "write it below processes: w",
        ),
    ],
)
def test_only_processes_that_there_are_can_be_overridden(text: str, hint: str) -> None:
    assert faults(text) == ["unknown-process"]
    assert fault(text.replace(MARK, "")).hint == hint


@pytest.mark.parametrize(
    "text", ["calls: [stock, «orders]", "accepts: [«orders]", "calls: [«payments/orders]"]
)
def test_an_application_does_not_call_itself(text: str) -> None:
    assert faults(text) == ["calls-itself"]


def test_another_teams_application_may_have_the_same_name() -> None:
    assert read("calls: [stock/orders]").calls == ("stock/orders",)


@pytest.mark.parametrize(
    "text", ["run: {«port: 8080.0}", "run: {«replicas: 2.0}", "run: {autoscale: {«max: 3.0}}"]
)
def test_a_whole_number_is_written_as_one(text: str) -> None:
    assert faults(text) == ["bad-type"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("enviroments: {}", "did you mean 'environments'?"),
        ("run: {prot: 80}", "did you mean 'port'?"),
        ("run: {resources: {mem: 1Gi}}", "did you mean 'memory'?"),
        ("processes: {w: {comand: [x]}}", "did you mean 'command'?"),
        ("environments: {dev: {replica: 3}}", "did you mean 'replicas'?"),
        ("run: {port: 80, expose: {hots: a.b, host: a.b}}", "remove it: nothing else belongs here"),
    ],
)
def test_an_unknown_key_comes_with_what_was_perhaps_meant(text: str, hint: str) -> None:
    found = fault(text)
    assert (found.code, found.hint) == ("unknown-key", hint)


def test_places_are_found_in_a_document_with_windows_line_ends() -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read_app((HEAD + "run:\n  prot: 80\n").replace("\n", "\r\n").encode())
    assert caught.value.faults[0].place == Place("app.yaml", 6, 3)


def test_two_build_secrets_of_one_variable_are_a_fault() -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read_app(
            "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: a, team: t}\n"
            "build: {language: go, secrets: [npm-token, other, npm.token]}\n"
        )
    (found,) = caught.value.faults
    assert (found.code, found.path) == ("secret-twice", "build.secrets[2]")
    assert found.problem == "is in the same variable as 'npm-token': PK_SECRET_NPM_TOKEN"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ("{image: a, tag: b}", "'image' takes the whole reference, and the others parts of it"),
        ("{repository: a}", "the image has no place for its name and digest"),
        ("{tag: a}", "the image has no place for its name and digest"),
        ("{repository: a, tag: a}", "'repository' goes to a already"),
        ("{registry: a}", "the image has no place for its name and digest"),
    ],
)
def test_an_own_charts_image_has_a_whole_place(values: str, problem: str) -> None:
    text = f"{HEAD}chart: {{path: deploy/orders, values: {values}}}\n"
    with pytest.raises(DocumentInvalid) as caught:
        read_app(text)
    assert [(each.code, each.problem) for each in caught.value.faults] == [("chart-image", problem)]


def test_an_own_chart_is_where_it_says() -> None:
    app = read_app(f"{HEAD}chart: {{path: deploy/orders/, values: {{image: app.image}}}}\n")
    assert app.chart_folder == "deploy/orders"
    assert app.chart is not None
    assert app.chart.values == {"image": "app.image"}
    assert read_app(HEAD).chart_folder == "charts/orders"
