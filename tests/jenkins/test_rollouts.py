"""`platform/all` and the jobs of components under the CPS engine; a recorder stands for the command line."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jobs import components
from pipelinekit.model.jenkins.agent import Agent
from pipelinekit.model.jenkins.jobs import COMPONENTS
from pipelinekit.model.platform.document import Platform
from pipelinekit.render import render
from tests.hostile.values import ALL
from tests.jenkins.harness import Cause, Credential, Trace, parse
from tests.jenkins.recorder import Recorder
from tests.unit.generators.jobs.test_components import LINUX, POD, SOURCE, platform

RECORDER = """\
#!/bin/sh
[ "$*" = "$PK_VERB --args-env PK_ARGS" ] || exit 70
{ env -0; printf '\\0\\0'; } >> "$RECORDS"
[ -z "$PK_KUBECONFIG_0" ] || { cat "$PK_KUBECONFIG_0"; echo; } >> "$RECORDS-kube"
action=$(printf %s "$PK_ARGS" | sed 's/.*"action":"\\([a-z]*\\)".*/\\1/')
case "$PK_ARGS" in *'"summary"'*)
  before=$(cat .pipelinekit-summary)
  printf '%s in dev: what became of it\\n%s\\n' "$action" "$before" > .pipelinekit-summary ;;
esac
case " $BREAKS " in *" $action "*) exit 5 ;; esac
exit 0
"""
LOGIN = Credential("usernamePassword", {"username": "robot", "password": "s3cret-login"})
KEYS = {
    "nexus": LOGIN,
    "nexus-platform": LOGIN,
    "kube-nonprod": Credential("file", {"name": "kubeconfig", "content": "the-nonprod-config"}),
    "kube-prod": Credential("file", {"name": "kubeconfig", "content": "the-prod-config"}),
}


class Jobs(Recorder):
    """The jobs, and what the command line was told by them."""

    def run(
        self, job: str = COMPONENTS, given: Platform | None = None, *, breaks: str = "", **parameters: Any
    ) -> Trace:
        asked = {"ENVIRONMENT": "dev", "FROM": "" if job == COMPONENTS else False, "PLAN_ONLY": False}
        return self.build(
            job,
            script(job, given or platform()),
            credentials=KEYS,
            parameters={**asked, **parameters},
            causes=(Cause("UserIdCause", "sam-s"),),
            environment={"BREAKS": breaks},
            left={components.SUMMARY: "what a build before has left\n"},
        )

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The arguments of each call."""
        assert {each["PK_VERB"] for each in self.environments} <= {"platform"}
        return [json.loads(each["PK_ARGS"]) for each in self.environments]

    @property
    def kubeconfigs(self) -> set[str]:
        """What the calls found in the kubeconfigs that they were given."""
        return set(self.recorded("-kube").split())

    @property
    def actions(self) -> list[str]:
        return [each["action"] for each in self.calls]


def script(job: str, given: Platform) -> str:
    return render(components.plan(given), templates())[job].text


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path, RECORDER)


def test_they_parse_as_groovy_2_4() -> None:
    texts = [
        script(job, given)
        for job in (COMPONENTS, "platform/vault")
        for given in (platform(), platform(POD), platform(Agent()), platform(login="", kube=""))
    ]
    assert parse(texts) == [[]] * len(texts)


@pytest.mark.parametrize("agent", [LINUX, Agent(), POD], ids=["label", "any", "pod"])
def test_the_plan_is_shown_then_all_is_deployed_verified_and_looked_at(jobs: Jobs, agent: Agent) -> None:
    trace = jobs.run(given=platform(agent))
    assert trace.result == "SUCCESS", trace.console
    assert trace.problems == ()
    assert trace.leaked == ()
    assert jobs.actions == ["plan", "deploy", "verify", "status"]
    for each in jobs.calls:
        assert (each["platform"], each["environment"]) == ("acme", "dev")
        assert not {"only", "start"} & each.keys()


def test_what_became_of_each_component_stands_beside_the_build_the_last_verb_first(jobs: Jobs) -> None:
    told = (
        "verify in dev: what became of it\ndeploy in dev: what became of it\nplan in dev: what became of it"
    )
    assert jobs.run().description == told
    assert jobs.run(PLAN_ONLY=True).description == "plan in dev: what became of it"


