"""What Kubernetes' API server takes a quantity for: it writes each in a form of its own, worth as much."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping

import pytest

from pipelinekit.plan.quantities import read
from tests.quantities import NONE, READ


def _written(testbed: Mapping[str, str], amounts: list[str]) -> subprocess.CompletedProcess[str]:
    """A range of limits with them, as the API server would keep it."""
    most = {f"example.com/{number}": amount for number, amount in enumerate(amounts)}
    body = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "amounts", "namespace": "default"},
        "spec": {"limits": [{"type": "Pod", "max": most}]},
    }
    return subprocess.run(
        ["kubectl", "create", "--dry-run=server", "--filename", "-", "--output", "json"],
        env={**os.environ, **testbed},
        input=json.dumps(body),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_quantity_is_worth_what_the_api_server_writes(testbed: Mapping[str, str]) -> None:
    done = _written(testbed, list(READ))
    found = json.loads(done.stdout)["spec"]["limits"][0]["max"]
    written = [found[f"example.com/{number}"] for number in range(len(READ))]
    assert [read(text) for text in written] == [read(text) for text in READ]
    assert written != list(READ)


@pytest.mark.parametrize("text", NONE)
def test_what_is_none_the_api_server_refuses(testbed: Mapping[str, str], text: str) -> None:
    assert "quantit" in _written(testbed, [text]).stderr
