"""What a document means."""

from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.app import (
    App,
    Around,
    Autoscale,
    Build,
    Process,
    Resources,
    SecretRef,
    Service,
)
from pipelinekit.reading.app import read_app
from tests.unit.reading.app.documents import read


def test_the_shortest_document_is_one_web_process() -> None:
    assert read("") == App(
        name="orders",
        team="payments",
        build=Build(language="python"),
        processes={"web": Process(name="web")},
    )


def test_run_is_the_short_form_of_processes_web() -> None:
    fields = "{port: 8080, health: /healthz, replicas: 3}"
    assert read(f"run: {fields}") == read(f"processes: {{web: {fields}}}")


def test_a_document_may_have_no_web_process() -> None:
    assert list(read("processes: {worker: {command: [x]}}").processes) == ["worker"]


def test_everything_that_a_document_may_say() -> None:
    app = read_app("""\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build:
  language: python
  version: "3.11"
  package: orders.web
  dependencies: [requirements.txt, more.txt]
  test: [python, -m, pytest]
  args: {MODE: fast}
  platforms: [linux/amd64, linux/arm64]
  around: {push: {before: [./scripts/licences.sh], after: [echo done, echo really]}}
run:
  command: [python, -m, orders]
  port: 8080
  health: /healthz
  metrics: /metrics
  replicas: 2
  resources: {cpu: 250m, memory: 256Mi}
  env: {LOG_LEVEL: info}
  secrets: {DB_PASSWORD: "vault:apps/orders/{env}/db#password", API_KEY: "secret:orders-api#key"}
  expose: {host: orders.example.com}
  autoscale: {max: 6, cpu: 70}
processes:
  worker: {command: [python, -m, orders.worker]}
  nightly: {command: [python, -m, orders.nightly], schedule: "0 3 * * *"}
before: {migrate: [python, -m, orders.migrate]}
services: [{type: sql, name: main}, {type: files}, {type: fraud-check, plan: standard}]
calls: [payments, stock/shelves]
accepts: [shop]
environments: {production: {replicas: 4}}
""")
    web = Process(
        name="web",
        command=("python", "-m", "orders"),
        port=8080,
        health="/healthz",
        metrics="/metrics",
        replicas=2,
        resources=Resources(cpu="250m", memory="256Mi"),
        env={"LOG_LEVEL": "info"},
        secrets={
            "DB_PASSWORD": SecretRef(kind="vault", path="apps/orders/{env}/db", key="password"),
            "API_KEY": SecretRef(kind="secret", path="orders-api", key="key"),
        },
        host="orders.example.com",
        autoscale=Autoscale(max=6, cpu=70),
    )
    worker = Process(name="worker", command=("python", "-m", "orders.worker"))
    nightly = Process(name="nightly", command=("python", "-m", "orders.nightly"), schedule="0 3 * * *")
    others = {"worker": worker, "nightly": nightly}
    four = Process(**{name: getattr(web, name) for name in Process.__dataclass_fields__} | {"replicas": 4})
    assert app == App(
        name="orders",
        team="payments",
        build=Build(
            language="python",
            version="3.11",
            package="orders.web",
            dependencies=("requirements.txt", "more.txt"),
            test=("python", "-m", "pytest"),
            args={"MODE": "fast"},
            platforms=("linux/amd64", "linux/arm64"),
            around={"push": Around(before=("./scripts/licences.sh",), after=("echo done", "echo really"))},
        ),
        processes={"web": web, **others},
        before={"migrate": ("python", "-m", "orders.migrate")},
        services=(
            Service(type="sql", name="main"),
            Service(type="files", name="orders"),
            Service(type="fraud-check", name="orders", plan="standard"),
        ),
        calls=("payments", "stock/shelves"),
        accepts=("shop",),
        environments={"production": {"web": four, **others}},
    )


@pytest.mark.parametrize("form", ["run: {WEB}", "processes: {web: {WEB}}"])
def test_an_environment_overlays_mappings_key_by_key_and_anything_else_whole(form: str) -> None:
    web = "{port: 80, command: [a, b], env: {A: one, B: two}, resources: {cpu: 250m, memory: 64Mi}}"
    app = read(
        form.replace("{WEB}", web) + "\nenvironments:\n"
        "  production: {command: [c], env: {B: three, C: four}, resources: {memory: 1Gi},\n"
        "               expose: {host: o.x}}\n"
        "  dev: {}"
    )
    there = app.processes_in("production")["web"]
    assert there == Process(
        name="web",
        port=80,
        command=("c",),
        env={"A": "one", "B": "three", "C": "four"},
        resources=Resources(cpu="250m", memory="1Gi"),
        host="o.x",
    )
    assert app.processes_in("dev") == app.processes


def test_an_environment_overrides_other_processes_too() -> None:
    app = read(
        "run: {port: 80}\nprocesses: {worker: {command: [w]}, nightly: {command: [x], schedule: '@daily'}}\n"
        "environments: {dev: {processes: {worker: {replicas: 0}, nightly: {schedule: '@hourly'}}}}"
    )
    assert app.processes_in("dev")["worker"].replicas == 0
    assert app.processes_in("dev")["nightly"].schedule == "@hourly"
    assert app.processes_in("dev")["web"] == app.processes["web"]


# --- all faults at once, each at its place --------------------------------------------------------


def test_all_faults_come_at_once_in_the_order_of_the_document() -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read_app("""\
apiVersion: pipelinekit/v2
kind: Application
metadata: {name: Orders, teem: payments}
run:
  port: "8080"
  helth: /healthz
  metrics: /metrics
  env:
    DEBUG: no
    9LIVES: x
  replicas: 5000
calls: [stock, stock]
""")
    assert [(each.code, str(each.place), each.path) for each in caught.value.faults] == [
        ("bad-const", "app.yaml:1:1", "apiVersion"),
        ("missing-key", "app.yaml:1:1", ""),
        ("missing-key", "app.yaml:3:1", "metadata"),
        ("bad-pattern", "app.yaml:3:12", "metadata.name"),
        ("unknown-key", "app.yaml:3:26", "metadata.teem"),
        ("bad-type", "app.yaml:5:3", "run.port"),
        ("unknown-key", "app.yaml:6:3", "run.helth"),
        ("yaml-ambiguous", "app.yaml:9:5", "run.env.DEBUG"),
        ("bad-name", "app.yaml:10:5", "run.env.9LIVES"),
        ("bad-maximum", "app.yaml:11:3", "run.replicas"),
        ("bad-uniqueitems", "app.yaml:12:1", "calls"),
    ]


def test_the_origin_is_the_files_name() -> None:
    with pytest.raises(DocumentInvalid, match=r"^apps/orders/app\.yaml:1:1: "):
        read_app("a: b", "apps/orders/app.yaml")
