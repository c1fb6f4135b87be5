from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit import names
from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.model.app import (
    LANGUAGES,
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
from tests.documents import MARK, dump, unmarked
from tests.unit.reading.test_source import YAML_ISH, inside

HEAD = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
"""
"""Four lines; what a test is about begins in the fifth."""


def read(text: str) -> App:
    return read_app(HEAD + text)


def faults(marked: str) -> list[str]:
    """The codes of the faults, which must be where the marks in the text are."""
    text, places = unmarked(HEAD + marked)
    with pytest.raises(DocumentInvalid) as caught:
        read_app(text)
    assert [str(each.place) for each in caught.value.faults] == [f"app.yaml:{each}" for each in places]
    return [each.code for each in caught.value.faults]


def fault(text: str) -> Fault:
    with pytest.raises(DocumentInvalid) as caught:
        read(text)
    (only,) = caught.value.faults
    return only


# --- what a document means ------------------------------------------------------------------------


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


# --- what the schema cannot say -------------------------------------------------------------------


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
        ("run: {port: 80, expose: {hots: a.b, host: a.b}}", ""),
    ],
)
def test_an_unknown_key_comes_with_what_was_perhaps_meant(text: str, hint: str) -> None:
    found = fault(text)
    assert (found.code, found.hint) == ("unknown-key", hint)


# --- at random ------------------------------------------------------------------------------------

DAMAGE = st.one_of(YAML_ISH, st.text(max_size=20), st.sampled_from(["null", "[]", "{}", "0", "- a", "no"]))
FULL = (
    HEAD
    + """\
run: {port: 80, env: {A: x}, secrets: {B: 'secret:s#k'}, expose: {host: a.b}, autoscale: {max: 3}}
processes: {nightly: {schedule: '@daily', command: [a]}}
before: {migrate: [b]}
services: [{type: sql}]
calls: [c]
environments: {dev: {replicas: 2, processes: {nightly: {command: [c]}}}}
"""
)


def faults_at_random(text: str | bytes) -> tuple[Fault, ...]:
    """The faults of any text; none when it is an application."""
    try:
        read_app(text)
    except DocumentInvalid as error:
        return error.faults or (Fault("none", "an error without a fault"),)
    return ()


@given(st.one_of(st.text(), st.binary(), YAML_ISH, YAML_ISH.map(lambda text: HEAD + text)))
def test_any_text_is_an_application_or_faults_inside_the_text(text: str | bytes) -> None:
    shown = text.decode(errors="replace") if isinstance(text, bytes) else text
    assert all(inside(each.place, shown) for each in faults_at_random(text))


@given(st.data())
def test_any_damage_to_a_document_gives_faults_inside_the_text(data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(FULL)))
    end = data.draw(st.integers(begin, min(len(FULL), begin + 30)))
    text = FULL[:begin] + data.draw(DAMAGE) + FULL[end:]
    assert all(inside(each.place, text) for each in faults_at_random(text))


LABEL = st.from_regex(r"[a-z]([-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)
LOST = "".join(map(chr, (0, *range(0x7F, 0xA0), 0xFFFE, 0xFFFF)))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=LOST), max_size=20)
VARIABLES = st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True), TEXT, max_size=3)
COMMAND = st.lists(TEXT, min_size=1, max_size=3).map(tuple)
HTTP_PATH = st.from_regex(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,10}", fullmatch=True)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20)

SECRETS = st.dictionaries(
    st.from_regex(r"[A-Z]{1,4}_SECRET", fullmatch=True),
    st.one_of(
        st.builds(
            SecretRef,
            kind=st.just("vault"),
            path=st.from_regex(r"[A-Za-z0-9._{}/-]{1,20}", fullmatch=True),
            key=st.from_regex(r"[A-Za-z0-9._-]{1,8}", fullmatch=True),
        ),
        st.builds(
            SecretRef,
            kind=st.just("secret"),
            path=LABEL,
            key=st.from_regex(r"[A-Za-z0-9._-]{1,8}", fullmatch=True),
        ),
    ),
    max_size=2,
)
RESOURCES = st.builds(
    Resources, cpu=st.sampled_from(["1", "250m", "0.5"]), memory=st.sampled_from(["64Mi", "1G", "1000"])
)
COMMON: dict[str, Any] = {
    "command": st.one_of(st.just(()), COMMAND),
    "resources": RESOURCES,
    "env": VARIABLES,
    "secrets": SECRETS,
}


@st.composite
def processes(draw: st.DrawFn, name: str) -> Process:
    """A valid process; only others than web may be scheduled."""
    common = {key: draw(each) for key, each in COMMON.items()}
    common["env"] = {key: text for key, text in common["env"].items() if key not in common["secrets"]}
    if name != "web" and draw(st.booleans()):
        return Process(name=name, schedule=draw(st.sampled_from(["0 3 * * *", "@daily"])), **common)
    port = draw(st.none() | st.integers(1, 65535))
    replicas = draw(st.integers(1, 9))
    listening: dict[str, Any] = {}
    if port:
        listening = {
            "health": draw(st.just("") | HTTP_PATH),
            "metrics": draw(st.just("") | HTTP_PATH),
            "host": draw(st.just("") | st.just("orders.example.com")),
        }
    return Process(
        name=name,
        port=port,
        replicas=replicas,
        autoscale=draw(
            st.none() | st.builds(Autoscale, max=st.integers(replicas, 20), cpu=st.integers(1, 100))
        ),
        **common,
        **listening,
    )


@st.composite
def apps(draw: st.DrawFn) -> App:
    """A valid application without environments."""
    others = draw(st.lists(LABEL.filter(lambda name: name != "web"), max_size=2, unique=True))
    name = draw(LABEL.filter(lambda text: len(text) <= names.APPLICATION_MAX))
    partners = st.lists(LABEL.filter(lambda text: text != name), max_size=2, unique=True).map(tuple)
    return App(
        name=name,
        team=draw(LABEL),
        build=Build(
            language=draw(st.sampled_from(LANGUAGES)),
            version=draw(st.sampled_from(["", "3.11", "1.26-alpine"])),
            package=draw(st.sampled_from(["", "orders.web", "./cmd/orders"])),
            dependencies=draw(st.sampled_from([None, (), ("go.mod", "go.sum")])),
            test=draw(st.one_of(st.just(()), COMMAND)),
            args=draw(VARIABLES),
            platforms=draw(st.sampled_from([("linux/amd64",), ("linux/amd64", "linux/arm/v7")])),
            around=draw(
                st.dictionaries(
                    st.sampled_from(["test", "push", "verify"]),
                    st.builds(
                        Around,
                        before=st.lists(LINE, max_size=2).map(tuple),
                        after=st.lists(LINE, max_size=2).map(tuple),
                    ),
                    max_size=2,
                )
            ),
        ),
        processes={each: draw(processes(each)) for each in ["web", *others]},
        before=draw(st.dictionaries(LABEL, COMMAND, max_size=2)),
        services=tuple(
            draw(st.lists(st.builds(Service, type=LABEL, name=LABEL, plan=st.just("") | LABEL), max_size=2))
        ),
        calls=draw(partners),
        accepts=draw(partners),
    )


def written(value: Any) -> Any:
    """A model's fields as a document has them: what is empty is left out."""
    if isinstance(value, SecretRef):
        return f"{value.kind}:{value.path}#{value.key}"
    if hasattr(value, "__dataclass_fields__"):
        fields = {name: written(getattr(value, name)) for name in value.__dataclass_fields__}
        return {name: each for name, each in fields.items() if each not in (None, "", [], {})}
    if isinstance(value, dict):
        return {key: written(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [written(each) for each in value]
    return value


def document_of(app: App) -> dict[str, Any]:
    """The document that describes an application."""
    body = written(app)
    if app.build.dependencies == ():
        body["build"]["dependencies"] = []  # none at all, where nothing said means the language's
    processes = {}
    for name, each in app.processes.items():
        fields = {key: value for key, value in written(each).items() if key not in {"name", "host"}}
        if each.host:
            fields["expose"] = {"host": each.host}
        if each.schedule:
            del fields["replicas"]
        processes[name] = fields
    return {
        "apiVersion": "pipelinekit/v1",
        "kind": "Application",
        "metadata": {"name": body.pop("name"), "team": body.pop("team")},
        **body,
        "processes": processes,
    }


@given(apps(), st.booleans(), st.booleans())
def test_what_a_document_says_is_what_is_read(app: App, flow: bool, short: bool) -> None:
    document = document_of(app)
    if short:
        document["run"] = document["processes"].pop("web")
    assert read_app(dump(document, flow=flow)) == app


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
