"""Documents of which each part in turn is something that nobody expects: a value, or an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit
import yaml

from pipelinekit.adapters.build import registriesconf
from pipelinekit.plan.rollout import handover
from pipelinekit.reading import needs, vendored
from pipelinekit.reading.chart import declared, libraries, pulled
from pipelinekit.reading.document.source import parse
from tests.hostile import repositories
from tests.hostile.component import COMPONENT, EXTENSION, WITH_ARCHIVE
from tests.hostile.spoiled import answers, spoiled, wrong_of

Reader = Callable[[str], object]

KEYS: tuple[Any, ...] = ({1: 2}, {None: 1}, {True: [1]}, {"a": {1.5: {}}})
"""What YAML has for keys, and JSON has not."""
VALUES = {"image": {"repository": "a", "tag": "b"}, "images": ["x"], "sub": [{"registry": "r"}]}
LIBRARY = {"name": "pk-common", "version": "1.0.0", "repository": "file://../../pk-common"}
CHART = {"apiVersion": "v2", "name": "x", "dependencies": [{**LIBRARY, "alias": "sub", "condition": "a"}]}
SCHEMA = {
    "type": "object",
    "properties": {"a": {"properties": {"b": {"$ref": "#/definitions/x"}}, "additionalProperties": False}},
    "definitions": {"x": {"allOf": [{"properties": {"z": {}}}], "patternProperties": {"^x": {}}}},
}
LOCK = {
    "archive": {"name": "up", "repository": "oci://r", "version": "1.2.3", "digest": f"sha256:{'a' * 64}"},
    "images": {"r/x:1": f"sha256:{'b' * 64}"},
}
OUTCOME = {"state": "done", "text": "x", "code": "c", "hint": "h", "refused": True}
ASKED = "image: {z: 1}\nsub: {q: 1}\na: {y: {b: 1}}\nnew: 1\n"


def undeclared(name: str) -> Reader:
    """Values held against a chart of which that file is given."""
    chart = {
        "values.yaml": "image: {tag: a}\na: {b: {}}\n",
        "values.schema.json": json.dumps(SCHEMA),
        "Chart.yaml": json.dumps(CHART),
        "templates/a.yaml": "{{ .Values.a.b }}",
    }
    return lambda text: declared.undeclared(ASKED, "v", {**chart, name: text})


def images_in(text: str) -> object:
    return pulled.written(parse(json.dumps(COMPONENT), "c"), [(text, "v"), ("image: {tag: x}", "w")])


def libraries_of(text: str) -> object:
    found = libraries.libraries_in(text, "Chart.yaml")
    return found, libraries.check_libraries(text, "Chart.yaml", {"pk-common": "2.0.0"}, ["pk-common"])


READERS: dict[str, tuple[Any, Reader]] = {
    "archive.lock.yaml": (LOCK, vendored.read_vendored),
    "a component of an archive": (WITH_ARCHIVE, lambda text: needs.describe(text, "c", "markedpart")),
    "an extension": (EXTENSION, lambda text: needs.describe(text, "c", "markedpart")),
    "values with images": (VALUES, images_in),
    "a component's list of images": (
        WITH_ARCHIVE,
        lambda text: pulled.written(parse(text, "c"), [("image: x", "v")]),
    ),
    "Chart.yaml": (CHART, libraries_of),
    "values": (
        VALUES,
        lambda text: declared.undeclared(text, "v", {"values.yaml": "image: {tag: a}\nsub: {x: {}}\n"}),
    ),
    "a chart's values": (VALUES, undeclared("values.yaml")),
    "a chart's schema": (SCHEMA, undeclared("values.schema.json")),
    "a chart's charts": (CHART, undeclared("Chart.yaml")),
    "how a hand-over ended": (OUTCOME, handover.read),
}


@pytest.mark.parametrize("name", READERS)
def test_each_part_of_it_may_be_anything(name: str) -> None:
    sound, read = READERS[name]
    texts = [*answers(sound), *(yaml.safe_dump(each) for each in spoiled(sound, KEYS))]
    assert len(texts) > 100
    assert wrong_of(texts, read) == {}


@pytest.mark.parametrize("name", READERS)
def test_it_is_read_where_it_is_sound(name: str) -> None:
    sound, read = READERS[name]
    assert read(json.dumps(sound)) is not None


CONTAINERS = {
    "unqualified-search-registries": ["docker.io"],
    "aliases": {"a": "b"},
    "registry": [{"prefix": "a", "location": "b", "insecure": True, "mirror": [{"location": "m"}]}],
}
OLD_CONTAINERS = {
    "registries": {each: {"registries": ["r:5000"]} for each in ("search", "insecure", "block")}
}


@pytest.mark.parametrize("sound", [CONTAINERS, OLD_CONTAINERS], ids=["second", "first"])
def test_what_a_machine_says_of_registries_may_be_anything(sound: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "registries.conf"
    environment = {registriesconf.VARIABLE: str(file), "HOME": str(tmp_path)}

    def read(text: str) -> None:
        file.write_text(text, errors="replace")
        found = registriesconf.without_tls(registriesconf.machine(environment), ["r:5000", "m"])
        assert tomlkit.parse(registriesconf.text(found))

    texts = [made for each in spoiled(sound, repositories.TOMLS) if (made := repositories.toml(each))]
    assert wrong_of([*texts, "a = " + "[" * 5000, "a = 1979-05-27", "[["], read) == {}


@pytest.mark.parametrize("file", repositories.FILES)
def test_a_file_of_a_strangers_repository_may_say_anything(file: str) -> None:
    read = repositories.reader(file)
    texts = [made for each in repositories.spoiled_of(file) if (made := repositories.text(file, each))]
    assert len(texts) > 10
    assert wrong_of([*texts, "", "null", "{", "[" * 5000], read) == {}
