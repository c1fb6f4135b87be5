"""What a Dockerfile could print is bound for builds of the main branch, and for no others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jenkinsfile import plan
from pipelinekit.model.app import Build
from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.plan.jenkins.stages import Build as Built
from pipelinekit.plan.jenkins.stages import decide
from pipelinekit.render import render
from tests import examples
from tests.jenkins.harness import Credential, Run, Trace, parse, run

ROOT = Path(__file__).resolve().parents[2]
APP = examples.app(build=Build(language="python", secrets=("licence-key",)))
SITE = examples.site(
    branch="trunk",
    agent=Agent(label="linux"),
    package_credentials={"npm": "other", "pypi": "nexus-read"},
    mirror_credentials="mirror-read",
    signing_credentials="cosign-key",
    signing_password="cosign-word",
    signs_charts=True,
    ledger_credentials="ledger-payments",
)
TEXT = render(plan(APP, SITE), templates())["Jenkinsfile"].text
CREDENTIALS = {
    "nexus-read": Credential("usernamePassword", {"username": "reader", "password": "pypi-4711"}),
    "mirror-read": Credential("usernamePassword", {"username": "reader", "password": "mirror-4711"}),
    "licence-key": Credential("string", {"secret": "licence-4711"}),
    "cosign-key": Credential("file", {"name": "cosign.key", "content": "key-4711"}),
    "cosign-word": Credential("string", {"secret": "word-4711"}),
    "ledger-payments": Credential("file", {"name": "ledger", "content": "ledger-4711"}),
    "nexus": Credential("usernamePassword", {"username": "ci", "password": "registry-4711"}),
    "nexus-charts": Credential("usernamePassword", {"username": "ci", "password": "charts-4711"}),
    "kube-nonprod": Credential("file", {"name": "config", "content": "kube-4711"}),
}
MIRROR = {"PK_MIRROR_USER", "PK_MIRROR_PASSWORD"}
HELD = {"PK_PYPI_USER", "PK_PYPI_PASSWORD", "PK_SECRET_LICENCE_KEY", *MIRROR}
BUILDS: dict[str, tuple[str, int | None]] = {
    "main": ("trunk", None),
    "other-branch": ("main", None),
    "pull-request": ("feature/x", 7),
    "pull-request-from-a-branch-of-that-name": ("trunk", 7),
}


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trace]:
    return builds(TEXT, tmp_path_factory.mktemp("builds"))


def builds(text: str, folder: Path) -> dict[str, Trace]:
    """A build of each kind, with a command line that does nothing."""
    program = folder / "bin" / "pipelinekit"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ntrue\n")
    program.chmod(0o755)
    runs = []
    for name, (branch, number) in BUILDS.items():
        (folder / name).mkdir()
        runs.append(
            Run(
                jenkinsfile=text,
                workspace=folder / name,
                library=ROOT,
                plugins=(ROOT / "seed-jobs" / "plugins.txt").read_text(),
                credentials=CREDENTIALS,
                branch=branch,
                pull_request=number,
                environment={"PATH": f"{program.parent}:/usr/bin:/bin"},
            )
        )
    return dict(zip(BUILDS, run(runs), strict=True))


def held(trace: Trace, verb: str) -> set[str]:
    """The variables of the verb's shell that hold something."""
    (step,) = [each for each in trace.called("sh") if each.environment["PK_VERB"] == verb]
    return {
        name
        for name in step.environment
        if name.startswith("PK_") and name not in {"PK_VERB", "PK_ARGS", "PK_CONTRACT"}
    }


def test_the_jenkinsfile_parses_as_groovy_2_4() -> None:
    assert parse([TEXT]) == [[]]


@pytest.mark.parametrize("build", BUILDS)
def test_builds_of_main_hold_their_secrets_and_no_others_do(traces: dict[str, Trace], build: str) -> None:
    trace = traces[build]
    assert trace.result == "SUCCESS", trace.console
    assert trace.problems == ()
    assert trace.leaked == ()
    assert "4711" not in trace.console
    expected = HELD if build == "main" else set()
    assert held(trace, "test") == held(trace, "build") == expected
    assert held(trace, "generate") == set()
    if build != "main":
        bound = [each for each in trace.called("withCredentials") if each.arguments.get("bindings")]
        assert bound == []


def test_what_comes_after_the_build_holds_none_of_them(traces: dict[str, Trace]) -> None:
    for verb in ("push", "package", "publish", "deploy", "verify"):
        assert not held(traces["main"], verb) & HELD


def test_the_signing_key_is_there_where_something_is_signed(traces: dict[str, Trace]) -> None:
    key = {"PK_SIGNING_KEY", "PK_SIGNING_PASSWORD"}
    verbs = ("test", "build", "push", "package", "publish", "deploy", "verify")
    assert [verb for verb in verbs if held(traces["main"], verb) & key] == ["push", "publish"]
    assert held(traces["main"], "push") >= key


def test_the_ledger_s_key_is_there_where_it_is_written_and_on_main_alone(traces: dict[str, Trace]) -> None:
    having = {
        build: [
            each.environment["PK_VERB"]
            for each in trace.called("sh")
            if "PIPELINEKIT_LEDGER_KEY" in each.environment
        ]
        for build, trace in traces.items()
    }
    assert having.pop("main") == ["publish", "deploy", "verify"]
    assert not any(having.values())


@pytest.mark.parametrize("build", BUILDS)
def test_run_explains_which_ids_a_build_holds(traces: dict[str, Trace], build: str) -> None:
    branch, number = BUILDS[build]
    decisions = decide(Built(branch=branch, pull_request=str(number or "")), APP, SITE)
    explained = {each.stage.verb: set(each.credentials) for each in decisions if each.runs}
    bound: dict[str, set[str]] = {}
    for step in traces[build].called("sh"):
        arguments = json.loads(step.environment["PK_ARGS"])
        ids = [value for name, value in arguments.items() if "Credentials" in name]
        bound[step.environment["PK_VERB"]] = {
            each for value in ids for each in (value if isinstance(value, list) else [value])
        }
    assert explained == bound
    assert explained["test"] == ({"mirror-read", "nexus-read", "licence-key"} if build == "main" else set())


def test_a_mirrors_login_that_is_for_all_is_bound_in_each_build(tmp_path: Path) -> None:
    site = replace(SITE, mirror_for_all=True)
    text = render(plan(APP, site), templates())["Jenkinsfile"].text
    for build, trace in builds(text, tmp_path).items():
        assert trace.result == "SUCCESS", trace.console
        assert trace.leaked == ()
        expected = HELD if build == "main" else MIRROR
        assert held(trace, "test") == held(trace, "build") == expected
        assert held(trace, "generate") == set()
        assert (trace.statuses()["Release"] == "run") == (build == "main")


@pytest.mark.parametrize("name", ["*", "**", "t*", "trun?", "TRUNK", "feature/**", "PR-*", "PR-7", "a'b$c"])
def test_a_branch_is_a_name_and_no_pattern(tmp_path: Path, name: str) -> None:
    text = render(plan(APP, replace(SITE, branch=name)), templates())["Jenkinsfile"].text
    for trace in builds(text, tmp_path).values():
        assert trace.result == "SUCCESS", trace.console
        assert trace.statuses()["Release"] == "skipped"
        assert held(trace, "test") == set()
