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


@pytest.mark.parametrize(
    ("text", "version", "line"),
    [
        ("[tox]\nenvlist = py27,py36,flake8\n", "3.6", 2),
        (
            "[tox]\nskipsdist = true\nenv_list =\n    lint\n    py{38,39,310}-django{3,4}\n    pypy3\n",
            "3.10",
            3,
        ),
        ("[tox]\nenvlist = py3.9, py3.12\n", "3.12", 2),
        ("[tox]\nenvlist = lint, pypy310, py3\n", "", 0),
        ("[testenv]\ncommands = py36\n", "", 0),
    ],
)
def test_the_newest_python_that_tox_runs(text: str, version: str, line: int) -> None:
    assert said({"tox.ini": text}) == ([("python", version, f"tox.ini:{line}")] if version else [])


@pytest.mark.parametrize("file", ["pyproject.toml", "setup.cfg", "setup.py"])
def test_the_newest_python_that_a_classifier_names(file: str) -> None:
    text = "x\n'Programming Language :: Python :: 3',\n'Programming Language :: Python :: 3.9',\n"
    text += "'Programming Language :: Python :: 3.10',\n"
    assert said({file: text}) == [("python", "3.10", f"{file}:4")]
