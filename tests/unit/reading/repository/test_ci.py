"""What CI runs."""

from __future__ import annotations

import pytest

from pipelinekit.reading.repository.ci import read

ACTIONS = """on: push
jobs:
  test:
    steps:
      - uses: actions/setup-node@v4
        with: {node-version: 22.x}
      - run: |
          # first
          npm ci && npm test
          cd web; npm run lint
      - {run: "pytest \\\\\\n  -q", working-directory: api}
"""


def words(file: str, text: str) -> list[tuple[str, str, str]]:
    return [(each.what, each.name, each.value) for each in read({file: text})]


def test_lines_folders_and_versions() -> None:
    assert words(".github/workflows/a.yml", ACTIONS) == [
        ("version", "node", "22.x"),
        ("test", "", "npm ci"),
        ("test", "", "npm test"),
        ("test", "web", "npm run lint"),
        ("test", "api", "pytest -q"),
    ]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".gitlab-ci.yml", "unit:\n  script:\n    - make test\n"),
        (".circleci/config.yml", "jobs: {a: {steps: [{run: {command: make test}}]}}"),
        (".travis.yml", "script: make test\n"),
        ("azure-pipelines.yml", "steps: [{script: make test}]"),
        ("bitbucket-pipelines.yml", "pipelines: {default: [{step: {script: [make test]}}]}"),
        (".drone.yml", "steps: [{name: a, commands: [make test]}]"),
    ],
)
def test_other_services(file: str, text: str) -> None:
    assert words(file, text) == [("test", "", "make test")]


def test_a_matrix_is_no_version() -> None:
    text = "jobs: {a: {steps: [{uses: actions/setup-go@v5, with: {go-version: '${{ matrix.go }}'}}]}}"
    assert words(".github/workflows/a.yml", text) == []


def test_a_workflow_that_tests_comes_before_others() -> None:
    texts = {
        ".github/workflows/a-deploy.yml": "jobs: {a: {steps: [{run: one}]}}",
        ".github/workflows/test.yml": "jobs: {a: {steps: [{run: two}]}}",
        "sub/.github/workflows/test.yml": "jobs: {a: {steps: [{run: three}]}}",
    }
    assert [each.value for each in read(texts)] == ["two", "one"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".github/workflows/a.yml", "jobs: {a: {services: {postgres: {image: 'postgres:16'}}}}"),
        (".gitlab-ci.yml", "a: {services: [{name: postgres}]}"),
        (".travis.yml", "services: [docker, postgres]"),
    ],
)
def test_what_runs_beside_a_job(file: str, text: str) -> None:
    assert words(file, text) == [("service", "", "postgres")]
