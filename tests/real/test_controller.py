"""A platform's beginning, and the upgrades of its controller by real Jobs; the controller is a double."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pipelinekit.model.jenkins.jobs import component_job
from tests import agentimage
from tests.real.handovers import JOB, Jenkins, made_jenkins
from tests.real.jobruns import held, run
from tests.real.platform import wait_until

pytestmark = pytest.mark.story

JOBS = ("platform/all", "platform/jenkins", "platform/store", "pipelinekit/seed")
BEFORE = r"jsonpath={.metadata.annotations.pipelinekit\.dev/ran-before}"


@pytest.fixture(scope="module")
def jenkins(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jenkins]:
    image = agentimage.built(testbed["PK_TESTBED_REGISTRY"], tmp_path_factory.mktemp("agent"))
    with made_jenkins(tmp_path_factory.mktemp("platform"), testbed, image) as made:
        yield made


def test_a_platform_begins_from_here_wherever_it_was_killed_and_then_jenkins_has_taken_over(
    jenkins: Jenkins,
) -> None:
    platform = jenkins.platform
    planned = platform.must("bootstrap", "--env", "dev", "--plan").out
    assert planned.index("store 1.0.0") < planned.index("jenkins 1.0.0")
    assert f"store: images from {platform.registry}" in planned
    assert platform.prefix not in platform.kubectl("get", "namespaces", "--output", "name")
    assert platform.verb("bootstrap").code == 2, "nobody was asked"
    platform.killed_when("jenkins 1.0.0 to dev", "bootstrap", "--yes")
    platform.killed_when("created  platform", "bootstrap", "--yes")
    said = platform.must("bootstrap", "--yes", "--json").json()
    assert {each["state"] for each in said["components"]} == {"unchanged"}
    assert all(jenkins.ask(f"job/{each.replace('/', '/job/')}/api/json")["buildable"] for each in JOBS)
    again = platform.must("bootstrap", "--env", "dev", "--yes")
    assert f"Jenkins at {jenkins.url} has taken over: nothing was done" in again.out
    jenkins.version("1.0.1")
    refused = platform.verb("bootstrap", "--yes")
    assert (refused.code, "has taken over, and jenkins would be changed" in refused.reason) == (6, True)
    assert "platform deploy --env dev --via jenkins" in refused.err
    jenkins.version("1.0.0")


def test_an_upgrade_is_a_job_s_and_the_second_run_makes_none(jenkins: Jenkins) -> None:
    jenkins.version("1.1.0", builds=600)
    said = jenkins.platform.must("deploy", "--only", "jenkins", "--timeout", "120")
    assert f"the job {JOB}" in said.err
    assert f"jenkins: 1.1.0 runs in {jenkins.platform.prefix}-jenkins" in said.out
    assert jenkins.runs() == "1.1.0"
    job = jenkins.job()
    assert {each["type"] for each in job["status"]["conditions"]} >= {"Complete"}
    assert '"deployed"' in job["metadata"]["annotations"]["pipelinekit.dev/outcome"]
    assert jenkins.platform.states("--only", "jenkins") == {"jenkins": "unchanged"}
    assert jenkins.job()["metadata"]["uid"] == job["metadata"]["uid"]


def test_builds_that_run_are_named_and_nothing_is_touched(jenkins: Jenkins) -> None:
    jenkins.pipeline("nightly")
    jenkins.build("nightly")
    jenkins.version("1.2.0")
    said = jenkins.platform.verb("deploy", "--only", "jenkins", "--wait", "4")
    assert said.code == 6, said.err
    assert "after 4 s these builds run still: nightly #1" in said.reason
    assert jenkins.runs() == "1.1.0"
    assert jenkins.ask("api/json")["quietingDown"] is False


def test_one_that_does_not_get_ready_is_put_back(jenkins: Jenkins) -> None:
    jenkins.ask("job/nightly/1/stop", "", "application/x-www-form-urlencoded")
    jenkins.version("1.2.1", broken=True, builds=600)
    said = jenkins.platform.verb("deploy", "--only", "jenkins", "--timeout", "40")
    assert said.code == 5, said.err
    assert "the new jenkins was not ready in time, and the old one (1.1.0) runs again" in said.reason
    wait_until(lambda: jenkins.runs() == "1.1.0")
    assert jenkins.ask("api/json")["quietingDown"] is False
    assert jenkins.job()["metadata"]["annotations"]["pipelinekit.dev/outcome"]
    assert given(jenkins) == [], "neither what this Job was given, nor an earlier one"


def given(jenkins: Jenkins) -> list[str]:
    """The ConfigMaps of what Jobs were given."""
    words = ("get", "configmaps", "--selector", "pipelinekit.dev/handover=jenkins", "--output", "name")
    return jenkins.platform.kubectl(*words, component="jenkins").split()


def test_it_goes_on_when_its_pod_is_taken_away_and_when_who_began_it_is_gone(jenkins: Jenkins) -> None:
    platform = jenkins.platform
    jenkins.version("1.3.0", slow=20)
    platform.killed_when("jenkins 1.3.0 to dev", "deploy", "--only", "jenkins", "--timeout", "120")
    uid = jenkins.job()["metadata"]["uid"]
    assert platform.kubectl("get", "job", JOB, "--output", BEFORE, component="jenkins")
    pods = ("--selector", f"batch.kubernetes.io/job-name={JOB}")
    with platform.begun("deploy", "--only", "jenkins", "--timeout", "120", "--json") as process:
        platform.kubectl("delete", "pod", "--wait=true", *pods, component="jenkins")
        said, _ = process.communicate(timeout=200)
    assert process.returncode == 0, said
    assert f"the job {JOB} is at work" in said
    assert '"state": "deployed"' in said
    assert jenkins.runs() == "1.3.0"
    assert jenkins.job()["metadata"]["uid"] == uid


def test_what_it_was_given_goes_by_the_next_deployment_when_nobody_saw_its_end(jenkins: Jenkins) -> None:
    platform = jenkins.platform
    jenkins.version("1.4.0", builds=600)
    platform.killed_when("jenkins 1.4.0 to dev", "deploy", "--only", "jenkins", "--timeout", "120")
    wait_until(lambda: jenkins.job()["status"].get("conditions"), 120)
    assert (len(given(jenkins)), jenkins.runs()) == (1, "1.4.0")
    uid = jenkins.job()["metadata"]["uid"]
    assert platform.states("--only", "jenkins") == {"jenkins": "unchanged"}
    assert (given(jenkins), jenkins.job()["metadata"]["uid"]) == ([], uid)


def test_its_own_job_upgrades_it_and_waits_for_every_build_but_itself(
    jenkins: Jenkins, tmp_path: Path
) -> None:
    platform, own = jenkins.platform, component_job("jenkins")
    # The double has kept no jobs over its restarts.
    platform.must("bootstrap", "--yes")
    jenkins.build(own, "buildWithParameters?ENVIRONMENT=dev")
    jenkins.version("1.5.0")
    held(platform)
    trace = run(platform, tmp_path, own, 1)
    assert trace.result == "SUCCESS", trace.console
    assert (trace.problems, trace.leaked) == ((), ())
    assert (trace.description or "").splitlines()[1:] == [
        "deploy in dev: deployed jenkins",
        "plan in dev: would be deployed jenkins",
    ]
    job = jenkins.job()
    assert f"{own} #1" in job["metadata"]["annotations"].values()
    assert jenkins.runs() == "1.5.0"
    again = run(platform, tmp_path, own, 2)
    assert again.result == "SUCCESS", again.console
    assert "deploy in dev: unchanged jenkins" in (again.description or "")
    assert (jenkins.runs(), jenkins.job()["metadata"]["uid"]) == ("1.5.0", job["metadata"]["uid"])


def test_the_job_may_do_nothing_elsewhere(jenkins: Jenkins) -> None:
    who = f"--as=system:serviceaccount:{jenkins.platform.prefix}-jenkins:{JOB}"

    def may(*words: str, component: str) -> str:
        question = ("auth", "can-i", *words, who)
        try:
            return jenkins.platform.kubectl(*question, component=component).strip()
        except AssertionError:
            return "no"

    assert may("patch", "statefulsets", component="jenkins") == "yes"
    assert may("patch", "deployments", component="jenkins") == "no"
    for verb, kind in (("get", "secrets"), ("patch", "deployments"), ("list", "pods")):
        assert may(verb, kind, component="store") == "no"
