"""B14: a platform at the bound of its schema, 20,000 registered applications of 400 teams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.names import REGISTRATIONS_MAX
from pipelinekit.plan.jenkins.jobs import wanted_jobs
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.steps.jobtexts import prepare
from tests.benchmarks.measure import Row
from tests.controller import forms
from tests.controller.server import Controller
from tests.controller.state import Item, State

BIN = Path(sys.executable).parent
TEAMS = 400
MEMORY = 500.0
"""MiB that a verb may take."""
RUNS = 3
PLANNED = 2_000
"""Applications of the plan, which asks for each job: a tenth, and a tenth of the seconds."""


@dataclass(frozen=True)
class Taken:
    """What one run took: seconds of CPU in the system and beside it, MiB at most."""

    cpu: float
    memory: float


def run() -> list[Row]:
    """B14: what each verb takes where nothing, or all, is to be done."""
    with tempfile.TemporaryDirectory() as folder:
        platform = Path(folder)
        (platform / "platform.yaml").write_text(document(REGISTRATIONS_MAX, "https://jenkins.acme.example"))
        of = f"--platform={platform}"
        rows = [
            *_rows("validate", REGISTRATIONS_MAX, _least(["validate", of]), 1.0),
            *_rows("seed export", REGISTRATIONS_MAX, _least(["seed", "export", of]), 3.0),
        ]
    return [*rows, *_planned()]


def document(count: int, url: str) -> str:
    """platform.yaml with so many registrations."""
    head = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": "nexus.acme.example:5000"},
        "charts": {"repository": "oci://nexus.acme.example:5000/charts"},
        "jenkins": {"url": url},
        "clusters": [{"name": "nonprod"}],
        "environments": [
            {"name": "dev", "cluster": "nonprod", "namespace": "{team}-dev", "automatic": True},
        ],
    }
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in head.items()]
    lines.append("applications:\n")
    lines += [
        f"  - {{name: app{number:05d}, team: team{number % TEAMS:03d},"
        f" repository: https://github.com/acme/app{number:05d}, credentials: github-app}}\n"
        for number in range(count)
    ]
    return "".join(lines)


def filled(state: State, text: str) -> int:
    """Put every job of a platform into a controller, as it would be applied; how many there are."""
    platform = read_platform(text)
    wanted = prepare(wanted_jobs(platform, ""), platform.name)
    for each in wanted:
        *folders, name = each.job.path.split("/")
        at = state.root
        for part in folders:
            at = at.children[part]
        at.children[name] = Item(name, forms.root_of(each.xml), each.xml, parent=at)
    return len(wanted)


def _planned() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, Controller() as controller:
        text = document(PLANNED, controller.url)
        Path(folder, "platform.yaml").write_text(text)
        jobs = filled(controller.state, text)
        taken = _once(["jobs", "plan", f"--platform={folder}", "--assume-credential=github-app"])
        asked = len(controller.requests("GET"))
    # To Jenkins a project with branches is a folder.
    asks = Row("B14", "jobs plan, nothing to do", f"{jobs} jobs", "GET", asked, jobs, 1.02)
    return [asks, *_rows("jobs plan, nothing to do", PLANNED, taken, 5.0 * PLANNED / REGISTRATIONS_MAX)]


def _rows(subject: str, count: int, taken: Taken, seconds: float) -> list[Row]:
    other = f"{count} applications"
    return [
        Row("B14", subject, other, "CPU s", taken.cpu, seconds, 1.0),
        Row("B14", subject, other, "MiB", taken.memory, MEMORY, 1.0),
    ]


def _least(argv: Sequence[str]) -> Taken:
    """The run that was disturbed least."""
    return min((_once(argv) for _ in range(RUNS)), key=lambda each: each.cpu)


def _once(argv: Sequence[str]) -> Taken:
    with tempfile.TemporaryFile() as out:
        started = subprocess.Popen([str(BIN / "pipelinekit"), *argv], stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        assert started.returncode == 0, out.read().decode()
    return Taken(cpu=used.ru_utime + used.ru_stime, memory=used.ru_maxrss / 1024)
