"""What an engine says, told apart by whether it says it."""

from __future__ import annotations

import pytest

from pipelinekit.adapters.build.trouble import build_failed, push_failed
from pipelinekit.model.release import ImageRef

REF = ImageRef("registry.example", "team/orders", "1")


@pytest.mark.parametrize(
    "reason",
    [
        "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is it up?",
        "ERROR: failed to receive status: code = Unavailable desc = error reading from server: EOF",
        "error during connect: Get http://docker.example:2375/_ping: EOF",
    ],
)
def test_a_build_that_ends_because_its_engine_has_gone_is_none_of_a_step(reason: str) -> None:
    fault = build_failed(["#5 [2/3] RUN make"], reason).faults[0]
    assert (fault.code, "does the engine still answer?" in fault.hint) == ("engine-lost", True)


def test_a_step_that_fails_is_a_failed_build_whatever_it_says() -> None:
    lines = ["#5 [2/3] RUN make", "#5 0.2 Cannot connect to the Docker daemon"]
    reason = 'ERROR: failed to solve: process "/bin/sh -c make" did not complete: exit code: 1'
    assert build_failed(lines, reason).faults[0].code == "build-failed"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("the engine is gone: nobody listens there", "engine-lost"),
        ("the engine ended the connection in the middle", "engine-lost"),
        ("unauthorized", "push-failed"),
        ("dial tcp: connection refused", "push-failed"),
    ],
)
def test_a_push_tells_an_engine_that_goes_from_a_registry_that_does(reason: str, code: str) -> None:
    assert push_failed(REF, reason).faults[0].code == code
