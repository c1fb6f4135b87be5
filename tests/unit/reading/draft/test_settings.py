from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid, Fault
from pipelinekit.model.draft import Settings
from pipelinekit.reading.draft.settings import KEYS, read_settings
from tests.hostile.values import ALL

CLASSIC = """
[environments]
  [environments.development]
    name = "Orders"
    registry = "registry.example.com:5000/team"
    namespace = "default"
    chart = "orders"
    dockerfile = "Dockerfile"
    container-builder = "docker"
    resource-group-name = ""
    build-tar = ""
    chart-tar = ""
    set = ["ingress.enabled=true", "basedomain=example.com"]
    wait = true
    watch = true
    watch-delay = 5
    auto-connect = true
    override-ports = ["8080:80"]
    custom-tags = ["latest"]
    [environments.development.image-build-args]
      LEVEL = "1"
  [environments.staging]
    name = "orders"
"""


def test_every_key_of_classic_draft_is_read() -> None:
    assert read_settings(CLASSIC, "development") == Settings(
        name="orders",
        registry="registry.example.com:5000/team",
        namespace="default",
        chart="orders",
        set=("ingress.enabled=true", "basedomain=example.com"),
        watch=True,
        watch_delay=5,
        auto_connect=True,
        override_ports=("8080:80",),
        custom_tags=("latest",),
        image_build_args={"LEVEL": "1"},
    )
    assert read_settings(CLASSIC, "staging") == Settings(name="orders")


def test_no_file_is_the_usual() -> None:
    assert read_settings("", "development") == Settings()


@pytest.mark.parametrize(
    ("line", "problem", "hint"),
    [
        ('wacth = "1"', "there is no key 'wacth'", "did you mean 'watch'?"),
        ("wait = false", "is not taken", "`draft up` says what is true"),
        ('container-builder = "acrbuild"', "is not taken", "the engine is found out"),
        ('resource-group-name = "rg"', "'resource-group-name' is not supported", "remove the key"),
        ('build-tar = "a.tgz"', "'build-tar' is not supported", "remove the key"),
        ('chart-tar = "a.tgz"', "'chart-tar' is not supported", "`chart` names it"),
        ('registry = "http://x"', "is not taken", "without http://"),
        ('chart = "../other"', "is not taken", "below charts/"),
        ('dockerfile = "/etc/passwd"', "is not taken", "inside the folder"),
        (f'dockerfile = "{"é" * 128}"', "is not taken", "inside the folder"),
        (f'dockerfile = "{"a/" * 600}"', "is not taken", "at most 1024 bytes"),
        (f'chart = "{"a" * 256}"', "is not taken", "below charts/"),
        ('override-ports = ["80"]', "is not taken", "LOCAL:REMOTE"),
        ('override-ports = ["99999:80"]', "is not taken", "1 to 65535"),
        ('override-ports = ["80:0"]', "is not taken", "1 to 65535"),
        ('override-ports = ["80:80", "080:81"]', "is not taken", "each LOCAL once"),
        ('container-builder = ["docker"]', "is not taken", "the engine is found out"),
        ('set = ["a=1", "b"]', "'b': is no NAME=VALUE", "as for `helm --set`"),
        ("watch-delay = true", "is not taken", "seconds"),
        ('custom-tags = ["a b"]', "is not taken", "tags"),
        ('image-build-args = {"A B" = "1"}', "is not taken", "variables"),
        ('image-build-args = {"A\\n" = "1"}', "is not taken", "variables"),
        ('image-build-args = {A = "1\\u0000"}', "is not taken", "variables"),
        ('namespace = "Dev"', "is not taken", "lower-case"),
    ],
)
def test_what_is_not_honoured_is_refused_by_name_and_line(line: str, problem: str, hint: str) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read_settings(f"[environments.development]\n{line}\n", "development")
    (fault,) = caught.value.faults
    assert fault.problem == problem
    assert hint in fault.hint
    assert fault.place
    assert fault.place.line == 2
    assert fault.path == f"environments.development.{line.split(' ')[0]}"


def test_all_faults_come_at_once_and_those_of_other_environments_too() -> None:
    text = "more = 1\n[environments.a]\nx = 1\n[environments.b]\nwait = false\n"
    with pytest.raises(DocumentInvalid) as caught:
        read_settings(text, "a")
    assert [each.path for each in caught.value.faults] == ["more", "environments.a.x", "environments.b.wait"]


def test_an_environment_that_is_not_there() -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read_settings(CLASSIC, "prod")
    assert caught.value.faults[0].hint.startswith("it has: development, staging")


@pytest.mark.parametrize(
    "text",
    ["a = ", "[x", "environments = 1", "[environments]\na = 1", f"a = {'1' * 5000}", "a = " + "[" * 5000],
)
def test_what_is_no_draft_toml(text: str) -> None:
    with pytest.raises(DocumentInvalid):
        read_settings(text, "development")


@given(st.sampled_from(sorted(KEYS)), st.sampled_from(sorted(ALL.values())))
def test_a_hostile_text_is_a_value_or_a_fault(key: str, value: object) -> None:
    import json

    try:
        read_settings(f"[environments.development]\n{key} = {json.dumps(str(value))}\n", "development")
    except DocumentInvalid:
        return


@pytest.mark.parametrize("value", ["[]", "[1]", "{}", "{a = 1}", "7", "nan", "true", "2020-01-01", '[["a"]]'])
@pytest.mark.parametrize("key", [*KEYS, "build-tar", "more"])
def test_a_value_of_any_other_kind_is_a_value_or_a_fault(key: str, value: str) -> None:
    faults: tuple[Fault, ...] = ()
    try:
        read_settings(f"[environments.development]\n{key} = {value}\n", "development")
    except DocumentInvalid as error:
        faults = error.faults
    assert all(each.place and each.place.line == 2 for each in faults)


def test_a_mark_of_the_bytes_order_is_no_fault() -> None:
    assert read_settings("\ufeff" + CLASSIC, "development") == read_settings(CLASSIC, "development")


def test_a_namespace_may_begin_with_a_digit_as_in_kubernetes() -> None:
    text = '[environments.development]\nnamespace = "2024-demo"\n'
    assert read_settings(text, "development").namespace == "2024-demo"
