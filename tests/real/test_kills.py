"""A deployment killed with all that it has started, and done again, leaves what an undisturbed one leaves."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests import matrix
from tests.real import app
from tests.real.app import BIN, Application

CALLS = 15
"""Programs that a deployment starts at most, as it is now: helm and kubectl, some of them at once."""
KINDS = (
    "deployments,services,serviceaccounts,configmaps,secrets,networkpolicies,poddisruptionbudgets,"
    "horizontalpodautoscalers,jobs,cronjobs,roles,rolebindings"
)
ACCEPT = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
WHEN = ("before", "amid", "after")
SHIM = """#!/bin/sh
n=1
while ! mkdir "$KILL_COUNT/$n" 2>/dev/null; do n=$((n + 1)); done
if [ "$n" = "$KILL_AT" ]; then
    case $KILL_WHEN in
        before) kill -KILL 0 ;;
        amid) (sleep 0.3; kill -KILL 0) & ;;
        after) {program} "$@" >/dev/null; kill -KILL 0 ;;
    esac
fi
exec {program} "$@"
"""


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
        yield Bench(one, two, _shims(two, folder / "bin"), upgraded, installed, _published(two))


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
        left = _left(bench.two, namespace)
        undisturbed = bench.installed if kill.first else bench.upgraded
        assert list(_differences(undisturbed, left)) == [], said.err
        assert _published(bench.two) == bench.published
        again = bench.two.must("deploy", "--json", "--namespace", namespace).json()
        assert again[0]["acted"] is False
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


def _shims(application: Application, folder: Path) -> Path:
    """Programs called helm and kubectl that kill their group when it is their turn."""
    folder.mkdir()
    for name in ("helm", "kubectl"):
        program = shutil.which(name, path=application.env["PATH"])
        (folder / name).write_text(SHIM.replace("{program}", str(program)))
        (folder / name).chmod(stat.S_IRWXU)
    return folder


def _killed(bench: Bench, kill: Kill, folder: Path, namespace: str) -> int:
    """Deploy and be killed; the exit code, which is another one where the deployment had ended before."""
    env = {**os.environ, **bench.two.env}
    if kill.call:
        env["PATH"] = f"{bench.shims}{os.pathsep}{env['PATH']}"
        env |= {"KILL_COUNT": str(folder), "KILL_AT": str(kill.call), "KILL_WHEN": kill.when}
    with subprocess.Popen(
        [str(BIN / "pipelinekit"), "deploy", "--namespace", namespace],
        cwd=bench.two.folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(kill.seconds or app.TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()


def _left(application: Application, namespace: str) -> dict[str, Any]:
    """All that a deployment leaves, but for what is another one each time: times, ids, addresses."""
    kubectl = ("kubectl", "-n", namespace)
    words = ("get", KINDS, "--selector", "app.kubernetes.io/instance=orders", "-o", "json")
    listed = json.loads(application.tool(*kubectl, *words, "--show-managed-fields"))
    history = json.loads(application.tool("helm", "-n", namespace, "history", "orders", "-o", "json"))
    receipt = json.loads((application.folder / ".pipelinekit/receipts/deploy-dev.json").read_text())
    return {
        "objects": {f"{each['kind']}/{each['metadata']['name']}": _plain(each) for each in listed["items"]},
        "status": history[-1]["status"],
        "deployed": [each["status"] for each in history].count("deployed"),
        "pending": [each["status"] for each in history if each["status"].startswith("pending")],
        "chart": history[-1]["chart"],
        "receipt": {name: value for name, value in receipt.items() if name not in ("revision", "namespace")}
        | {"key": {name: each for name, each in receipt["key"].items() if name != "platform"}},
        "values": json.loads(
            application.tool("helm", "-n", namespace, "get", "values", "orders", "-o", "json")
        ),
    }


def _differences(wanted: Any, found: Any, at: str = "") -> Iterator[str]:
    """Each field that is not the same, with both values."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted(wanted.keys() | found.keys()):
            yield from _differences(wanted.get(name), found.get(name), f"{at}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _differences(one, other, f"{at}[{number}]")
    elif wanted != found:
        yield f"{at}: {wanted!r}, now {found!r}"


def _plain(each: dict[str, Any]) -> dict[str, Any]:
    each.pop("status", None)
    metadata = each["metadata"]
    for name in ("uid", "resourceVersion", "creationTimestamp", "generation", "namespace", "ownerReferences"):
        metadata.pop(name, None)
    metadata["managedFields"] = sorted(
        (owner["manager"], owner["operation"], json.dumps(owner["fieldsV1"], sort_keys=True))
        for owner in metadata["managedFields"]
        if owner.get("subresource") != "status"
    )
    for name in ("meta.helm.sh/release-namespace",):
        metadata.get("annotations", {}).pop(name, None)
    for name in ("clusterIP", "clusterIPs", *(["selector"] if each["kind"] == "Job" else [])):
        each.get("spec", {}).pop(name, None)
    for labels in (
        metadata["labels"],
        each.get("spec", {}).get("template", {}).get("metadata", {}).get("labels"),
    ):
        for name in [name for name in labels or () if name.endswith("controller-uid")]:
            del labels[name]
    return each


def _published(application: Application) -> dict[str, str]:
    """The tags of image and chart in the registry, with their digests."""
    host = application.env["PK_TESTBED_REGISTRY"]
    config = json.loads(Path(application.env["DOCKER_CONFIG"], "config.json").read_text())
    headers = {"Authorization": f"Basic {config['auths'][host]['auth']}", "Accept": ACCEPT}
    found = {}
    for repository in (f"{application.team}/orders", f"charts/{application.team}/orders"):
        address = f"http://{host}/v2/{repository}"
        for tag in requests.get(f"{address}/tags/list", headers=headers, timeout=30).json()["tags"]:
            head = requests.head(f"{address}/manifests/{tag}", headers=headers, timeout=30)
            found[f"{repository}:{tag}"] = head.headers["Docker-Content-Digest"]
    return found
