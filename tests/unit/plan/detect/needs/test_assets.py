from __future__ import annotations

import json

import pytest

from pipelinekit.plan.detect.needs.assets import marked
from pipelinekit.plan.detect.signs import Detected

FRONT = json.dumps({"scripts": {"build": "vite build"}})


@pytest.mark.parametrize("language", ["python", "go", "rust", "dotnet", "java-maven"])
def test_what_nothing_builds_is_told(language: str) -> None:
    found = marked(Detected(language=language), {"package.json": FRONT})  # type: ignore[arg-type]
    assert ["vite build" in each for each in found.doubts] == [True]


@pytest.mark.parametrize(
    ("found", "texts"),
    [
        (Detected(language="python"), {}),
        (Detected(language="python"), {"package.json": '{"scripts": {"lint": "prettier ."}}'}),
        (Detected(language="python"), {"package.json": '{"scripts": {"build": "vitepress build docs"}}'}),
        (Detected(language="python"), {"package.json": '{"scripts": {"build": 3}}'}),
        (Detected(language="python"), {"package.json": "[]"}),
        (Detected(language="python", keeps_dockerfile=True), {"package.json": FRONT}),
        (Detected(language="node"), {"package.json": FRONT}),
        (Detected(language="ruby"), {"package.json": FRONT}),
        (Detected(language="java-maven"), {"package.json": FRONT, "pom.xml": "frontend-maven-plugin"}),
    ],
)
def test_what_something_builds_is_not(found: Detected, texts: dict[str, str]) -> None:
    assert marked(found, texts) is found
