"""B14: a platform at the bound of its schema, 20,000 registered applications of 400 teams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelinekit.names import REGISTRATIONS_MAX
from pipelinekit.plan.jenkins.jobs import wanted_jobs
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.steps.jobtexts import prepare
from tests.benchmarks import scaffolds
from tests.benchmarks.measure import Row
from tests.controller import forms
from tests.controller.server import Controller
from tests.controller.state import Item, State

BIN = Path(sys.executable).parent
TEAMS = 400
LANGUAGES = ("python", "go", "node", "java-maven", "rust", "static")
MEMORY = 500.0
"""MiB that a verb may take."""
RUNS = 3


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
            *_generated(platform, of),
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
    return lines(head) + registered(count)


def lines(document: Mapping[str, Any]) -> str:
    """A document whose keys stand in lines of their own, so that more can follow."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in document.items())


def registered(count: int) -> str:
    """The key of platform.yaml with so many registrations."""
    those = [
        f"  - {{name: app{number:05d}, team: team{number % TEAMS:03d},"
        f" repository: https://github.com/acme/app{number:05d}, credentials: github-app}}\n"
        for number in range(count)
    ]
    return "".join(["applications:\n", *those])


def filled(state: State, text: str) -> int:
    """Put every job of a platform into a controller, as it would be applied; how many there are."""
    platform = read_platform(text)
    wanted = prepare(wanted_jobs(platform, ""), platform.name)
    for each in wanted:
        *folders, name = each.job.path.split("/")
        at = state.root
        for part in folders:
            at = at.children[part]
        at.children[name] = Item(name, forms.root_of(each.xml), forms.stored(each.xml), parent=at)
    return len(wanted)


def _generated(platform: Path, of: str) -> list[Row]:
    """What is generated already, in a checkout of each: making these takes minutes, and does not count."""
    checkouts = platform / "src"
    for number in range(REGISTRATIONS_MAX):
        name, team = f"app{number:05d}", f"team{number % TEAMS:03d}"
        head = f"apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {{name: {name}, team: {team}}}\n"
        language = LANGUAGES[number % len(LANGUAGES)]
        body = f"build: {{language: {language}}}\nrun:\n  port: 8080\n  replicas: 1\n"
        scaffolds.lay(checkouts / team / name, {"app.yaml": head + body})
    everyone = ["generate", "--all", of, f"--checkouts={checkouts}"]
    _once(everyone)
    return _rows("generate --all, nothing to do", REGISTRATIONS_MAX, _least(everyone), 2.0)


def _planned() -> list[Row]:
    """What is applied already, planned again by scripts: nothing else reads configurations together."""
    with tempfile.TemporaryDirectory() as folder, Controller() as controller:
        text = document(REGISTRATIONS_MAX, controller.url)
        Path(folder, "platform.yaml").write_text(text)
        filled(controller.state, text)
        controller.state.administers = True
        folders = sum(each.root == forms.FOLDER for each in controller.state.root.below())
        plan = ["jobs", "plan", "--by-script", f"--platform={folder}", "--assume-credential=github-app"]
        taken = _once(plan)
        asked = len(controller.requests())
    subject = "jobs plan --by-script, nothing to do"
    asks = Row("B14", subject, f"{folders} folders", "requests", asked, folders, 1.0)
    return [asks, *_rows(subject, REGISTRATIONS_MAX, taken, 5.0)]


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
