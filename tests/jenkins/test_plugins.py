"""`seed-jobs/plugins.txt`: all that is generated is of a plugin on it, and nothing is on it in vain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jenkinsfile import plan
from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.render import render
from pipelinekit.steps.deploying.obstacles import PLUGINS
from tests import examples
from tests.jenkins.harness import Credential, Run, Trace, run_one
from tests.jenkins.harness.request import plugin_ids
from tests.jenkins.test_matrix import SITE

ROOT = Path(__file__).resolve().parents[2]
LISTED = tuple(plugin_ids((ROOT / "seed-jobs" / "plugins.txt").read_text()))

OF_PIPELINES = ("junit", "kubernetes", "pipeline-model-definition")
"""What a generated pipeline itself is made of; `test_matrix` runs each of them with the whole list."""

OF_JOBS = {plugin for several in PLUGINS.values() for plugin in several}
BROUGHT = {"workflow-job", "workflow-cps"}
"""Every Pipeline plugin depends on these two."""

OTHERWISE = {
    "pipeline-groovy-lib": "jenkins.yaml's untrusted library; comes with Declarative, has to be new enough",
    "configuration-as-code": "jenkins.yaml of `seed export`",
    "credentials-binding": "pkExec; comes with Declarative today, and is named because it is used",
    "plain-credentials": "kubeconfig files, which pkExec binds",
}


def _run(plugins: tuple[str, ...], workspace: Path) -> Trace:
    """A generated pipeline on a pod, as far as its first credential, with these plugins."""
    pod = AgentPod(namespace="jenkins-agents", image="r:5000/agent:1")
    text = render(plan(examples.app(), replace(SITE, agent=Agent(pod=pod))), templates())["Jenkinsfile"].text
    program = workspace.with_name("bin") / "pipelinekit"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    workspace.mkdir()
    credential = Credential("usernamePassword", {"username": "ci", "password": "registry-secret"})
    kubeconfig = Credential("file", {"name": "config", "content": "kube-secret"})
    return run_one(
        Run(
            jenkinsfile=text,
            workspace=workspace,
            library=ROOT,
            plugins="\n".join(plugins),
            credentials={"nexus": credential, "nexus-charts": credential, "kube-nonprod": kubeconfig},
            environment={"PATH": f"{program.parent}:/usr/bin:/bin"},
        )
    )


def test_the_whole_list_is_enough(tmp_path: Path) -> None:
    trace = _run(LISTED, tmp_path / "workspace")
    assert (trace.result, trace.problems) == ("SUCCESS", ()), trace.console


@pytest.mark.parametrize("plugin", OF_PIPELINES)
def test_without_one_of_them_a_pipeline_does_not_run(plugin: str, tmp_path: Path) -> None:
    trace = _run(tuple(each for each in LISTED if each != plugin), tmp_path / "workspace")
    assert trace.result == "FAILURE"
    assert any(plugin in each.message for each in trace.problems), trace.problems


def test_what_jobs_need_is_on_it() -> None:
    assert set(LISTED) >= OF_JOBS - BROUGHT


def test_nothing_is_on_it_in_vain() -> None:
    assert set(LISTED) == set(OF_PIPELINES) | OF_JOBS - BROUGHT | OTHERWISE.keys()
