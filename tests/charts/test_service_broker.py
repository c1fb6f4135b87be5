"""What of the service broker is decided without PostgreSQL, and what its chart takes no value for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.charts.helm import Helm, check_refused, template_of
from tests.pages.charts import CHARTS

CHART = CHARTS / "service-broker" / "chart"
IMAGE = CHARTS / "service-broker" / "image"
GUID = "6f0f7c2e-8a1b-4d53-9d3a-0b6f4d1c2a0{}"

Module = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def program() -> Iterator[Module]:
    """`program(name)`: a module of the program that is in the image."""
    sys.path.insert(0, str(IMAGE))
    try:
        yield lambda name: importlib.import_module(f"broker.{name}")
    finally:
        sys.path.remove(str(IMAGE))


def offered(**more: Any) -> dict[str, Any]:
    """A service as the chart's values say it."""
    plan = {"id": GUID.format(2), "name": "small", "description": "Ten", "connections": 10}
    words = {"kind": "postgresql", "id": GUID.format(1), "name": "sql", "description": "A database"}
    return {**words, "plans": [plan], **more}


# --- passwords ------------------------------------------------------------------------------------


def test_the_verifier_is_the_one_of_the_standard_s_example(program: Module) -> None:
    """RFC 7677's own conversation: what its server answered is what our verifier's server would."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    said = program("credentials").verifier("pencil", salt)
    found = re.fullmatch(r"SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$([^:]+):(.+)", said)
    assert found is not None
    stored, server = (base64.b64decode(each) for each in found.groups())
    nonce = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    talk = f"n=user,r=rOprNGfwEbeRWgbNEkqO,{nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,{nonce}".encode()
    answer = base64.b64encode(hmac.digest(server, talk, "sha256")).decode()
    assert answer == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    # And the client's proof is one of the key of which we keep the digest.
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    signature = hmac.digest(stored, talk, "sha256")
    client = bytes(one ^ other for one, other in zip(proof, signature, strict=True))
    assert hashlib.sha256(client).digest() == stored


def test_a_password_is_the_same_for_the_same_and_another_for_all_else(program: Module) -> None:
    password = program("credentials").password
    cases = [
        (b"key", "a", "b", "n"),
        (b"other", "a", "b", "n"),
        (b"key", "b", "b", "n"),
        (b"key", "a", "c", "n"),
        (b"key", "a", "b", "m"),
        (b"key", "ab", "", "n"),
    ]
    made = [password(*each) for each in cases]
    assert len(set(made)) == len(cases)
    assert made == [password(*each) for each in cases]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", each) for each in made)
    assert program("credentials").fingerprint(b"key") not in made


# --- requests and the catalog ---------------------------------------------------------------------

GOOD = {"service_id": "s", "plan_id": "p", "organization_guid": "o", "space_guid": "x"}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("provision", {**GOOD, "service_id": 1}, "service_id is missing, or no text"),
    ("provision", {**GOOD, "plan_id": ""}, "plan_id must have 1 to 255 printable characters"),
    ("provision", {**GOOD, "plan_id": "x" * 256}, "plan_id must have 1 to 255 printable characters"),
    ("provision", {**GOOD, "space_guid": "a\nb"}, "space_guid must have 1 to 255 printable characters"),
    ("provision", {**GOOD, "context": []}, "context is no object"),
    (
        "provision",
        {**GOOD, "parameters": {"b": 1, "a": 1}},
        "there is no parameter a: no plan here takes any",
    ),
    ("update", {"plan_id": "p"}, "service_id is missing, or no text"),
    ("update", {"service_id": "s", "previous_values": 1}, "previous_values is no object"),
    ("bind", {"service_id": "s"}, "plan_id is missing, or no text"),
    ("bind", {**GOOD, "bind_resource": "x"}, "bind_resource is no object"),
    ("bind", {**GOOD, "app_guid": ""}, "app_guid must have 1 to 255 printable characters"),
]


@pytest.mark.parametrize(("verb", "body", "why"), BAD, ids=[f"{each[0]}-{each[2][:20]}" for each in BAD])
def test_what_lacks_something_is_malformed(
    program: Module, verb: str, body: dict[str, Any], why: str
) -> None:
    with pytest.raises(program("errors").Refused, match=f"^{re.escape(why)}$") as refused:
        getattr(program("asked"), verb)(body)
    assert refused.value.status == 400


def test_null_is_as_good_as_nothing(program: Module) -> None:
    asked = program("asked")
    none = {"context": None, "parameters": None}
    assert asked.provision({**GOOD, **none}) == asked.provision(GOOD)
    assert asked.update({"service_id": "s", "plan_id": None, **none}) == asked.update({"service_id": "s"})
    assert asked.update({"service_id": "s", "context": {}}).context == {}
    assert asked.bind({**GOOD, "app_guid": "a"}) == asked.bind({**GOOD, "bind_resource": {"app_guid": "a"}})


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"1", b"\xff", b"[" * 50_000, rb'{"a": "\u0000"}', rb'{"\ud800": 1}'),
        *(b'{"a": NaN}', b'{"a": [-Infinity]}', b'{"a": 1e999}'),
    ],
)
def test_a_body_that_is_no_object_of_texts_is_malformed(program: Module, content: bytes) -> None:
    with pytest.raises(program("errors").Refused) as refused:
        program("asked").body_of(content)
    assert refused.value.status == 400


@pytest.mark.parametrize("text", ["", "\n", "\nword", "\r\n"])
def test_an_empty_secret_lets_nobody_in(program: Module, tmp_path: Path, text: str) -> None:
    """With an empty password anybody's `:` would be the login, and an empty key is no secret."""
    (tmp_path / "key").mkdir()
    (tmp_path / "key" / "key").write_text(text)
    said = program("settings").Settings(host="h", port=1, database="d", user="u", secrets=tmp_path)
    with pytest.raises(ValueError, match="the secret key/key is empty"):
        said.key  # noqa: B018 - it is read now


