"""What a controller builds at this moment, and its quiet."""

from __future__ import annotations

import pytest

from pipelinekit.adapters.jenkins.controller import Client, Denied, Login
from pipelinekit.adapters.jenkins.quiet import JenkinsQuiet
from pipelinekit.errors import ToolFailed
from tests.controller.builds import Build, taking
from tests.controller.server import Controller


def begin(jenkins: Controller, path: str) -> Build:
    item = jenkins.state.find(path) or jenkins.state.make(path, "pipeline")
    return jenkins.state.begin(jenkins.state.enqueue(item, {}))


def test_what_is_built_is_named_by_job_and_number_wherever_it_runs(jenkins: Controller) -> None:
    quiet = JenkinsQuiet(Client(jenkins.url, None))
    assert quiet.running() == ()
    jenkins.state.script = taking(600)
    first = begin(jenkins, "apps/orders/feature%2Fx")
    begin(jenkins, "apps/orders/feature%2Fx")
    begin(jenkins, "nightly")
    assert quiet.running() == ("apps/orders/feature%2Fx #1", "apps/orders/feature%2Fx #2", "nightly #1")
    first.finish("SUCCESS")
    assert "apps/orders/feature%2Fx #1" not in quiet.running()


def test_its_quiet_comes_and_goes_and_twice_is_once(jenkins: Controller) -> None:
    quiet = JenkinsQuiet(Client(jenkins.url, None))
    for _ in range(2):
        quiet.hush()
        assert jenkins.state.quiet
    for _ in range(2):
        quiet.wake()
        assert not jenkins.state.quiet


def test_who_is_not_let_in_makes_nothing_quiet(jenkins: Controller) -> None:
    jenkins.state.users["admin"] = ("secret", "token")
    with pytest.raises(Denied):
        JenkinsQuiet(Client(jenkins.url, Login(user="admin", password="wrong"))).hush()
    assert not jenkins.state.quiet
    JenkinsQuiet(Client(jenkins.url, Login(user="admin", password="token"))).hush()
    assert jenkins.state.quiet


def test_builds_are_let_in_by_a_connection_that_an_upgrade_cannot_have_cut(jenkins: Controller) -> None:
    quiet = JenkinsQuiet(Client(jenkins.url, None))
    quiet.hush()
    assert quiet.running() == ()
    before = len(jenkins._server.connections)
    quiet.wake()
    assert len(jenkins._server.connections) == before + 1


@pytest.mark.parametrize(
    "answer", ['{"computer": 7}', '{"computer": [7]}', '{"computer": [{"executors": [7]}]}', "{}"]
)
def test_executors_of_another_kind_are_no_jenkins_s(jenkins: Controller, answer: str) -> None:
    jenkins.state.canned["GET", "/computer/api/json"] = (200, {"X-Jenkins": "2.479.3"}, answer)
    with pytest.raises(ToolFailed) as caught:
        JenkinsQuiet(Client(jenkins.url, None, pauses=())).running()
    assert caught.value.faults[0].code == "not-jenkins"
