"""Jenkins as a component, its program being the double: configuration, agents, rights, kill, change."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping

import pytest
import yaml

from tests.real.components.callers import called, placed
from tests.real.components.controlled import (
    ADMIN,
    AGENTS,
    LOGINS,
    NAME,
    WORD,
    WRITTEN,
    Controlled,
    made_controlled,
)
from tests.real.kube import eventually
from tests.real.platform import BIN, wait_until

pytestmark = pytest.mark.story

PIPELINE = '<flow-definition plugin="workflow-job"><description>{}</description></flow-definition>'
AGENT = {"app.kubernetes.io/name": "jenkins", "pipelinekit.dev/part": "agent"}


@pytest.fixture(scope="module")
def jenkins(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controlled]:
    with made_controlled(tmp_path_factory.mktemp(NAME), testbed) as made:
        yield made


@pytest.mark.matrix("components")
def test_it_is_deployed_once_and_the_platform_begins_with_it(jenkins: Controlled) -> None:
    platform = jenkins.site.platform
    assert platform.states("--timeout", "240") == {NAME: "deployed"}
    assert "a new home; port 8080" in jenkins.site.kubectl(NAME, "logs", f"{NAME}-0")
    assert platform.states() == {NAME: "unchanged"}
    platform.must("verify")
    said = platform.must("bootstrap", "--yes", "--json").json()
    assert {each["state"] for each in said["components"]} == {"unchanged"}
    assert jenkins.ask("job/platform/job/jenkins/api/json")[0] == 200
    assert "has taken over: nothing was done" in platform.must("bootstrap", "--yes").out


@pytest.mark.matrix("components")
def test_its_configuration_is_what_seed_export_writes_and_its_secrets_are_files(
    jenkins: Controlled,
) -> None:
    site = jenkins.site
    folder = site.platform.folder / "controller"
    words = ("seed", "export", "--platform", str(site.platform.folder), "--to", str(folder))
    subprocess.run([BIN / "pipelinekit", *words], env={**os.environ, **site.env}, check=True)
    exported = yaml.safe_load((folder / "jenkins.yaml").read_text())
    assert yaml.safe_load(jenkins.inside("cat", "/configuration/pipelines.yaml")) == exported
    assert jenkins.inside("cat", "/run/secrets/NEXUS_PASSWORD") == LOGINS["password"]
    assert jenkins.inside("cat", "/run/secrets/jenkins-admin-password") == WRITTEN
    store = json.loads(jenkins.ask("credentials/store/system/domain/_/api/json")[1])
    assert {each["id"] for each in store["credentials"]} == {"nexus", "kube-testbed"}
    assert jenkins.ask("api/json", login=f"{ADMIN}:wrong")[0] == 401
    # Its root is read only, and nothing is in its arguments or its log that nobody may see.
    assert "Read-only file system" in site.tried(NAME, "exec", f"{NAME}-0", "--", "touch", "/x")
    seen = site.kubectl(NAME, "logs", f"{NAME}-0") + json.dumps(jenkins.pod()["spec"])
    assert not [each for each in (WORD, WRITTEN, LOGINS["password"]) if each in seen]


@pytest.mark.matrix("components")
def test_a_build_has_a_pod_of_its_own_that_connects_by_websocket(jenkins: Controlled) -> None:
    assert jenkins.ask("createItem?name=nightly", PIPELINE.format("sleep 0"))[0] == 200
    jenkins.build("nightly")
    assert eventually(lambda: not jenkins.said("nightly", 1).startswith("None"), 300)
    said = jenkins.said("nightly", 1)
    assert said.startswith("SUCCESS"), said
    assert f"Created Pod: kubernetes {jenkins.site.namespace(AGENTS)}/agent-" in said
    assert "Running on agent-" in said
    left = jenkins.site.kubectl(AGENTS, "get", "pods", "--output", "name")
    assert left == ""


@pytest.mark.matrix("components")
def test_its_account_makes_agents_where_they_are_and_may_nothing_else(jenkins: Controlled) -> None:
    site = jenkins.site
    mine, account = site.namespace(AGENTS), f"{NAME}/{NAME}"
    assert jenkins.rights(account, mine) == {
        "pods": {"create", "delete", "get", "list", "patch", "update", "watch"},
        "pods/exec": {"create", "get"},
        "pods/log": {"get", "list", "watch"},
        "events": {"get", "list", "watch"},
    }
    for space in (site.namespace(NAME), site.namespace("ingress"), "default", "kube-system"):
        assert jenkins.rights(account, space) == {}, space
    for each in (f"{AGENTS}/{NAME}-agent", f"{NAME}/{NAME}-jobs"):
        assert jenkins.rights(each, mine) == {}, each
    placed(site, AGENTS, AGENT)
    as_ = f"--as=system:serviceaccount:{site.namespace(NAME)}:{NAME}"
    assert site.kubectl(AGENTS, "exec", as_, "caller", "--", "echo", "in") == "in\n"


@pytest.mark.matrix("components")
def test_people_come_by_the_ingress_and_agents_from_their_namespace_and_nobody_else(
    jenkins: Controlled,
) -> None:
    site = jenkins.site
    server = f"{NAME}.{site.namespace(NAME)}"
    stranger, monitoring = (called(site, each, AGENT) for each in ("strangers", "monitoring"))
    site.space("monitoring", {"pipelinekit.dev/role": "monitoring"})
    agent = placed(site, AGENTS, AGENT)
    assert jenkins.ask("login")[0] == 200
    assert eventually(lambda: agent.reaches(server, 8080), 30)
    assert eventually(lambda: monitoring.reaches(server, 8080), 30)
    # Neither by an agent's labels elsewhere, nor beside the controller, nor among agents without them.
    assert not stranger.reaches(server, 8080)
    assert not placed(site, NAME, {}).reaches(server, 8080)
    # A build does not reach the cluster's API, and nobody calls it.
    host, _, port = site.network()["apiServers"][0].rpartition(":")
    assert not agent.reaches(host, int(port))
    site.kubectl(AGENTS, "exec", "caller", "--", "sh", "-c", "python3 -m http.server 8080 >/dev/null 2>&1 &")
    assert eventually(lambda: agent.reaches("127.0.0.1", 8080), 10)
    words = ("get", "pod", "caller", "--output", "jsonpath={.status.podIP}")
    assert not stranger.reaches(site.kubectl(AGENTS, *words), 8080)
    site.kubectl(AGENTS, "delete", "pod", "caller", "--wait")
    assert not placed(site, AGENTS, {}).reaches(server, 8080)
    for space in (AGENTS, NAME):
        site.kubectl(space, "delete", "pod", "caller", "--wait")


@pytest.mark.matrix("components")
def test_one_that_is_killed_comes_back_with_its_jobs_and_builds(jenkins: Controlled) -> None:
    jenkins.site.kubectl(NAME, "delete", "pod", f"{NAME}-0", "--grace-period=0", "--force")
    # The one that goes answers for a moment still.
    for state in ("create", "condition=Ready"):
        jenkins.site.kubectl(NAME, "wait", f"pod/{NAME}-0", f"--for={state}", "--timeout=120s")
    assert eventually(lambda: jenkins.ask("job/nightly/1/api/json")[0] == 200, 120)
    assert "as it was; port 8080" in jenkins.site.kubectl(NAME, "logs", f"{NAME}-0")
    assert jenkins.said("nightly", 1).startswith("SUCCESS")


@pytest.mark.matrix("components")
def test_a_change_waits_for_builds_makes_a_backup_and_has_one_controller_at_a_time(
    jenkins: Controlled,
) -> None:
    platform, before = jenkins.site.platform, jenkins.pod()["metadata"]["uid"]
    assert jenkins.ask("createItem?name=long", PIPELINE.format("sleep 600"))[0] == 200
    jenkins.build("long")
    jenkins.on(configuration={"more.yaml": "jenkins: {systemMessage: hello}\n"})
    refused = platform.verb("deploy", "--wait", "4", patience=300)
    assert (refused.code, "these builds run still: long #1" in refused.reason) == (6, True), refused.err
    assert jenkins.pod()["metadata"]["uid"] == before
    jenkins.ask("job/long/1/stop", "")
    said = platform.must("deploy", "--timeout", "240", patience=600)
    assert "the job jenkins-handover" in said.err
    assert re.search(r"backup jenkins-backup-\w+ is made", said.err)
    assert "is not known" not in said.err, "builds may begin again, and that is known at once"
    pod = jenkins.pod()
    assert pod["metadata"]["uid"] != before
    # One that found another at its home would have ended, and begun anew.
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0
    assert jenkins.inside("cat", "/configuration/own-more.yaml").strip() == "jenkins: {systemMessage: hello}"
    assert jenkins.ask("job/nightly/1/api/json")[0] == 200
    assert json.loads(jenkins.ask("api/json")[1])["quietingDown"] is False
    assert platform.states() == {NAME: "unchanged"}


@pytest.mark.matrix("components")
def test_two_files_that_contradict_each_other_are_put_back(jenkins: Controlled) -> None:
    platform = jenkins.site.platform
    jenkins.on(configuration={"more.yaml": "jenkins: {numExecutors: 4}\n"})
    said = platform.verb("deploy", "--timeout", "40", patience=400)
    assert said.code == 5, said.err
    assert "the old one" in said.reason
    assert eventually(lambda: jenkins.ask("job/nightly/1/api/json")[0] == 200, 120)
    runs = jenkins.pod()["metadata"]["uid"]
    jenkins.on(configuration={"more.yaml": "jenkins: {systemMessage: hello}\n"})
    platform.must("deploy", "--timeout", "240", patience=600)
    assert jenkins.pod()["metadata"]["uid"] == runs, "what is wanted runs already"


@pytest.mark.matrix("components")
def test_a_restore_waits_until_no_controller_is_there_and_makes_all_what_it_was(
    jenkins: Controlled,
) -> None:
    site = jenkins.site
    key = jenkins.inside("cat", "/var/jenkins_home/secrets/master.key")
    assert "backup" in site.job(NAME, "jenkins-backup", "by-hand")
    jenkins.ask("job/nightly/config.xml", PIPELINE.format("changed"))
    jenkins.ask("createItem?name=new", PIPELINE.format("new"))
    assert jenkins.ask("job/new/api/json")[0] == 200
    site.kubectl(NAME, "create", "job", "restored", "--from=cronjob/jenkins-restore")
    phase = ("--selector", "job-name=restored", "--output", "jsonpath={.items[*].status.phase}")
    wait_until(lambda: site.kubectl(NAME, "get", "pods", *phase) == "Pending")
    site.kubectl(NAME, "scale", "statefulset", NAME, "--replicas=0")
    site.kubectl(NAME, "wait", "--for=condition=complete", "--timeout=120s", "job/restored")
    site.kubectl(NAME, "scale", "statefulset", NAME, "--replicas=1")
    assert eventually(lambda: "sleep 0" in jenkins.ask("job/nightly/config.xml")[1], 120)
    assert jenkins.ask("job/new/api/json")[0] == 404
    assert jenkins.said("nightly", 1).startswith("SUCCESS")
    assert jenkins.inside("cat", "/var/jenkins_home/secrets/master.key") == key
