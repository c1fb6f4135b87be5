"""A deployment killed with all that it has started, and done again, leaves what an undisturbed one leaves."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests import matrix
from tests.real import app
from tests.real.app import Application
from tests.real.killing import WHEN, differences, killed, left, published, shims

CALLS = 15
"""Programs that a deployment starts at most, as it is now: helm and kubectl, some of them at once."""
EVERY = {"helm": "*", "kubectl": "*"}
"""All calls count."""


@dataclass(frozen=True)
class Kill:
    """When a deployment is killed: at one of its programs, or after so many seconds."""

    first: bool
    """Whether it is a first installation."""
    call: int = 0
    when: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        which = "install" if self.first else "upgrade"
        return f"{which}, {self.when} program {self.call}" if self.call else f"{which}, {self.seconds:.2f} s"


def hundred() -> list[Kill]:
    """Every third of the effects, and moments that nobody has chosen."""
    dice = random.Random(11)  # noqa: S311  a sample, not a secret
    effects = [
        Kill(first, call, when)
        for call in range(1, CALLS + 1)
        for first in (False, True)
        for when in WHEN
        if (call + WHEN.index(when)) % 2 or call >= 10
    ]
    moments = [Kill(bool(n % 2), seconds=round(dice.uniform(0.1, 4.0), 2)) for n in range(100 - len(effects))]
    return [*effects, *moments]


@dataclass(frozen=True)
class Bench:
    """Two versions of an application, both published, and what the second leaves undisturbed."""

    one: Application
    two: Application
    shims: Path
    upgraded: Mapping[str, Any]
    installed: Mapping[str, Any]
    published: Mapping[str, str]


@pytest.fixture(scope="module")
def bench(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("kills")
    with app.new(testbed, folder / "two", "dockerfile") as two:
        two.write("app.yaml", (two.folder / "app.yaml").read_text() + "before: {migrate: [sleep, '0.3']}\n")
        _publish(two)
        shutil.copytree(two.folder, folder / "one" / "orders", symlinks=True)
        one = replace(two, folder=folder / "one" / "orders")
        two.replace("app.yaml", "replicas: 1", "replicas: 2\n  env: {COLOUR: green}")
        _publish(two)
        with _namespace(two) as namespace:
            one.must("deploy", "--namespace", namespace)
            two.must("deploy", "--namespace", namespace)
            upgraded = _left(two, namespace)
        with _namespace(two) as namespace:
            two.must("deploy", "--namespace", namespace)
            installed = _left(two, namespace)
        yield Bench(one, two, shims(two, folder / "bin", EVERY), upgraded, installed, _published(two))


@pytest.mark.parametrize("kill", matrix.sampled("deploy", hundred(), keep=5), ids=str)
def test_a_deployment_killed_with_all_that_it_started_and_done_again_leaves_the_same(
    bench: Bench, tmp_path: Path, kill: Kill, matrix_row: Callable[..., None]
) -> None:
    with _namespace(bench.two) as namespace:
        if not kill.first:
            bench.one.must("deploy", "--namespace", namespace)
        code = _killed(bench, kill, tmp_path, namespace)
        began = time.monotonic()
        said = bench.two.must("deploy", "--namespace", namespace)
        took = time.monotonic() - began
        found = _left(bench.two, namespace)
        undisturbed = bench.installed if kill.first else bench.upgraded
        assert list(differences(undisturbed, found)) == [], said.err
        assert _published(bench.two) == bench.published
        again = bench.two.must("deploy", "--json", "--namespace", namespace)
        assert again.json()[0]["acted"] is False, (said.err, again.out, again.err)
    how = "killed" if code == -signal.SIGKILL else "had ended"
    matrix_row("deploy", f"kill: {kill}", "the same", {"killed": how, "seconds of the next": round(took, 1)})


def _publish(application: Application) -> None:
    application.must("generate")
    application.commit()
    application.until("publish")


@contextmanager
def _namespace(application: Application) -> Iterator[str]:
    """A namespace of its own for one case, removed without waiting."""
    name = f"{application.team}-{uuid4().hex[:6]}"
    try:
        yield name
    finally:
        application.tool("kubectl", "delete", "namespace", name, "--ignore-not-found", "--wait=false")


def _killed(bench: Bench, kill: Kill, folder: Path, namespace: str) -> int:
    """Deploy and be killed; the exit code, which is another one where the deployment had ended before."""
    env = {}
    if kill.call:
        env["PATH"] = f"{bench.shims}{os.pathsep}{bench.two.env['PATH']}"
        env |= {"KILL_COUNT": str(folder), "KILL_AT": str(kill.call), "KILL_WHEN": kill.when}
    return killed(bench.two, ("deploy", "--namespace", namespace), env, kill.seconds)


def _left(application: Application, namespace: str) -> dict[str, Any]:
    receipt = json.loads((application.folder / ".pipelinekit/receipts/deploy-dev.json").read_text())
    key = {name: each for name, each in receipt["key"].items() if name != "platform"}
    kept = {name: value for name, value in receipt.items() if name not in ("revision", "namespace")}
    return {**left(application, namespace), "receipt": kept | {"key": key}}


def _published(application: Application) -> dict[str, str]:
    return published(application, f"{application.team}/orders", f"charts/{application.team}/orders")