def test_a_text_that_only_looks_like_a_nul_is_none(program: Module) -> None:
    assert program("asked").body_of(rb'{"a": "\\u0000"}') == {"a": r"\u0000"}


def test_the_catalog_says_what_the_specification_wants(program: Module) -> None:
    read = program("catalog").read
    (told,) = read(json.dumps([offered(tags=["x"])])).told()["services"]
    assert {"id", "name", "description", "bindable", "plans"} <= told.keys()
    (plan,) = told["plans"]
    assert plan["schemas"]["service_instance"]["create"]["parameters"]["additionalProperties"] is False
    assert "connections" not in plan
    (small,) = offered()["plans"]
    for what, twice in (
        (f"the id {GUID.format(1)}", [offered(), offered(plans=[])]),
        (f"the id {GUID.format(2)}", [offered(), offered(id=GUID.format(3), name="other")]),
        ("the service sql", [offered(), offered(id=GUID.format(3), plans=[])]),
        ("the plan of sql small", [offered(plans=[{**small, "id": each} for each in ("a", "b")])]),
    ):
        with pytest.raises(ValueError, match=f"^{what} is in the catalog twice$"):
            read(json.dumps(twice))
    with pytest.raises(ValueError, match="there is no kind of service mongodb"):
        read(json.dumps([offered(kind="mongodb")]))


# --- the chart ------------------------------------------------------------------------------------

WRONG: list[dict[str, Any]] = [
    {"services": [offered(kind="mongodb")]},
    {"services": [offered(id="1")]},
    {"services": [offered(plans=[])]},
    {"services": [offered(name="A b")]},
    {"services": [offered(description="a\nb")]},
    {"services": [offered(plans=[{**offered()["plans"][0], "connections": 0}])]},
    {"database": {"host": "x; y"}},
    {"database": {"authority": "A"}},
    {"replicas": 0},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: json.dumps(each)[:60])
def test_a_wrong_value_is_refused(helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]) -> None:
    check_refused(helm, whole(CHART), wrong)


def test_an_id_that_is_there_twice_is_refused_and_named(helm: Helm, whole: Callable[[Path], Path]) -> None:
    chart = whole(CHART)
    file = chart / "ci" / "single-node-values.yaml"
    twice = {"services": [offered(), offered(id=GUID.format(3), name="other")]}
    said = helm.run("template", "x", str(chart), "--values", str(file), values=twice)
    assert said.code != 0
    assert f"services: the id {GUID.format(2)} is there twice" in said.err


def test_the_program_reads_what_the_chart_writes(
    helm: Helm, whole: Callable[[Path], Path], program: Module
) -> None:
    chart = whole(CHART)
    objects = helm.objects(chart, {}, files=[chart / "ci" / "production-values.yaml"])
    (text,) = [each["data"]["catalog.json"] for each in objects if each["kind"] == "ConfigMap"]
    (service,) = program("catalog").read(text).services
    assert service.description == 'A database of its own: "quoted", {{ braces }} and $(words)'
    assert [(each.connections, each.free) for each in service.plans] == [(20, True), (-1, False)]
    (server,) = [each for each in objects if each["kind"] == "Deployment"]
    (container,) = template_of(server)["spec"]["containers"]
    told = {each["name"]: each["value"] for each in container["env"]}
    assert (told["DATABASE_TLS"], told["DATABASE_PORT"]) == ("true", "6432")


@pytest.mark.parametrize("more", [{"services": []}, {"services": [offered(description="Another")]}])
def test_another_catalog_is_another_pod(
    helm: Helm, whole: Callable[[Path], Path], more: dict[str, Any]
) -> None:
    chart = whole(CHART)
    file = chart / "ci" / "single-node-values.yaml"
    made = [helm.objects(chart, each, files=[file]) for each in ({}, more)]
    before, after = (
        template_of(each)["metadata"]["annotations"]
        for all_of in made
        for each in all_of
        if each["kind"] == "Deployment"
    )
    assert before["pipelinekit.dev/configuration"] != after["pipelinekit.dev/configuration"]


def test_who_may_make_databases_may_by_whichever_of_its_entries(
    helm: Helm, whole: Callable[[Path], Path]
) -> None:
    chart = whole(CHARTS / "postgresql" / "chart")
    databases = [
        {"name": "broker", "secret": "s", "creates": True},
        {"name": "more", "role": "broker", "secret": "s"},
        {"name": "orders", "secret": "s", "extensions": ["pg_trgm"]},
    ]
    file = chart / "ci" / "single-node-values.yaml"
    objects = helm.objects(chart, {"databases": databases}, files=[file])
    (text,) = [each["data"]["databases"] for each in objects if "databases" in each.get("data", {})]
    assert text.splitlines() == [
        "broker|broker|0|true|",
        "more|broker|1|true|",
        "orders|orders|2|false|pg_trgm",
    ]
