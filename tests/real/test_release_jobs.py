"""`release/promote` and `release/advance` with the real command line: who asked, who answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jobs import releases
from pipelinekit.model.jenkins.jobs import ADVANCE, PROMOTE
from pipelinekit.model.ledger import Event
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.render import render
from tests.jenkins.harness import Answer, Cause, Credential, Run, Trace, run_one
from tests.real.app import BIN
from tests.real.releasing import Releasing, releasing
from tests.real.remotes import git

pytestmark = pytest.mark.matrix("releases")

APPROVALS = {"count": 1, "from": ["release-managers"], "requester": False}


class Jenkins:
    """A controller's folder of releases: the jobs as the platform makes them, run by its key alone."""

    def __init__(self, orders: Releasing, folder: Path) -> None:
        self.orders, self.folder, self.count = orders, folder, 0
        key = orders.signers.public("release").key
        orders.document["ledger"]["release"] = {"keys": [key], "credentials": "ledger-release"}
        for each in orders.document["people"]:
            each["jenkins"] = f"{each['name']}-j"
        orders.document["jenkins"] = {
            "url": "http://127.0.0.1:1",
            "source": {"repository": f"file://{orders.platforms.path}"},
        }

    def run(self, job: str, answer: Answer | None = None, by: str = "ada-j", **parameters: Any) -> Trace:
        self.count += 1
        workspace = self.folder / f"workspace-{self.count}"
        git("clone", "--quiet", str(self.orders.platforms.path), str(workspace), cwd=self.folder)
        given = read_platform(self.orders.platforms.show("platform.yaml"))
        told = {"APPLICATION": f"{self.orders.team}/orders", "ENVIRONMENT": "production", **parameters}
        held = dict(self.orders.application.env)
        held.pop("PIPELINEKIT_PLATFORM")
        return run_one(
            Run(
                jenkinsfile=render(releases.plan(given), templates())[job].text,
                workspace=workspace,
                job=job,
                number=self.count,
                credentials={
                    "ledger-release": Credential(
                        "file", {"name": "key", "content": self.orders.signers.private("release").read_text()}
                    )
                },
                parameters=told if job == PROMOTE else {},
                inputs={"ask-1": answer} if answer else {},
                causes=[Cause("UserIdCause", by)] if by else [Cause("TimerTrigger")],
                environment={**held, "PATH": f"{BIN}:{self.orders.application.env['PATH']}"},
                timeout=300,
                sh_timeout=200,
            )
        )

    def last(self, kind: str) -> Event:
        return [each for each in self.orders.events("production") if each.kind == kind][-1]


@pytest.fixture(scope="module")
def jenkins(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jenkins]:
    folder = tmp_path_factory.mktemp("release-jobs")
    with releasing(testbed, folder, approvals=APPROVALS) as orders:
        made = Jenkins(orders, folder)
        orders.publish_platform(approvals=APPROVALS)
        orders.release("one")
        orders.must("linus", "promote", "orders", "--to", "staging")
        yield made


def test_an_answer_counts_as_the_user_whom_the_platform_knows_and_no_other_s(jenkins: Jenkins) -> None:
    # The administrator may answer any question; ada has asked for it; nobody has said who started it.
    trace = jenkins.run(PROMOTE, Answer(submitter="root"))
    assert trace.result == "FAILURE", trace.console
    why = "(nobody); root in Jenkins's does not count: no person is proven"
    assert why in trace.console, trace.console
    trace = jenkins.run(PROMOTE, Answer(submitter="ada-j"))
    assert "ada in Jenkins's does not count: has asked for it" in trace.console
    trace = jenkins.run(PROMOTE, Answer(submitter="grace-j"), by="")
    assert "nobody has started this promotion" in trace.console
    assert "requested" not in jenkins.orders.kinds("production")


def test_a_no_is_in_the_ledger_and_nothing_else_happens(jenkins: Jenkins) -> None:
    jenkins.orders.publish_platform(approvals={**APPROVALS, "count": 3})
    trace = jenkins.run(
        PROMOTE, Answer(submitter="grace-j", abort=True), by="linus-j", REASON="$(id)\n'${x}'"
    )
    assert trace.result == "ABORTED", trace.console
    said = jenkins.last("refused")
    assert (said.details["answer"], said.reason) == ("no", "$(id)\n'${x}'")
    assert "requested" not in jenkins.orders.kinds("production")
    jenkins.orders.publish_platform(approvals=APPROVALS)


def test_with_keys_of_people_s_own_asked_for_no_question_is_asked(jenkins: Jenkins) -> None:
    jenkins.orders.publish_platform(approvals={**APPROVALS, "signed": True})
    trace = jenkins.run(PROMOTE)
    assert trace.result == "FAILURE"
    assert "approvals: 0 of 1 from release-managers" in trace.console
    assert trace.called("input") == []
    jenkins.orders.publish_platform(approvals=APPROVALS)


def test_one_who_may_approves_and_it_is_promoted_and_marked(jenkins: Jenkins) -> None:
    jenkins.orders.release("two")
    jenkins.orders.must("linus", "promote", "orders", "--to", "staging")
    trace = jenkins.run(PROMOTE, Answer(submitter="grace-j"), by="linus-j", REASON="it's $(time)")
    assert trace.result == "SUCCESS", trace.console
    assert trace.leaked == ()
    assert trace.console.index("closed approvals: 0 of 1") < trace.console.index("grace in Jenkins approves")
    assert jenkins.orders.level(f"{jenkins.orders.team}-production") == "two"
    assert jenkins.last("requested").reason == "it's $(time)"
    log = json.loads(jenkins.orders.must("ada", "ledger", "log", "--env", "production", "--json").out)
    assert "grace in Jenkins" in json.dumps(log)
    jenkins.orders.must("ada", "ledger", "verify", "--offline")
    again = jenkins.run(PROMOTE, by="linus-j")
    assert again.result == "SUCCESS", again.console
    assert "runs already" in again.console


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "orders", "--to", "production"),
        ("approve", "orders", "--to", "production", "--refuse"),
        ("hold", "orders", "--env", "production", "--reason", "x"),
        ("bar", "orders@VERSION", "--reason", "x"),
        ("freeze", "--now", "--reason", "x"),
        ("advance",),
    ],
    ids=" ".join,
)
def test_the_key_of_the_line_says_nothing_of_all_this_whoever_it_says_has_answered(
    jenkins: Jenkins, words: tuple[str, ...]
) -> None:
    orders, before = jenkins.orders, jenkins.orders.ledger.branches()
    key = {
        "PIPELINEKIT_LEDGER_KEY": str(orders.signers.private("pipeline")),
        "PIPELINEKIT_JENKINS_USER": "grace-j",
    }
    named = (each.replace("VERSION", orders.versions()[0]) for each in words)
    said = orders.application.verb(*named, env=key, cwd=jenkins.folder)
    if words[-1] == "--refuse":
        # What a pipeline was refused it may tell, and nobody takes it for somebody's answer.
        assert "the pipelines of" in said.out
        return
    assert said.code == (0 if words == ("advance",) else 6), said.err
    assert orders.ledger.branches() == before


def test_the_clock_sees_arrivals_and_is_nobody(jenkins: Jenkins) -> None:
    jenkins.orders.publish_platform(approvals=APPROVALS, soak="1h")
    trace = jenkins.run(ADVANCE, by="")
    assert trace.result == "SUCCESS", trace.console
    assert "seen" in [each.kind for each in jenkins.orders.events()]
