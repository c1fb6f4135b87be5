"""What CI runs."""

from __future__ import annotations

import pytest
import yaml

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


@pytest.mark.parametrize(
    ("line", "stages"),
    [
        ("docker build --target production -t a .", ["production"]),
        ("docker buildx build --target=api .", ["api"]),
        ("/kaniko/executor --context . --target 'web'", ["web"]),
        ("docker build -f ./Dockerfile --target web .", ["web"]),
        ("docker build -f deploy/Dockerfile --target web .", []),
        ("docker build --target ${STAGE} .", []),
        ("docker build --target web-$STAGE .", []),
        ("cargo build --target x86_64-unknown-linux-musl", []),
        ("cd api && docker build --target web .", []),
        ("docker build --target web backend", []),
        ("docker build ./backend --label 'a b' --target web --push", []),
        ("docker build --push --target web backend/ | tee log", []),
        ("/kaniko/executor --context $CI_PROJECT_DIR/backend --target web", []),
        ("/kaniko/executor --context=dir://$CI_PROJECT_DIR --target=web", ["web"]),
        ("/kaniko/executor --context /workspace --target web", ["web"]),
        ("docker build --no-cache --target web ${{ github.workspace }}", ["web"]),
        ("docker build -f Dockerfile --target web backend", ["web"]),
        ("docker build . --target web -t team/web", ["web"]),
    ],
)
def test_the_stage_that_a_line_builds(line: str, stages: list[str]) -> None:
    said = words(".github/workflows/a.yml", yaml.safe_dump({"jobs": {"a": {"steps": [{"run": line}]}}}))
    assert [value for what, _, value in said if what == "target"] == stages


@pytest.mark.parametrize(
    ("given", "stages"),
    [
        ({"target": "web"}, ["web"]),
        ({"target": "web", "context": "./", "file": "./Dockerfile"}, ["web"]),
        ({"target": "web", "context": "api"}, []),
        ({"target": "web", "file": "Dockerfile.web"}, []),
        ({"target": "${{ matrix.stage }}"}, []),
        ({}, []),
    ],
)
def test_the_stage_that_the_action_builds(given: dict[str, str], stages: list[str]) -> None:
    step = {"uses": "docker/build-push-action@v6", "with": given}
    said = words(".github/workflows/a.yml", yaml.safe_dump({"jobs": {"a": {"steps": [step]}}}))
    assert [value for what, _, value in said if what == "target"] == stages
