"""`release/promote` and `release/advance` under the CPS engine; a recorder stands for the command line."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jobs import releases
from pipelinekit.model.jenkins.agent import Agent, AgentPod
from pipelinekit.model.jenkins.jobs import ADVANCE, PROMOTE
from pipelinekit.model.platform.document import Platform
from pipelinekit.render import render
from tests.hostile.values import ALL
from tests.jenkins.harness import Answer, Cause, Credential, Trace, parse
from tests.jenkins.recorder import Recorder
from tests.unit.generators.jobs.test_releases import platform

RECORDER = """\
#!/bin/sh
[ "$*" = "$PK_VERB --args-env PK_ARGS" ] || exit 70
{ env -0; printf '\\0\\0'; } >> "$RECORDS"
case "$PK_VERB:$PK_ARGS" in promote:*'"asks"'*) printf 'sha256:feed %s\\n%s\\n' "$ASKS" "$SHOWN" \\
    > .pipelinekit-asks ;; esac
[ "$PK_VERB" = "$BREAKS" ] && exit 6
exit 0
"""
PLAN = {"version": "1.4.2", "parts": {"values": 'it\'s ask-1 $(id) ${HOME} \\ "a"', "live": "nothing"}}
POD = Agent(pod=AgentPod(namespace="agents", image="agent:1"))
LOGIN = Credential("usernamePassword", {"username": "robot", "password": "s3cret-login"})
KEYS = {
    "nexus": LOGIN,
    "nexus-payments": LOGIN,
    "kube-prod": Credential("file", {"name": "kubeconfig", "content": "kubeconfig"}),
    "ledger-release": Credential("file", {"name": "key", "content": "the-private-key"}),
}
YES = {"ask-1": Answer(submitter="ada-l"), "ask-2": Answer(submitter="grace-h")}


class Jobs(Recorder):
    """The two jobs, and what the command line was told by them."""

    def run(
        self,
        job: str = PROMOTE,
        given: Platform | None = None,
        *,
        asks: str = "ask-1 ask-2",
        breaks: str = "",
        inputs: Mapping[str, Answer] = YES,
        causes: Sequence[Cause] = (Cause("UserIdCause", "sam-s"),),
        **parameters: Any,
    ) -> Trace:
        told = {"APPLICATION": "payments/orders", "ENVIRONMENT": "production", **parameters}
        return self.build(
            job,
            script(job, given or platform()),
            credentials=KEYS,
            parameters=told if job == PROMOTE else {},
            inputs=inputs,
            causes=causes,
            environment={"ASKS": asks, "SHOWN": json.dumps(PLAN), "BREAKS": breaks},
        )

    @property
    def calls(self) -> list[tuple[str, dict[str, Any], str]]:
        """Verb, arguments and user of each call."""
        return [
            (each["PK_VERB"], json.loads(each["PK_ARGS"]), each.get("PIPELINEKIT_JENKINS_USER", ""))
            for each in self.environments
        ]

    @property
    def verbs(self) -> list[tuple[str, str]]:
        return [(verb, user) for verb, _, user in self.calls]


def script(job: str, given: Platform) -> str:
    return render(releases.plan(given), templates())[job].text


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path, RECORDER)


def test_they_parse_as_groovy_2_4() -> None:
    texts = [
        script(job, given)
        for job in (PROMOTE, ADVANCE)
        for given in (platform(), platform(agent=POD), platform(agent=Agent()), platform(login="n-{team}"))
    ]
    assert parse(texts) == [[]] * len(texts)


@pytest.mark.parametrize("agent", [Agent(label="linux"), Agent(), POD], ids=["label", "any", "pod"])
def test_the_plan_comes_first_then_each_answer_then_the_promotion_each_as_who_it_is(
    jobs: Jobs, agent: Agent
) -> None:
    trace = jobs.run(given=platform(agent=agent), VERSION="1.4.2", REASON="because")
    assert trace.result == "SUCCESS", trace.console
    assert trace.problems == ()
    assert trace.leaked == ()
    assert jobs.verbs == [
        ("promote", "sam-s"),
        ("approve", "ada-l"),
        ("approve", "grace-h"),
        ("promote", "sam-s"),
    ]
    (_, plan, _), (_, first, _), _, (_, last, _) = jobs.calls
    assert plan["planOnly"] is True
    assert first["expect"] == "sha256:feed"
    assert "planOnly" not in last
    assert last["expect"] == "sha256:feed", "what was shown, or nothing"
    for arguments in (plan, first, last):
        assert arguments["application"] == "payments/orders@1.4.2"
        assert (arguments["environment"], arguments["reason"]) == ("production", "because")


@pytest.mark.parametrize("asks", ["", "ask-1"])
def test_what_was_shown_is_what_is_approved_and_promoted_or_nothing(jobs: Jobs, asks: str) -> None:
    """Hours are between them where somebody thinks, and a release may come meanwhile."""
    trace = jobs.run(asks=asks)
    assert trace.result == "SUCCESS", trace.console
    (_, plan, _), *later = jobs.calls
    assert not {"expect", "shown"} & set(plan)
    for _, arguments, _ in later:
        assert (arguments["expect"], json.loads(arguments["shown"])) == ("sha256:feed", PLAN)


def test_every_call_holds_the_release_folder_s_key_and_nothing_shows_it(jobs: Jobs) -> None:
    trace = jobs.run()
    assert {"PIPELINEKIT_LEDGER_KEY", "PK_KUBECONFIG_0", "PK_REGISTRY_PASSWORD"} <= set(jobs.environments[0])
    assert "the-private-key" not in trace.console
    assert "s3cret-login" not in trace.console


@pytest.mark.parametrize(("asks", "answers"), [("", 0), ("ask-1", 1), ("ask-1 ask-2", 2)])
def test_nobody_is_asked_for_an_approval_that_is_there(jobs: Jobs, asks: str, answers: int) -> None:
    trace = jobs.run(asks=asks)
    assert trace.result == "SUCCESS", trace.console
    assert [verb for verb, _ in jobs.verbs].count("approve") == answers
    assert list(trace.statuses().values()).count("skipped") == 2 - answers


def test_an_environment_without_approvals_has_no_question_at_all() -> None:
    text = script(PROMOTE, platform(count=0))
    assert "input {" not in text
    assert "input {" not in script(PROMOTE, platform(signed=True))


def test_nobody_waits_on_an_agent(jobs: Jobs) -> None:
    text = script(PROMOTE, platform())
    assert text.index("agent none") < text.index("stages {")
    assert text.count("beforeInput true") == text.count("input {") == 2
    trace = jobs.run(inputs={"ask-1": Answer(submitter="ada-l", abort=True)})
    assert [each.arguments for each in trace.called("input")]
    assert jobs.verbs[0] == ("promote", "sam-s")


def test_a_no_is_recorded_and_promotes_nothing(jobs: Jobs) -> None:
    trace = jobs.run(inputs={"ask-1": YES["ask-1"], "ask-2": Answer(submitter="mallory", abort=True)})
    assert trace.result == "ABORTED"
    assert jobs.verbs == [("promote", "sam-s"), ("approve", "ada-l"), ("approve", "")]
    assert jobs.calls[-1][1]["refuse"] is True


def test_where_nobody_was_asked_whoever_aborts_has_said_no_to_nothing() -> None:
    """`approve --refuse` has nothing to refuse there, and would end as an error of the build."""
    for given in (platform(), platform(count=0)):
        assert "if (env.PK_ASKS?.contains('ask-1')) {" in script(PROMOTE, given)


@pytest.mark.parametrize("verb", ["promote", "approve"])
def test_what_is_refused_ends_the_build(jobs: Jobs, verb: str) -> None:
    trace = jobs.run(breaks=verb)
    assert trace.result == "FAILURE"
    assert jobs.verbs[-1][0] == verb
    assert len(jobs.calls) == (1 if verb == "promote" else 2)


def test_a_build_that_no_user_has_started_names_none(jobs: Jobs) -> None:
    jobs.run(asks="", causes=[Cause("TimerTrigger")])
    assert jobs.verbs == [("promote", ""), ("promote", "")]


def test_users_without_a_name_are_nobody(jobs: Jobs) -> None:
    jobs.run(asks="ask-1", inputs={"ask-1": Answer(submitter=None)}, causes=[Cause("UserIdCause", None)])
    assert jobs.verbs == [("promote", ""), ("approve", ""), ("promote", "")]


TEXTS = [each for each in ALL.values() if "\0" not in each]


@pytest.mark.parametrize("value", ["a\n$(id)`id`${HOME}'\"\\", *random.Random(12).sample(TEXTS, 9)])  # noqa: S311
def test_what_people_write_reaches_json_alone(jobs: Jobs, value: str) -> None:
    trace = jobs.run(asks="", VERSION=value, REASON=value, CHANGE=value, SET=value)
    assert trace.result == "SUCCESS", trace.console
    assert {each.arguments["script"] for each in trace.called("sh")} == {
        'pipelinekit "$PK_VERB" --args-env PK_ARGS'
    }
    for _, arguments, _ in jobs.calls:
        assert (arguments["reason"], arguments["change"]) == (value, value)
        assert arguments["application"] == f"payments/orders@{value}" if value else "payments/orders"


@pytest.mark.parametrize("user", ["ada\nPIPELINEKIT_LEDGER_KEY=/x", "$(id)", "${HOME}", "a'b\"c"])
def test_a_user_s_name_is_a_value_too(jobs: Jobs, user: str) -> None:
    jobs.run(asks="ask-1", inputs={"ask-1": Answer(submitter=user)}, causes=[Cause("UserIdCause", user)])
    assert {each for _, each in jobs.verbs} == {user}


def test_ticks_are_said_where_they_are_set(jobs: Jobs) -> None:
    ticks: dict[str, Any] = {"EMERGENCY": True, "TAKE_BACK": True, "DOWNGRADE": False}
    jobs.run(asks="", APPLICATION="", SET="sets/checkout.yaml", **ticks)
    arguments = jobs.calls[-1][1]
    assert (arguments["emergency"], arguments["takeBack"], arguments["downgrade"]) == (True, True, False)
    assert arguments["setFile"] == "sets/checkout.yaml"
    assert "application" not in arguments


def test_advance_is_one_call_and_names_nobody(jobs: Jobs) -> None:
    trace = jobs.run(ADVANCE, causes=[Cause("UserIdCause", "sam-s")])
    assert trace.result == "SUCCESS", trace.console
    assert jobs.calls == [("advance", {"platform": "acme"}, "")]


def test_a_login_by_team_is_that_of_the_application_s_team(jobs: Jobs) -> None:
    given = platform(login="nexus-{team}")
    assert jobs.run(given=given, asks="").result == "SUCCESS"
    trace = jobs.run(ADVANCE, given)
    assert trace.result == "SUCCESS", trace.console
    assert jobs.calls == [("advance", {"platform": "acme", "team": "payments"}, "")]
    assert jobs.run(given=given, asks="", APPLICATION="sales/shop").result == "FAILURE", "no such credential"
    trace = jobs.run(given=given, asks="", APPLICATION="", SET="sets/checkout.yaml")
    assert trace.result == "FAILURE"
    assert "A set has no team" in trace.console
