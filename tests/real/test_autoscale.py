"""Replicas and autoscalers: whichever of the two a chart names, no pod is lost when one takes over."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.real import app
from tests.real.app import Application
from tests.real.test_owner import deployment, kubectl, with_helm

HELMS = ["helm 4", "helm 3"]
PERIOD = 0.2
"""Seconds between two looks."""


@contextmanager
def watched(application: Application) -> Iterator[list[tuple[int, int]]]:
    """Wanted and ready pods of the Deployment, five times a second."""
    samples: list[tuple[int, int]] = []
    over = Event()
    words = ["kubectl", "-n", application.namespace, "get", "deployment", "orders", "-o", "json"]

    def look() -> None:
        while not over.is_set():
            began = time.monotonic()
            done = subprocess.run(
                words, env={**os.environ, **application.env}, capture_output=True, check=True
            )
            body = json.loads(done.stdout)
            samples.append((body["spec"]["replicas"], body["status"].get("readyReplicas", 0)))
            over.wait(max(0.0, PERIOD - (time.monotonic() - began)))

    thread = Thread(target=look)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


def changed(application: Application, old: str, new: str) -> None:
    application.replace("app.yaml", old, new)
    application.must("generate")
    release(application)


def release(application: Application) -> None:
    application.commit()
    for verb in ("build", "push", "package", "publish"):
        application.must(verb)


@pytest.mark.parametrize("which", HELMS)
def test_what_runs_is_kept_when_an_autoscaler_comes_and_when_it_goes(
    testbed: Mapping[str, str], tmp_path: Path, which: str
) -> None:
    with app.new(testbed, tmp_path, "dockerfile") as made:
        application = with_helm(made, which)
        changed(application, "replicas: 1", "replicas: 6")
        application.must("deploy")
        assert deployment(application)["status"]["readyReplicas"] == 6

        changed(application, "replicas: 6", "replicas: 6\n  autoscale: {max: 8}")
        with watched(application) as samples:
            said = application.must("deploy")
        assert len(samples) > 5
        assert set(samples) == {(6, 6)}, samples
        if which == "helm 4":
            assert "keep: Deployment/orders spec.replicas: 6" in said.err
        assert application.must("deploy", "--json").json()[0]["acted"] is False
        assert application.must("deploy", "--check").code == 0

        # A new version on top, for which nothing needs to be held any more.
        application.write("index.html", "orders, the second")
        release(application)
        with watched(application) as samples:
            application.must("deploy")
        assert {wanted for wanted, _ in samples} == {6}
        assert min(ready for _, ready in samples) >= 5, "a rollout takes one away at a time"

        # No autoscaler starts from zero pods.
        kubectl(application, "scale", "deployment/orders", "--replicas=0")
        assert application.must("deploy", "--json").json()[0]["acted"] is True
        assert deployment(application)["status"]["readyReplicas"] == 6

        changed(application, "replicas: 6\n  autoscale: {max: 8}", "replicas: 4")
        with watched(application) as samples:
            application.must("deploy")
        assert min(ready for _, ready in samples) >= 4, samples
        assert deployment(application)["spec"]["replicas"] == 4
        assert application.objects("horizontalpodautoscalers") == []
        assert application.must("deploy", "--json").json()[0]["acted"] is False


@pytest.mark.parametrize("which", HELMS)
def test_a_first_installation_with_an_autoscaler_runs_as_many_as_it_says(
    testbed: Mapping[str, str], tmp_path: Path, which: str
) -> None:
    with app.new(testbed, tmp_path, "dockerfile") as made:
        application = with_helm(made, which)
        changed(application, "replicas: 1", "replicas: 6\n  autoscale: {max: 8}")
        application.must("deploy")
        assert deployment(application)["status"]["readyReplicas"] == 6
        assert application.must("deploy", "--json").json()[0]["acted"] is False

        application.write("index.html", "orders, the second")
        release(application)
        with watched(application) as samples:
            application.must("deploy")
        assert {wanted for wanted, _ in samples} == {6}
        assert min(ready for _, ready in samples) >= 5
