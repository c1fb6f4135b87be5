"""Testbeds that live, are killed and go: alone, with no testbed up, by `pytest -m lifecycle tests/real`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.real.kube import Kube
from tests.testbed import bed, network, ownership, processes, record, snapshot, status
from tests.testbed.environment import environment
from tests.testbed.errors import RefusedError
from tests.testbed.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lifecycle

ROOT = Path(__file__).parents[2]
STATE = Path("/var/lib/pipelinekit-testbed-lifecycle")
SECOND = Path("/var/lib/pipelinekit-testbed-second")

# A line of `up`'s output: it is killed as soon as it says so, in the middle of what comes next.
DEATHS = ("cgroups:", "registry: ready", "etcd: ready", "kube-apiserver: ready", "kubelet: ready")


@pytest.fixture
def layout() -> Iterator[Layout]:
    """A testbed's folders of this test's own; whatever is in them is gone afterwards."""
    made = Layout(state=STATE, cache=Layout.from_environment().cache)
    yield made
    bed.down(made)


@pytest.fixture
def unchanged(layout: Layout) -> Iterator[None]:
    """The machine after the test, and after `down`, is the machine before it."""
    with ownership.claim() as claim:
        claim.check(layout)  # another testbed that is up would be a part of both snapshots
        if claim.owner() is None:
            claim.release()
    before = snapshot.take()
    yield
    bed.down(layout)
    assert not before.differences(snapshot.take())


def in_another_process(layout: Layout, verb: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.testbed", verb],
        cwd=ROOT,
        env={
            **os.environ,
            "PIPELINEKIT_TESTBED_STATE": str(layout.state),
            "PIPELINEKIT_TESTBED_CACHE": str(layout.cache),
        },
        stderr=subprocess.PIPE,
        text=True,
    )


def killed_at(layout: Layout, line: str) -> bool:
    """Runs `up` and kills it, without a chance to clean up, once it has said `line`; whether it said so."""
    with in_another_process(layout, "up") as process:
        assert process.stderr is not None
        said = any(line in text for text in process.stderr)
        process.kill()
    return said


def kill_parts(layout: Layout, *names: str) -> None:
    known = record.load(layout.record)
    assert known is not None
    for name in names:
        os.kill(known.processes[name].pid, signal.SIGKILL)
    for name in names:
        while processes.alive(known.processes[name]):
            time.sleep(0.01)


def leave_containers_behind(layout: Layout) -> None:
    """Work that is still going on when the testbed is taken down."""
    kube = Kube(environment(layout), "default")
    image = f"{network.REGISTRY}/library/busybox:stable"
    kube.kubectl("run", "left", f"--image={image}", "--port=80", "--", "sleep", "1000")
    kube.kubectl("wait", "--for=condition=Ready", "pod/left", "--timeout=60s")
    kube.run("docker", "network", "create", "left")
    run = ["docker", "run", "--detach", "--restart=always", "--publish=127.0.0.1::80", "--network=left"]
    kube.run(*run, image, "sleep", "1000")


def make_state_of_another_boot(layout: Layout) -> None:
    stale = record.Record("0" * 32, "another boot", record.Before(), engine_is_ours=True)
    record.Journal(layout.record, stale)
    (layout.state / "etcd" / "member").mkdir(parents=True)
    (layout.state / "etcd" / "member" / "torn").write_text("not a database")


def test_a_whole_life_leaves_no_trace(unchanged: None, layout: Layout) -> None:
    make_state_of_another_boot(layout)
    assert bed.up(layout) is True
    assert status.look(layout).up

    kill_parts(layout, "kubelet", "registry", "containerd", "kube-apiserver")
    assert not status.look(layout).up
    assert bed.up(layout) is False
    assert status.look(layout).up

    with pytest.raises(RefusedError, match=str(STATE)):
        bed.up(Layout(state=SECOND, cache=layout.cache))
    assert not SECOND.exists()
    leave_containers_behind(layout)


def test_up_may_be_killed_anywhere(unchanged: None, layout: Layout) -> None:
    deaths = [killed_at(layout, line) for line in DEATHS]
    assert any(deaths[1:]), "only the first was killed: the others had nothing left to do"
    bed.up(layout)
    assert status.look(layout).up


@pytest.mark.parametrize("death", DEATHS[::2])
def test_a_killed_up_can_be_taken_down(unchanged: None, layout: Layout, death: str) -> None:
    assert killed_at(layout, death)


def test_down_may_be_killed_too(unchanged: None, layout: Layout) -> None:
    bed.up(layout)
    for seconds in (0.2, 0.7, 1.5):
        with in_another_process(layout, "down") as process:
            time.sleep(seconds)
            process.kill()


def test_a_port_in_use_is_somebody_elses(unchanged: None, layout: Layout) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", network.REGISTRY_PORT))
        taken.listen()
        with pytest.raises(RefusedError, match=rf"{network.REGISTRY_PORT}.*process {os.getpid()}"):
            bed.up(layout)
    assert not layout.record.exists()


def test_half_a_claim_is_nobodys(tmp_path: Path) -> None:
    half = tmp_path / "claim"
    half.write_text(json.dumps({"boot": record.boot(), "state": "/somewhere"})[:-5])
    with ownership.claim(half) as claim:
        assert claim.owner() is None


def test_a_folder_with_somebody_elses_things_stays(layout: Layout) -> None:
    letter = layout.state / "letter"
    layout.state.mkdir()
    letter.write_text("dear reader")
    try:
        with pytest.raises(RefusedError, match="not empty"):
            bed.up(layout)
        assert bed.down(layout) is False
        assert letter.read_text() == "dear reader"
    finally:
        letter.unlink(missing_ok=True)
