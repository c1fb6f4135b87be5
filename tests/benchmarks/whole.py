"""B17: a platform of 300 components and 20,000 registered applications, looked at without a cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelinekit.model.app import App
from pipelinekit.names import REGISTRATIONS_MAX
from tests.benchmarks.measure import Row
from tests.benchmarks.registrations import BIN, lines, registered
from tests.charts.helm import Helm
from tests.network import fleet, site
from tests.real.platform import TestPlatform
from tests.testbed import bed

COMPONENTS = 300
FLEET = 20
"""Applications that Helm renders for the proof: the others have their objects, under other names."""
SET = 3
"""Components in each of the sets that the proof is about; five sets accept every application."""
ACCEPTING = 5
CORES = 2
"""Of the machine that the bounds are for: a render is shared between them, a proof is not."""
SECONDS, PROOF, MEMORY = 30.0, 180.0, 1024.0
"""What rendering and proving may take, and MiB."""


def run() -> list[Row]:
    """The first render, for which nothing is kept of any other; and the proof of who may talk to whom."""
    with bed.session() as testbed, tempfile.TemporaryDirectory() as folder:
        env = {**testbed, "KUBECONFIG": os.devnull, "XDG_CACHE_HOME": str(Path(folder, "cache"))}
        return [
            *_rendered(Path(folder, "platform"), env),
            *_proven(Path(folder), env),
            *_checked(Path(folder, "site"), env),
        ]


def _rendered(folder: Path, env: Mapping[str, str]) -> list[Row]:
    platform = TestPlatform(folder, "whole", env, "registry.acme.example")
    names = [f"c{number:03}" for number in range(COMPONENTS)]
    for name in names:
        platform.component(name, policies=True)
    platform.on(*names)
    document = folder / "platform.yaml"
    document.write_text(lines(json.loads(document.read_text())) + registered(REGISTRATIONS_MAX))
    took = _took([str(BIN / "pipelinekit"), "platform", "render", "--platform", str(folder)], env)
    subject, other = "first platform render", f"{COMPONENTS} components"
    wall = Row("B17", subject, _beside(other), "wall s", took.wall, SECONDS, 1.0)
    return [wall, *_rows(subject, other, took, CORES * SECONDS)]


def _proven(folder: Path, env: Mapping[str, str]) -> list[Row]:
    helm = shutil.which("helm", path=env["PATH"])
    assert helm
    made = fleet.rendered(Helm(helm, folder / "home"), folder / "charts", fleet.apps(2))
    objects = folder / "objects.json"
    objects.write_text(
        json.dumps([[each.owner, each.release, each.namespace, list(each.objects)] for each in made])
    )
    sizes = (REGISTRATIONS_MAX // FLEET, COMPONENTS // SET, ACCEPTING)
    words = [sys.executable, "-m", "tests.network.measure", str(objects), *map(str, sizes)]
    return _rows("proof of the network", f"{COMPONENTS} components", _took(words, env), PROOF)


def _checked(folder: Path, env: Mapping[str, str]) -> list[Row]:
    """The verb itself: descriptors are read from the lock, and Helm renders an application of each form."""
    many = [(each, number) for number in range(REGISTRATIONS_MAX // FLEET) for each in fleet.apps(2)]
    folder.mkdir()
    site.write(folder, {f"{app.team}{number}/{app.name}": _descriptor(app, number) for app, number in many})
    words = [str(BIN / "pipelinekit"), "platform", "network", "--check", "--env=dev", f"--platform={folder}"]
    return _rows("platform network --check", f"{SET} components", _took(words, env), PROOF)


def _descriptor(app: App, number: int) -> str:
    """app.yaml of one of the fleet, its teams with a number."""
    web = app.processes["web"]
    run: dict[str, Any] = {
        "port": web.port,
        **({"ports": dict(web.ports)} if web.ports else {}),
        **({"metrics": web.metrics} if web.metrics else {}),
        **({"expose": {"host": f"{app.name}{number}.example.com"}} if web.host else {}),
    }
    others: dict[str, Any] = {
        name: {"command": ["x"], **({"port": each.port} if each.port else {})}
        for name, each in app.processes.items()
        if name != "web"
    }
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Application",
        "metadata": {"name": app.name, "team": f"{app.team}{number}"},
        "build": {"language": "python"},
        "run": run,
        "processes": others,
        "before": {name: list(command) for name, command in app.before.items()},
        "services": [{"type": each.type, "name": each.name} for each in app.services],
        "calls": [each.replace("/", f"{number}/") for each in app.calls],
        "accepts": [each.replace("/", f"{number}/") for each in app.accepts],
        "reaches": [f"{each.to}:{each.port}" for each in app.reaches],
    }
    return json.dumps({key: value for key, value in document.items() if value}) + "\n"


def _rows(subject: str, other: str, took: Taken, seconds: float) -> list[Row]:
    return [
        Row("B17", subject, _beside(other), "CPU s", took.cpu, seconds, 1.0),
        Row("B17", subject, _beside(other), "MiB", took.memory, MEMORY, 1.0),
    ]


def _beside(other: str) -> str:
    return f"{other}, {REGISTRATIONS_MAX} applications"


@dataclass(frozen=True)
class Taken:
    """What one run took: seconds of the clock and of CPU, and MiB of its largest process."""

    wall: float
    cpu: float
    memory: float


def _took(argv: Sequence[str], env: Mapping[str, str]) -> Taken:
    began = time.monotonic()
    with tempfile.TemporaryFile() as out:
        started = subprocess.Popen(argv, env={**os.environ, **env}, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        assert started.returncode == 0, out.read().decode()[-2000:]
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return Taken(wall=time.monotonic() - began, cpu=cpu, memory=memory)
