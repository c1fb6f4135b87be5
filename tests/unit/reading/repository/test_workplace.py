"""`devcontainer.json`."""

from __future__ import annotations

from pipelinekit.reading.repository.workplace import read


def test_all_that_it_says_is_weak() -> None:
    text = '{\n// a\n"image": "mcr.microsoft.com/devcontainers/python:1-3.12-bullseye",\n'
    text += '"forwardPorts": [8000, "db:5432"]}'
    said = list(read({".devcontainer/devcontainer.json": text}))
    assert [(each.what, each.name, each.value, each.weak) for each in said] == [
        ("version", "python", "3.12", True),
        ("port", "", "8000", True),
    ]
    assert said[0].place == ".devcontainer/devcontainer.json:3"
    assert (
        list(read({".devcontainer.json": '{"image": "mcr.microsoft.com/devcontainers/base:ubuntu"}'})) == []
    )
