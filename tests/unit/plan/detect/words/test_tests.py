"""The tests that CI runs."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.signs import Detected
from pipelinekit.plan.detect.words import tests

TEXTS = {"tests/unit/test_a.py": "", "requirements-dev.txt": "pytest\n"}


def ran(language: Any, *lines: str, texts: dict[str, str] | None = None, **said: Any) -> Detected:
    words = [Word(what="test", value=each, place=f"ci.yml:{number}") for number, each in enumerate(lines, 1)]
    return tests.tested(Detected(language=language, **said), words, TEXTS if texts is None else texts)


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("pytest", ()),
        ("uv run pytest tests/unit -v --cov=a --junitxml=x.xml", ("tests/unit",)),
        ("python -m pytest -m 'not slow' -k a -n auto", ("-m", "not slow", "-k", "a")),
        (
            "poetry run pytest tests/unit/test_a.py::test_b --ds=a.b",
            ("tests/unit/test_a.py::test_b", "--ds=a.b"),
        ),
        ("pytest tests/gone $WHAT | tee log", ()),
        ("pytest 'tests", ()),
    ],
)
def test_what_chooses_tests_is_kept_and_reports_are_ours(line: str, arguments: tuple[str, ...]) -> None:
    found = ran("python", "pip install pytest", line)
    assert found.test == ("python", "-m", "pytest", *arguments, "--junitxml=/reports/pytest.xml")
    assert (found.doubts, "ci.yml:2" in found.evidence[-1]) == ((), True)


def test_a_pytest_that_no_file_names_is_told() -> None:
    assert len(ran("python", "pytest", texts={"requirements.txt": "flask"}).doubts) == 1


@pytest.mark.parametrize(
    ("language", "line", "test"),
    [
        (
            "go",
            "go test -race -tags=a ./...",
            ("sh", "-c", "go test -json -tags=a ./... > /reports/go-test.json"),
        ),
        ("go", "go test ./...", ()),
        ("node", "npm run test:ci", ("npm", "run", "test:ci")),
        ("node", "npm run test:gone", ()),
        ("node", "yarn test", ()),
        ("java-maven", "./mvnw -B verify", ()),
    ],
)
def test_other_languages(language: Any, line: str, test: tuple[str, ...]) -> None:
    texts = {"package.json": '{"scripts": {"test": "a", "test:ci": "b"}}'}
    found = ran(language, line, texts=texts)
    assert (found.test, "ci.yml:1" in found.evidence[-1]) == (test, True)


def test_features_of_cargo_are_kept() -> None:
    assert (
        "--all-features --features=a,b" in ran("rust", "cargo test --all-features --features a,b -q").test[2]
    )


def test_a_runner_that_writes_reports_is_not_replaced() -> None:
    texts = {"package.json": '{"scripts": {"test:unit": "vitest run"}}'}
    own = ("npx", "vitest", "run", "--reporter=junit")
    assert ran("node", "npm run test:unit", texts=texts, test=own).test == own


def test_what_is_not_followed_is_told() -> None:
    found = ran("python", "tox -e py312", test=("a",))
    assert (found.test, "tox" in found.evidence[-1]) == (("a",), True)


def test_a_line_of_another_folder_is_not_ours() -> None:
    word = Word(what="test", value="npm test", name="web", place="ci.yml:1")
    assert tests.tested(Detected(language="node"), [word], {}) == Detected(language="node")


@pytest.mark.parametrize("kept", [{"language": "dockerfile"}, {"language": "go", "keeps_dockerfile": True}])
def test_a_kept_dockerfile_without_a_stage_for_tests_is_told(kept: dict[str, Any]) -> None:
    without = ran(**kept, texts={"Dockerfile": "FROM a AS build\n"}, test=("x",))
    assert (without.test, "nothing is tested" in without.doubts[0]) == ((), True)
    having = ran(**kept, texts={"Dockerfile": "FROM a AS Test\nCMD b\n"}, test=("x",))
    assert (having.test, having.doubts) == ((), ())


@pytest.mark.parametrize(
    ("line", "own", "line_of_ours"),
    [
        ("python -m unittest discover -s tests -v", "python -m unittest discover --verbose > a",
         "python -m unittest discover -s tests --verbose > a"),
        ("python -m unittest tests.test_a", "python -m unittest discover --verbose > a",
         "python -m unittest tests.test_a --verbose > a"),
        ("python manage.py test shop --settings=a.b --noinput", "cd b && python manage.py test --verbosity=2",
         "cd b && python manage.py test shop --settings=a.b --verbosity=2"),
        ("python -m unittest $(rm -rf /)", "python -m unittest discover --verbose",
         "python -m unittest --verbose"),
    ],
)  # fmt: skip
def test_tests_that_are_named_for_unittest(line: str, own: str, line_of_ours: str) -> None:
    assert ran("python", line, test=("sh", "-c", own)).test == ("sh", "-c", line_of_ours)


def test_what_ci_runs_beside_its_tests_is_told() -> None:
    words = [
        Word(what="test", value="go test ./...", place="a.yml:9"),
        Word(what="service", value="postgres", place="a.yml:4"),
        Word(what="service", value="redis", place="b.yml:4"),
    ]
    found = tests.tested(Detected(language="go"), words, {})
    assert found.doubts == ("a.yml runs postgres beside its tests, and `pipelinekit test` runs none",)
