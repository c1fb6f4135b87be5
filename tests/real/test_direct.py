"""The way to an API server that stays open: it tells what kubectl and Helm tell, or nothing."""

from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.cluster.anchors import ClusterAnchors
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.adapters.cluster.direct import objects as direct
from pipelinekit.adapters.cluster.direct import places, records, ways
from pipelinekit.adapters.cluster.direct.way import Way
from pipelinekit.adapters.cluster.ground import rights
from pipelinekit.adapters.cluster.ground.preflight import Preflight
from pipelinekit.adapters.cluster.objects import Objects
from pipelinekit.adapters.cluster.pods.running import Pods
from pipelinekit.model.ledger import Anchor
from pipelinekit.model.release import Target
from pipelinekit.plan.preflight.needs import needs_of
from pipelinekit.reading.chart.manifest import read_manifest
from tests.real import app
from tests.real.app import Application

ODD = {
    "ends at once": "exit 1",
    "says nothing": "exec sleep 60",
    "says that it serves, and does not": "echo Starting to serve on nothing; exec sleep 60",
    "serves nobody": "echo Starting to serve; exit 0",
}


@pytest.fixture(scope="module")
def deployed(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("direct"), "dockerfile") as application:
        application.must("run", "--from", "build", "--until", "deploy")
        yield application


