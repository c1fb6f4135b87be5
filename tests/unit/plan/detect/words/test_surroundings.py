"""What is around a program."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.secret import MOST
from pipelinekit.plan.detect.signs import Detected
from pipelinekit.plan.detect.words.surroundings import health, rest, variables, versioned

UNSAID = ("no version is asked for: Python 3.13",)


def word(what: Any, value: str, name: str = "", place: str = "f:1") -> Word:
    return Word(what=what, value=value, name=name, place=place)


def test_a_version_that_nobody_else_says() -> None:
    plain = Detected(language="python", version="3.13", base="library/python:3.13", evidence=UNSAID)
    found = versioned(plain, [word("version", "3.12", "python")])
    assert (found.version, found.base) == ("3.12", "library/python:3.12")
    assert (
        versioned(Detected(language="python", version="3.13"), [word("version", "3.12", "python")]).version
        == "3.13"
    )
    assert versioned(plain, [word("version", "22", "node")]) == plain
    old = versioned(plain, [word("version", "3.6", "python")])
    assert (old.version, len(old.doubts)) == ("3.6", 1)


@pytest.mark.parametrize(("tried", "doubts"), [("3.6", 1), ("3.10", 1), ("3.12", 0), ("3.14", 0), ("2.7", 1)])
def test_an_open_range_that_nothing_as_new_was_tried_with(tried: str, doubts: int) -> None:
    open_range = Detected(
        language="python", version="3.13", evidence=("python_requires says >=2.7: Python 3.13",)
    )
    found = versioned(open_range, [word("version", tried, "python", "tox.ini:2")])
    assert (found.version, len(found.doubts)) == ("3.13", doubts)
    assert all("tox.ini:2" in each and tried in each for each in found.doubts)


def test_javas_version_is_one_that_has_images() -> None:
    assert versioned(Detected(language="java-maven"), [word("version", "19", "java")]).version == "21"
    assert (
        versioned(Detected(language="java-maven", version="17"), [word("version", "8", "java")]).version
        == "17"
    )


@pytest.mark.parametrize(
    ("found", "path", "doubts"),
    [
        (Detected(language="go"), "/up", 0),
        (Detected(language="go", health="/up"), "/up", 0),
        (Detected(language="go", health="/ping"), "/up", 1),
        (Detected(language="go", health="/own", keeps_dockerfile=True), "/own", 1),
        (Detected(language="go", server=False), "", 0),
    ],
)
def test_the_health_check(found: Detected, path: str, doubts: int) -> None:
    seen = health(found, [word("health", "/up")])
    assert (seen.health, len(seen.doubts)) == (path, doubts)


@pytest.mark.parametrize("path", ["up", "/a b", '/"', "http://a/b", "/<x>"])
def test_what_is_no_path_is_not_asked(path: str) -> None:
    assert health(Detected(language="go"), [word("health", path)]).health == ""


def test_values_that_hold_everywhere_are_given_and_the_others_are_named() -> None:
    words = [
        word("variable", "HOST", "0.0.0.0"),
        word("variable", "SERVER_PORT", "8080"),
        word("variable", "METRICS_PORT", "9100"),
        word("variable", "LOG_LEVEL"),
        word("variable", "API_TOKEN"),
        word("variable", "DATABASE_URL"),
    ]
    found = variables(Detected(language="go", port=8080), words)
    assert found.env == {"HOST": "0.0.0.0", "SERVER_PORT": "8080"}
    assert found.doubts == (
        "f:1 gives it METRICS_PORT LOG_LEVEL: run.env",
        "f:1 gives it API_TOKEN DATABASE_URL: run.secrets",
    )


def test_there_is_an_end_to_names() -> None:
    found = variables(Detected(language="go"), [word("variable", f"A{each}") for each in range(MOST + 3)])
    assert "and 3 more" in found.doubts[0]


def test_the_rest_is_told() -> None:
    words = [
        word("volume", "/data"),
        word("dockerfile", "deploy/Dockerfile"),
        word("dockerfile", "x"),
        word("note", "n"),
    ]
    found = rest(Detected(language="go"), words)
    assert [each.split(" ")[0] for each in found.doubts] == ["f:1", "f:1", "f:1:"]
    assert rest(Detected(language="go"), [word("dockerfile", "./Dockerfile")]).doubts == ()
