from __future__ import annotations

import pytest

from pipelinekit.reading.repository import tools


def said(texts: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(each.name, each.value, each.place) for each in tools.read(texts)]


def test_the_versions_that_a_manager_is_told() -> None:
    text = "# ours\nnodejs 20.11.0\njava temurin-21.0.2+13\nerlang 26\n python 3.12.1\n"
    assert said({".tool-versions": text}) == [
        ("node", "20.11.0", ".tool-versions:2"),
        ("java", "21.0.2", ".tool-versions:3"),
        ("python", "3.12.1", ".tool-versions:5"),
    ]


def test_mise() -> None:
    text = '[tools]\nnode = "22"\njava = "temurin-17"\nphp = ["8.3"]\nruby = "latest"\n'
    assert said({"mise.toml": text}) == [("node", "22", "mise.toml:2"), ("java", "17", "mise.toml:3")]


@pytest.mark.parametrize(
    ("file", "text", "version"),
    [
        (".java-version", "17.0.9\n", "17"),
        (".java-version", "temurin-21\n", "21"),
        (".java-version", "1.8\n", "8"),
        (".sdkmanrc", "# sdk\njava=21.0.4-tem\nmaven=3.9\n", "21"),
    ],
)
def test_javas_own(file: str, text: str, version: str) -> None:
    assert said({file: text}) == [("java", version, f"{file}:1")]


@pytest.mark.parametrize("text", ["", "nodejs\n", "python system\n", "[tools\n", "\x00"])
def test_nothing_of_it_raises(text: str) -> None:
    assert said(dict.fromkeys((".tool-versions", "mise.toml", ".java-version", ".sdkmanrc"), text)) == []