@pytest.fixture
def at_testbed(testbed: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in testbed.items():
        monkeypatch.setenv(name, value)


def _target(application: Application) -> Target:
    from pipelinekit.model.platform.document import local_platform
    from pipelinekit.plan.release import target_of
    from pipelinekit.reading.app import read_app

    platform = local_platform("", context=application.env["PK_TESTBED_CONTEXT"])
    found = read_app((application.folder / "app.yaml").read_bytes(), "app.yaml")
    return target_of(found, platform, platform.environments[0])


@pytest.mark.usefixtures("at_testbed")
def test_it_tells_what_programs_of_their_own_tell(
    deployed: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = _target(deployed)
    helm, objects, pods = Helm({}), Objects({}), Pods({})
    scout = Preflight({}, lambda *_: True, lambda _: None, ())
    state = helm.state(target)
    assert state is not None
    needs = needs_of(read_manifest(state.manifest))
    by_program = objects.look(target, state.manifest), scout.look(target, needs), pods.troubles(target)
    with ways.opened():
        # With no kubectl and no Helm of its own there is nothing but the way.
        way = ways.to({}, target.context)
        assert way is not None
        assert way.found("/version")
        monkeypatch.setenv("PATH", "/nowhere")
        assert helm.state(target) == state
        directly = objects.look(target, state.manifest), scout.look(target, needs), pods.troubles(target)
    look, plain = directly[0], by_program[0]
    assert dataclasses.replace(look, live=(), applied=()) == dataclasses.replace(plain, live=(), applied=())
    for ours, theirs in ((look.live, plain.live), (look.applied, plain.applied)):
        assert [_settled(each) for each in ours] == [_settled(each) for each in theirs]
    # The server tells rules in any order.
    assert set(directly[1].rules or ()) == set(by_program[1].rules or ())
    assert directly[1] == dataclasses.replace(by_program[1], live=directly[1].live, rules=directly[1].rules)
    assert [each["kind"] for each in directly[1].live] == [each["kind"] for each in by_program[1].live]
    assert directly[2] == by_program[2]


def _settled(each: Mapping[str, Any]) -> object:
    """Without what changes from one question to the next by itself."""
    metadata = {**each["metadata"]}
    for entry in metadata.get("managedFields", ()):
        entry.pop("time", None)
    return {**each, "metadata": metadata}


@pytest.mark.usefixtures("at_testbed")
def test_a_head_of_the_ledger_is_remembered_either_way(
    deployed: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, anchors = _target(deployed), ClusterAnchors({})
    first, second = (Anchor(ledger="here", branch="apps/a/b", commit=letter * 40) for letter in "ab")
    anchors.mark(target, first)
    with ways.opened():
        way = ways.to({}, target.context)
        assert way is not None
        assert way.found("/version")
        with monkeypatch.context() as without:
            without.setenv("PATH", "/nowhere")
            anchors.mark(target, second)
        assert not direct.annotated(way, [("apps/v1", "deployments")], "not-there", "a=b", ("x/y", "z"), "me")
    (deployment,) = deployed.objects("deployments")
    assert [str(each) for each in anchors.marks(target)] == [str(second)]
    managers = {each["manager"] for each in deployment["metadata"].get("managedFields", ())}
    assert managers in (set(), {"helm", "kube-controller-manager", "pipelinekit-ledger"})


@pytest.mark.usefixtures("at_testbed")
def test_what_is_no_plain_yes_is_left_to_a_program_that_has_words_for_it(deployed: Application) -> None:
    target = _target(deployed)
    state = Helm({}).state(target)
    assert state is not None
    wanted = read_manifest(state.manifest)
    odd = {"apiVersion": "example.com/v1", "kind": "Nothing", "metadata": {"name": "a"}}
    invalid = {**wanted[0], "spec": {"selector": 5}, "kind": "Deployment", "apiVersion": "apps/v1"}
    nowhere = dataclasses.replace(target, namespace="not-there-at-all")
    with ways.opened():
        way = ways.to({}, target.context)
        assert way is not None
        for bad in (odd, invalid, {"kind": "List", "items": []}, {**wanted[0], "metadata": {}}):
            assert direct.applied(way, [*wanted, bad], target.namespace, "helm") is None, bad
        assert direct.applied(way, wanted, nowhere.namespace, "helm") is None
        assert direct.live(way, [odd], target.namespace) is None
        assert direct.live(way, wanted, nowhere.namespace) == []
        assert records.newest(way, nowhere) is None
        with pytest.raises(records.UntoldError):
            records.newest(way, target, {"HELM_DRIVER": "configmap"})
        assert way.found("/apis/apps/v1/namespaces/a/nothings/b", absent=False) is None
        # Discovery knows what no list of ours has.
        known = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "view"},
        }
        path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/view"
        assert places.named(way, known, target.namespace) == path
        assert rights.rules({}, target)
        # Whatever the way leaves open, the whole question has its old answer.
        assert Objects({}).look(nowhere, state.manifest).applied == []
        assert Helm({}).state(nowhere) is None


@pytest.mark.usefixtures("at_testbed")
@pytest.mark.parametrize("oddity", ODD)
def test_without_a_way_kubectl_is_asked(
    deployed: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, oddity: str
) -> None:
    """Whatever `kubectl proxy` does: an old one may not know the option, a foreign one may be anything."""
    monkeypatch.setattr("pipelinekit.adapters.cluster.direct.way.STARTING", 0.5)
    kubectl = subprocess.run(["which", "kubectl"], capture_output=True, text=True, check=True).stdout.strip()
    fake = tmp_path / "kubectl"
    fake.write_text(f'#!/bin/sh\n[ "$1" = proxy ] || exec {kubectl} "$@"\n{ODD[oddity]}\n')
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    target = _target(deployed)
    with ways.opened():
        assert ways.to({}, target.context) is not None
        state = Helm({}).state(target)
        assert state is not None
        assert len(Objects({}).look(target, state.manifest).live) == len(read_manifest(state.manifest))


def test_nothing_is_begun_outside_of_the_block() -> None:
    assert ways.to({}, "any") is None


@pytest.mark.usefixtures("at_testbed")
def test_its_socket_is_ours_alone_and_goes_with_it(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with ways.opened():
        way = ways.to({}, testbed["PK_TESTBED_CONTEXT"])
        assert way is not None
        assert way.found("/version")
        socket = Path(way._socket)
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.stat().st_mode) & 0o077 == 0
    assert not socket.parent.exists()
    assert app.eventually(lambda: _serving(str(socket)) == [])


KILLED = """
import sys, time
from pipelinekit.adapters.cluster.direct import ways
with ways.opened():
    way = ways.to({}, sys.argv[1])
    assert way.found("/version")
    print(way._socket, flush=True)
    time.sleep(60)
"""


def test_killed_at_any_moment_we_leave_no_kubectl_behind(testbed: Mapping[str, str]) -> None:
    words = [sys.executable, "-c", KILLED, testbed["PK_TESTBED_CONTEXT"]]
    with subprocess.Popen(words, env={**os.environ, **testbed}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        socket = process.stdout.readline().strip()
        assert _serving(socket)
        process.kill()
    assert app.eventually(lambda: _serving(socket) == [])


def test_a_long_path_is_no_place_for_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("long" * 30)))
    Path(tmp_path, "long" * 30).mkdir()
    way = Way({}, "any")
    assert way.found("/version") is None
    way.close()


def _serving(socket: str) -> list[int]:
    """The processes that have the socket on their command line."""
    found = []
    for each in Path("/proc").iterdir():
        try:
            words = (each / "cmdline").read_bytes().split(b"\0") if each.name.isdecimal() else []
        except OSError:
            continue
        if f"--unix-socket={socket}".encode() in words:
            found.append(int(each.name))
    return found
