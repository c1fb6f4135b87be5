"""Dockerfiles that are not at the top."""

from __future__ import annotations

import pytest

from pipelinekit.reading.repository.dockerfiles import read

TEXT = "FROM a\nEXPOSE 4000\nHEALTHCHECK CMD curl http://localhost:4000/up\nCMD b\n"


@pytest.mark.parametrize(
    "path", ["docker/Dockerfile", "Dockerfile.prod", "deploy/api/Dockerfile", "api.Dockerfile"]
)
def test_the_only_one_says_port_and_health(path: str) -> None:
    assert [(each.what, each.value, each.place) for each in read({path: TEXT})] == [
        ("dockerfile", path, path),
        ("port", "4000", f"{path}:2"),
        ("health", "/up", f"{path}:3"),
    ]


@pytest.mark.parametrize(
    "texts",
    [
        {"Dockerfile": TEXT, "docker/Dockerfile": TEXT},
        {"docker/Dockerfile": TEXT, "Dockerfile.web": TEXT},
        {"Dockerfile.dev": TEXT},
        {"services/api/Dockerfile": TEXT},
        {"Dockerfile.prod": ""},
        {},
    ],
)
def test_others_say_nothing(texts: dict[str, str]) -> None:
    assert list(read(texts)) == []
