"""`platform/certificates` under the CPS engine; a recorder stands for the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jobs import certificates
from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.model.jenkins.jobs import CERTIFICATES
from pipelinekit.model.platform.document import Platform
from pipelinekit.render import render
from tests.jenkins.harness import Cause, Credential, Trace, parse
from tests.jenkins.recorder import Recorder
from tests.unit.generators.jobs.test_certificates import platform
from tests.unit.generators.jobs.test_components import LINUX, POD

RECORDER = """\
#!/bin/sh
[ "$*" = "$PK_VERB --args-env PK_ARGS" ] && [ "$PK_VERB" = platform ] || exit 70
which=none
[ -z "$PK_KUBECONFIG_0" ] || which=$(cat "$PK_KUBECONFIG_0")
printf '%s %s\\n' "$which" "$PK_ARGS" >> "$RECORDS"
case $PK_ARGS in *'"deed":"'$FAILS'"'*) exit 1 ;; esac
"""
KEYS = {
    f"kube-{each}": Credential("file", {"name": "kubeconfig", "content": f"the-{each}"})
    for each in ("platform", "prod", "live")
}
CLUSTERS = {"dev": "the-platform", "production": "the-prod", "lab": "none", "live": "the-live"}
"""The environment that stands for each cluster, and the kubeconfig that is bound for it."""


def script(given: Platform) -> str:
    return render(certificates.plan(given), templates())[CERTIFICATES].text


def run(
    folder: Path, given: Platform, *, fails: str = "-", **parameters: Any
) -> tuple[Trace, list[tuple[str, str, str]]]:
    """The job run once; of each call the environment, the deed and the kubeconfig."""
    recorder = Recorder(folder, RECORDER)
    trace = recorder.build(
        CERTIFICATES,
        script(given),
        credentials=KEYS,
        parameters={"PLAN_ONLY": False, **parameters},
        causes=(Cause("TimerTrigger"),),
        environment={"FAILS": fails},
    )
    calls = []
    for line in recorder.recorded().splitlines():
        which, _, text = line.partition(" ")
        said = json.loads(text)
        assert (said["action"], said["platform"]) == ("certificates", "acme")
        calls.append((said["environment"], said["deed"], which))
    return trace, calls


def test_it_parses_as_groovy_2_4() -> None:
    texts = [script(each) for each in (platform(), platform(POD), platform(Agent()), platform(kube=""))]
    assert parse(texts) == [[]] * len(texts)


@pytest.mark.parametrize("agent", [LINUX, Agent(), POD], ids=["label", "any", "pod"])
def test_each_cluster_has_its_turn_with_its_own_kubeconfig(tmp_path: Path, agent: Agent) -> None:
    trace, calls = run(tmp_path, platform(agent))
    assert trace.result == "SUCCESS", trace.console
    assert (trace.problems, trace.leaked) == ((), ())
    assert calls == [
        (name, deed, which) for name, which in CLUSTERS.items() for deed in ("plan", "renew", "status")
    ]


def test_plan_only_renews_nothing(tmp_path: Path) -> None:
    trace, calls = run(tmp_path, platform(), PLAN_ONLY=True)
    assert trace.result == "SUCCESS"
    assert {deed for _, deed, _ in calls} == {"plan", "status"}


@pytest.mark.parametrize("deed", ["plan", "renew", "status"])
def test_what_is_not_as_it_should_be_is_red_and_keeps_no_cluster_from_its_turn(
    tmp_path: Path, deed: str
) -> None:
    trace, calls = run(tmp_path, platform(), fails=deed)
    assert trace.result == "FAILURE"
    for each in ("renew", "status"):
        assert [name for name, done, _ in calls if done == each] == list(CLUSTERS)
