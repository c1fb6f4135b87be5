"""Documents at random, sound and damaged."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelinekit import names
from pipelinekit.errors import DocumentInvalid, Fault
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
from tests.documents import dump
from tests.unit.reading.app.documents import HEAD
from tests.unit.reading.document.source.texts import YAML_ISH, inside

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
