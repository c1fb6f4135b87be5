"""Memory, by runtime."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.plan.detect.needs.memory import guess
from pipelinekit.plan.detect.signs import Detected


@pytest.mark.parametrize(
    ("language", "texts", "memory"),
    [
        ("java-maven", {"pom.xml": "spring-boot-starter-web"}, "768Mi"),
        ("java-gradle", {"app/build.gradle.kts": 'id("org.springframework.boot")'}, "768Mi"),
        ("java-maven", {"pom.xml": ""}, "256Mi"),
        ("python", {"requirements.txt": "Django\npandas"}, "512Mi"),
        ("python", {"requirements.txt": "flask", "README.md": "torch"}, "128Mi"),
        ("node", {"package.json": '{"dependencies": {"next": "14"}}'}, "512Mi"),
        ("ruby", {"Gemfile": "gem 'rails'"}, "512Mi"),
        ("go", {}, ""),
        ("dockerfile", {}, "256Mi"),
    ],
)
def test_a_guess(language: Any, texts: dict[str, str], memory: str) -> None:
    assert guess(Detected(language=language), texts) == memory


def test_a_site_needs_a_web_server_alone() -> None:
    assert guess(Detected(language="node", package="dist"), {"package.json": '{"d": {"next": ""}}'}) == ""
