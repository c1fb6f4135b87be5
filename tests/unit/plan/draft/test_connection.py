from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import UsageError
from pipelinekit.model.draft import Pod
from pipelinekit.plan.draft.connection import chosen, fresh, pairs
from tests.developers import pod

WORKER = Pod(name="worker", build="b", made="", ready=True, going=False, ports={"worker": ()})


def test_the_newest_pod_that_is_ready_and_stays() -> None:
    new, old = pod("new", ready=False), pod("old")
    assert chosen([new, old]) == old
    assert chosen([pod("new"), old]) == pod("new")
    assert chosen([pod("new", going=True), old]) == old
    assert chosen([new]) is None


def test_one_with_ports_before_one_without() -> None:
    assert chosen([WORKER, pod("web")]) == pod("web")
    assert chosen([WORKER]) == WORKER
    assert chosen([WORKER, pod("web")], "worker") == WORKER


def test_a_local_port_is_the_pods_own_unless_another_is_asked_for() -> None:
    assert pairs(pod("web"), ()) == {8080: 8080}
    assert pairs(pod("web"), ("9000:8080", "9001:1")) == {9000: 8080, 9001: 1}
    assert pairs(WORKER, ()) == {}


def test_a_debuggers_port_is_forwarded_whatever_else_is_asked_for() -> None:
    debugged = replace(pod("web"), ports={"web": (8080, 5678)}, debug=(5678,))
    assert pairs(debugged, ()) == {8080: 8080, 5678: 5678}
    assert pairs(debugged, ("9000:8080",)) == {9000: 8080, 5678: 5678}
    assert pairs(debugged, ("9000:8080", "7000:5678")) == {9000: 8080, 7000: 5678}
    assert pairs(debugged, ("5678:8080",)) == {5678: 8080}


@pytest.mark.parametrize(
    "wanted",
    [("80",), ("0:80",), ("80:70000",), ("a:b",), ("²:80",), ("9" * 5000 + ":80",), ("80:1", "80:2")],
)
def test_what_is_no_pair_of_ports(wanted: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        pairs(pod("web"), wanted)


@pytest.mark.parametrize(
    ("stamp", "last", "new"),
    [
        ("2026-11-28T10:00:00.5Z", "", True),
        ("2026-11-28T10:00:00.5Z", "2026-11-28T10:00:00.500000000Z", False),
        ("2026-11-28T10:00:00.51Z", "2026-11-28T10:00:00.509Z", True),
        ("2026-11-28T10:00:00Z", "2026-11-28T10:00:00.1Z", False),
    ],
)
def test_a_line_is_told_once(stamp: str, last: str, new: bool) -> None:
    assert fresh(stamp, last) is new
