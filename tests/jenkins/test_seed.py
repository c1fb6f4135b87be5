"""The seed under the CPS engine: the real command line, a platform's repository, a controller's double."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import seed
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.render import render
from tests.controller import Controller, Fault
from tests.jenkins.harness import Credential, Run, Trace, parse, run_one
from tests.real.app import BIN

ROOT = Path(__file__).resolve().parents[2]
APP = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: dockerfile}
run: {port: 80}
"""


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def _repository(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / name).write_text(text)
    _git(folder, "add", "--all")
    _git(
        folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message=First"
    )
    return folder


@pytest.fixture
def jenkins() -> Iterator[Controller]:
    with Controller() as controller:
        controller.state.users = {"robot": ("password", "token")}
        yield controller


@pytest.fixture
def platform(jenkins: Controller, tmp_path: Path) -> Path:
    """The platform's repository as the seed's checkout leaves it, with one application that can be read."""
    orders = _repository(tmp_path / "orders", "app.yaml", APP)
    text = f"""\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {{name: acme}}
images: {{registry: "r:5000"}}
charts: {{repository: "oci://r:5000/charts"}}
jenkins:
  url: {jenkins.url}
  credentials: jenkins-api
  agent: {{label: linux}}
  source: {{repository: "https://git.acme.example/platform.git"}}
clusters: [{{name: one}}]
environments: [{{name: dev, cluster: one, namespace: "{{team}}-dev", automatic: true}}]
applications:
  - {{name: orders, team: payments, repository: "file://{orders}"}}
"""
    return _repository(tmp_path / "platform", "platform.yaml", text)


def _seed(platform: Path) -> str:
    document = read_platform((platform / "platform.yaml").read_text())
    return render(seed.plan(document), templates())[seed.FILE].text


def _build(platform: Path, number: int = 1) -> Trace:
    workspace = platform.with_name(f"workspace-{number}")
    _git(platform.parent, "clone", "--quiet", str(platform), str(workspace))
    return run_one(
        Run(
            jenkinsfile=_seed(platform),
            workspace=workspace,
            library=ROOT,
            job="pipelinekit/seed",
            number=number,
            plugins=(ROOT / "seed-jobs" / "plugins.txt").read_text(),
            credentials={
                "jenkins-api": Credential("usernamePassword", {"username": "robot", "password": "token"})
            },
            environment={
                "HOME": str(platform.parent),
                "PATH": f"{BIN}{os.pathsep}/usr/local/bin:/usr/bin:/bin",
            },
            timeout=120,
            sh_timeout=60,
        )
    )


def _has_credential(jenkins: Controller) -> None:
    kind = "com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl"
    jenkins.state.credentials["jenkins-api"] = ET.fromstring(f"<{kind}><id>jenkins-api</id></{kind}>")


def test_it_parses_as_groovy_2_4(platform: Path) -> None:
    assert parse([_seed(platform)]) == [[]]


def test_the_same_jobs_as_job_dsl_parse_as_groovy_2_4(platform: Path) -> None:
    argv = [str(BIN / "pipelinekit"), "seed", "export", "--job-dsl", f"--platform={platform}"]
    script = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    assert "multibranchPipelineJob('apps/payments/orders')" in script
    assert parse([script]) == [[]]


def test_a_bare_controller_has_its_jobs_after_one_build_and_a_second_changes_nothing(
    jenkins: Controller, platform: Path
) -> None:
    _has_credential(jenkins)
    trace = _build(platform)
    assert trace.result == "SUCCESS", trace.console
    assert trace.problems == ()
    assert list(trace.statuses().values()) == ["run"] * 4
    assert [Path(path).name for path in trace.archived] == ["plan.json"]
    assert "create  apps/payments/orders" in trace.console
    assert jenkins.state.find("apps/payments/orders")
    assert jenkins.state.find("pipelinekit/seed"), "the seed keeps itself as well"
    assert trace.leaked == ()
    posted = len(jenkins.posted())
    again = _build(platform, 2)
    assert again.result == "SUCCESS", again.console
    assert len(jenkins.posted()) == posted
    assert "nothing to do" in again.console


def test_a_repository_that_cannot_be_read_makes_it_yellow_and_keeps_nobody_from_their_jobs(
    jenkins: Controller, platform: Path
) -> None:
    _has_credential(jenkins)
    path = platform / "platform.yaml"
    path.write_text(path.read_text() + '  - {name: gone, team: payments, repository: "file:///nowhere"}\n')
    _git(platform, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qam", "More")
    trace = _build(platform)
    assert trace.result == "UNSTABLE", trace.console
    assert jenkins.state.find("apps/payments/orders")
    assert jenkins.state.find("apps/payments/gone")


def test_what_fails_fails_the_build_and_the_rest_is_done(jenkins: Controller, platform: Path) -> None:
    _has_credential(jenkins)
    jenkins.faults = [Fault("forbid", method="POST", path="name=orders")]
    trace = _build(platform)
    assert trace.result == "FAILURE"
    assert "lacks the permission Job/Create for apps/payments/orders" in trace.console
    assert jenkins.state.find("apps/payments")
    jenkins.faults = []
    assert _build(platform, 2).result == "SUCCESS"