def test_plan_only_changes_nothing(jobs: Jobs) -> None:
    trace = jobs.run(PLAN_ONLY=True)
    assert trace.result == "SUCCESS", trace.console
    assert jobs.actions == ["plan"]
    assert trace.statuses()["Rollout"] == "skipped"


def test_a_component_s_job_is_about_it_alone_or_all_that_wait_for_it_too(jobs: Jobs) -> None:
    assert jobs.run("platform/vault").result == "SUCCESS"
    assert [each.get("only") for each in jobs.calls] == [["vault"]] * 4
    assert jobs.run("platform/vault", FROM=True).result == "SUCCESS"
    assert [each.get("start") for each in jobs.calls] == [["vault"]] * 4
    assert not [each for each in jobs.calls if "only" in each]
    assert jobs.run(FROM="keycloak").result == "SUCCESS"
    assert [each.get("start") for each in jobs.calls] == [["keycloak"]] * 4


@pytest.mark.parametrize(
    ("breaks", "actions", "failed"),
    [
        ("plan", ["plan", "deploy", "verify", "status"], "Plan"),
        ("deploy", ["plan", "deploy", "status"], "Rollout/Deploy"),
        ("verify", ["plan", "deploy", "verify", "status"], "Rollout/Verify"),
        ("deploy status", ["plan", "deploy", "status"], "Rollout/Deploy"),
    ],
)
def test_what_fails_is_red_the_rest_is_done_and_how_all_stands_is_shown_last(
    jobs: Jobs, breaks: str, actions: list[str], failed: str
) -> None:
    trace = jobs.run(breaks=breaks)
    assert trace.result == "FAILURE"
    assert jobs.actions == actions
    assert trace.stage(failed).status == "failed"
    last = [each for each in actions if each != "status"][-1]
    assert (trace.description or "").startswith(f"{last} in dev: ")


def test_what_is_not_ready_in_the_end_is_red_too(jobs: Jobs) -> None:
    assert jobs.run(breaks="status").result == "FAILURE"


def test_each_call_holds_the_one_cluster_s_kubeconfig_and_nothing_shows_it(jobs: Jobs) -> None:
    trace = jobs.run()
    for each in jobs.environments:
        assert {name for name in each if name.startswith("PK_KUBECONFIG_")} == {"PK_KUBECONFIG_0"}
        assert {"PK_REGISTRY_PASSWORD", "PK_CHARTS_PASSWORD"} <= each.keys()
    assert jobs.kubeconfigs == {"the-nonprod-config"}
    for secret in ("the-nonprod-config", "the-prod-config", "s3cret-login"):
        assert secret not in trace.console
    jobs.run(ENVIRONMENT="tools")
    assert jobs.kubeconfigs == {"the-prod-config"}
    jobs.run(ENVIRONMENT="lab")
    assert jobs.kubeconfigs == set()
    assert not [name for each in jobs.environments for name in each if name.startswith("PK_KUBECONFIG_")]


def test_an_id_by_team_is_the_folder_s(jobs: Jobs) -> None:
    given = platform(login="nexus-{team}")
    assert jobs.run(given=given).result == "SUCCESS"
    trace = jobs.run(given=platform(kube="kube-{team}"))
    assert trace.result == "FAILURE"
    assert "kube-platform" in trace.console, "no such credential"


TEXTS = [each for each in ALL.values() if not {"\0", "\uffff"} & set(each)]


@pytest.mark.parametrize("value", ["a\n$(id)`id`${HOME}'\"\\", *random.Random(13).sample(TEXTS, 6)])  # noqa: S311
def test_what_documents_and_people_say_reaches_json_alone(jobs: Jobs, value: str) -> None:
    source = replace(SOURCE, path=value)
    given = platform()
    given = replace(given, jenkins=replace(given.jenkins, source=source))  # type: ignore[type-var]
    trace = jobs.run(given=given, ENVIRONMENT=value, FROM=value)
    assert trace.result == "SUCCESS", trace.console
    assert {each.arguments["script"] for each in trace.called("sh")} == {
        'pipelinekit "$PK_VERB" --args-env PK_ARGS'
    }
    for each in jobs.calls:
        assert (each["platform"], each["environment"]) == (value, value)
        assert each.get("start") == ([value] if value else None)
