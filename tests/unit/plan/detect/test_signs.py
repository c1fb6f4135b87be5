from __future__ import annotations

import pytest

from pipelinekit.model.app import Language
from pipelinekit.plan.detect.signs import READ, Detected, search, shallowest

TEXTS = {"b/main.py": "port = 1000", "main.py": "port = 2000", "a/b/c.py": "", "z.txt": "port = 3000"}


def test_the_shallowest_path_comes_first() -> None:
    assert shallowest(TEXTS, r"\.py$") == "main.py"
    assert shallowest(TEXTS, r"\.rs$") == ""


def test_a_search_takes_the_shallowest_text_that_has_it() -> None:
    found = search(TEXTS, r"\.py$", r"port = (\d+)")
    assert found is not None
    assert found[1] == "2000"
    assert search(TEXTS, r"\.py$", "nothing") is None


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("go.mod", True),
        ("a/b/pom.xml", True),
        ("shop/__init__.py", True),
        ("gradle/libs.versions.toml", True),
        ("src/Web/appsettings.json", True),
        ("src/Web/appsettings.Production.json", True),
        ("src/Web/appsettings.Development.json", False),
        ("tsconfig.json", True),
        ("logo.png", False),
        ("data.csv", False),
    ],
)
def test_what_is_read(path: str, read: bool) -> None:
    assert bool(READ.search(path)) is read


@pytest.mark.parametrize(
    ("language", "package", "site"),
    [
        ("node", "dist", True), ("node", "server.js", False), ("node", "", False),
        ("ruby", "_site", True), ("ruby", "app.rb", False), ("ruby", "", False), ("go", "cmd", False),
    ],
)  # fmt: skip
def test_a_site_is_what_no_program_serves(language: Language, package: str, site: bool) -> None:
    assert Detected(language=language, package=package).is_site == site


def test_a_sentence_has_an_end() -> None:
    found = Detected(language="python").doubting("a" * 70_000, "").because("b" * 70_000)
    assert [len(each) for each in (*found.doubts, *found.evidence)] == [1000, 1000]
