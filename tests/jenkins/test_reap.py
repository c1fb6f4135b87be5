"""`draft/reap` under the CPS engine; a recorder stands for the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jobs import drafts
from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.model.jenkins.jobs import REAP
from pipelinekit.model.platform.document import Platform
from pipelinekit.render import render
from tests.jenkins.harness import Cause, Credential, Trace, parse
from tests.jenkins.recorder import Recorder
from tests.unit.generators.jobs.test_components import LINUX, POD
from tests.unit.generators.jobs.test_drafts import platform

RECORDER = """\
#!/bin/sh
[ "$*" = "$PK_VERB --args-env PK_ARGS" ] && [ "$PK_VERB" = draft ] || exit 70
printf '%s\\n' "$PK_ARGS" >> "$RECORDS"
[ -z "$PK_KUBECONFIG_0" ] || grep -q the-config "$PK_KUBECONFIG_0" || exit 71
exit "$CODE"
"""
KEYS = {"kube-draft": Credential("file", {"name": "kubeconfig", "content": "the-config"})}


def script(given: Platform) -> str:
    return render(drafts.plan(given), templates())[REAP].text


def run(folder: Path, given: Platform, *, code: int = 0, **parameters: Any) -> tuple[Trace, list[Any]]:
    """The job run once, and the arguments of each call."""
    recorder = Recorder(folder, RECORDER)
    trace = recorder.build(
        REAP,
        script(given),
        credentials=KEYS,
        parameters={"PLAN_ONLY": False, **parameters},
        causes=(Cause("TimerTrigger"),),
        environment={"CODE": str(code)},
    )
    return trace, [json.loads(each) for each in recorder.recorded().splitlines()]


def test_it_parses_as_groovy_2_4() -> None:
    texts = [script(each) for each in (platform(), platform(POD), platform(Agent()), platform(kube=""))]
    assert parse(texts) == [[]] * len(texts)


@pytest.mark.parametrize("agent", [LINUX, Agent(), POD], ids=["label", "any", "pod"])
def test_what_would_be_done_is_shown_then_done(tmp_path: Path, agent: Agent) -> None:
    trace, calls = run(tmp_path, platform(agent))
    assert trace.result == "SUCCESS", trace.console
    assert (trace.problems, trace.leaked) == ((), ())
    reap = {"action": "reap", "platform": "acme"}
    assert calls == [{**reap, "planOnly": True}, reap]
    assert "the-config" not in trace.console


def test_plan_only_does_nothing(tmp_path: Path) -> None:
    trace, calls = run(tmp_path, platform(), PLAN_ONLY=True)
    assert trace.result == "SUCCESS"
    assert [each["planOnly"] for each in calls] == [True]


def test_what_cannot_be_looked_at_is_not_touched(tmp_path: Path) -> None:
    trace, calls = run(tmp_path, platform(), code=5)
    assert trace.result == "FAILURE"
    assert len(calls) == 1
