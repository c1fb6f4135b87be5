"""Which schedules Kubernetes' API server takes for a CronJob."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping

from tests.schedules import BACKWARDS, REFUSED, TAKEN

CREATE = ("kubectl", "create", "--dry-run=server", "--filename", "-")


def _taken(testbed: Mapping[str, str], schedules: Iterable[str]) -> set[str]:
    """Those that would be kept."""
    pod = {"containers": [{"name": "a", "image": "a"}], "restartPolicy": "Never"}
    texts = [
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {"name": f"schedule-{number}", "namespace": "default"},
            "spec": {"schedule": text, "jobTemplate": {"spec": {"template": {"spec": pod}}}},
        }
        for number, text in enumerate(schedules)
    ]
    done = subprocess.run(
        [*CREATE, "--output", "jsonpath={.spec.schedule}{'\\n'}"],
        env={**os.environ, **testbed},
        input="\n---\n".join(map(json.dumps, texts)),
        capture_output=True,
        text=True,
        check=False,
    )
    return set(done.stdout.splitlines())


def test_schedules_are_those_that_the_api_server_takes(testbed: Mapping[str, str]) -> None:
    assert _taken(testbed, [*TAKEN, *REFUSED, *BACKWARDS]) == set(TAKEN)
