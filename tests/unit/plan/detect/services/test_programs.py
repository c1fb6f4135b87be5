from __future__ import annotations

import pytest

from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.services.programs import is_ours, looked, runs
from pipelinekit.reading.docker.container import read_container

SERVER = {"package.json": '{"scripts": {"start": "node a.js"}}', "a.js": "require('http').createServer()\n"}
LIBRARY = {"package.json": '{"main": "index.js"}', "index.js": "module.exports = {}\n"}


@pytest.mark.parametrize(("texts", "is_one"), [(SERVER, True), (LIBRARY, False)])
def test_a_library_is_no_program(texts: dict[str, str], is_one: bool) -> None:
    found = detect(texts)
    assert found is not None
    assert runs(texts, found) is is_one
    assert (looked(texts, None) is not None) is is_one


@pytest.mark.parametrize(
    ("base", "ours"),
    [
        ("node:24", True),
        ("postgres:16", False),
        ("quay.io/keycloak/keycloak:26", False),
        ("redistool:1", True),
    ],
)
def test_an_image_of_a_database_is_nobodys_program(base: str, ours: bool) -> None:
    container = read_container(f'FROM {base}\nCMD ["run"]\n', {})
    assert is_ours(container) is ours
    assert ours or looked(SERVER, container) is None
