"""B1 to B4: a thousand jobs, beside Jenkins Job Builder. Requests are counted by a controller's double."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from pipelinekit.reading.platform.document import read_platform
from tests.benchmarks.measure import Row, Sample, interleaved, least
from tests.controller import forms, jobbuilder
from tests.controller.conftest import Platform
from tests.controller.server import Controller

BIN = Path(sys.executable).parent
TEAMS, ROOMS = 20, 5
APPLICATIONS = 1000 - TEAMS - ROOMS
"""With their folders, a thousand jobs."""
RUNS = 5


def render() -> list[Row]:
    """B1: every config.xml written."""
    with _both() as (mine, theirs, out):
        fresh = interleaved(
            {
                "mine": lambda: _export(mine, _new(out / "mine")),
                "theirs": lambda: jobbuilder.run(theirs, _new(out / "theirs")),
            },
            RUNS,
        )
        for side in ("mine", "theirs"):
            assert len(list((out / side).rglob("config.xml"))) == 1000
    return [_of("B1", "1000 config.xml", fresh, 1 / 3)]


def unchanged() -> list[Row]:
    """B2: once more over what is there."""
    with _both() as (mine, theirs, out):
        works = {
            "mine": lambda: _export(mine, out / "mine"),
            "theirs": lambda: jobbuilder.run(theirs, out / "theirs"),
        }
        interleaved(works, 1)
        before = _times(out / "mine")
        again = interleaved(works, RUNS)
        touched = sum(1 for path, when in _times(out / "mine").items() if before[path] != when)
    return [
        _of("B2", "the same again", again, 1 / 5),
        Row("B2", "the same again", "1000 files", "files touched", touched, 1000, 0.0),
    ]


def drift() -> list[Row]:
    """B3: one job in a thousand edited by hand."""
    with _controller() as bench:
        bench.call("jobs", "apply", "--yes")
        bench.edit("apps/team07/app0507", "factory/scriptPath", "elsewhere")
        plan = bench.call("jobs", "plan")
        assert "1 to update (1 changed by hand)" in plan
        assert "999 unchanged" in plan
        found = plan.count("\n  update  ") + plan.startswith("  update  ")
        reads = bench.requests("GET")
        bench.call("jobs", "apply", "--yes")
        posts = bench.requests("POST")
    return [
        Row("B3", "jobs plan, 1 edited by hand", "1 job", "jobs told", found, 1, 1.0),
        Row("B3", "jobs plan, 1 edited by hand", "1000 jobs", "GET", reads, 1000, 1.02),
        Row("B3", "jobs apply after it", "1 job", "POST", posts, 1, 1.0),
    ]


def cold() -> list[Row]:
    """B4: a bare controller."""
    with _controller() as bench:
        bench.call("jobs", "apply", "--yes")
        reads, posts = bench.requests("GET"), bench.requests("POST")
        theirs = bench.job_builder()
    return [
        Row("B4", "cold jobs apply, 1000 jobs", "1000", "POST", posts, 1000, 1.0),
        Row("B4", "cold jobs apply, 1000 jobs", "60", "GET", reads, 60, 1.0),
        Row(
            "B4", "cold jobs apply, 1000 jobs", "jenkins-jobs update", "requests", reads + posts, theirs, 1.0
        ),
    ]


# --- what they have in common ---------------------------------------------------------------------


@contextmanager
def _both() -> Iterator[tuple[Path, Path, Path]]:
    """Our document, theirs, and a folder for what they become."""
    with tempfile.TemporaryDirectory() as folder:
        mine = _platform(Path(folder) / "platform", "https://jenkins.acme.example").write()
        yield mine, _definitions(Path(folder) / "theirs", mine), Path(folder) / "out"


def _platform(folder: Path, url: str) -> Platform:
    made = Platform(folder, url)
    for number in range(APPLICATIONS):
        team = number % TEAMS
        address = f"https://github.com/acme/app{number:04d}"
        made.application(
            f"app{number:04d}", team=f"team{team:02d}", repository=address, credentials="github-app"
        )
    return made


@dataclass
class _Bench:
    controller: Controller
    folder: Path

    def call(self, *arguments: str) -> str:
        """What a command prints; the requests before it are forgotten."""
        self.controller.seen.clear()
        argv = [str(BIN / "pipelinekit"), *arguments, f"--platform={self.folder / 'platform'}"]
        if arguments[1] in ("plan", "apply"):
            argv.append("--assume-credential=github-app")
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    def requests(self, method: str) -> int:
        return len(self.controller.requests(method))

    def edit(self, path: str, field: str, value: str) -> None:
        """Somebody changes a field on the job's page."""
        item = self.controller.state.find(path)
        assert item is not None
        root = forms.parsed(item.text)
        found = root.find(field)
        assert found is not None
        found.text = value
        item.text = forms.saved(ET.tostring(root, encoding="unicode"))

    def job_builder(self) -> int:
        """How many requests `jenkins-jobs update` takes for the same jobs on a bare controller."""
        source = _definitions(self.folder / "theirs", self.folder / "platform")
        with Controller() as controller:
            settings = source.with_name("settings.ini")
            settings.write_text(f"[jenkins]\nurl={controller.url}\nquery_plugins_info=False\n")
            argv = [str(jobbuilder.PROGRAM), "--conf", str(settings), "--ignore-cache", "update", str(source)]
            cache = {"XDG_CACHE_HOME": str(source.parent)}
            subprocess.run(argv, capture_output=True, check=True, env={**os.environ, **cache})
            assert controller.state.find("apps/team07/app0507")
            return len(controller.requests())


@contextmanager
def _controller() -> Iterator[_Bench]:
    with tempfile.TemporaryDirectory() as folder, Controller() as controller:
        _platform(Path(folder) / "platform", controller.url).write()
        yield _Bench(controller, Path(folder))


def _definitions(folder: Path, platform: Path) -> Path:
    """The same jobs for Jenkins Job Builder, the applications by one template, which is its quickest way."""
    from pipelinekit.model.jenkins.jobs import Multibranch
    from pipelinekit.plan.jenkins.jobs import wanted_jobs
    from tests.documents import dump

    jobs = wanted_jobs(read_platform((platform / "platform.yaml").read_text()), "")
    applications = [each for each in jobs if isinstance(each, Multibranch)]
    others = jobbuilder.definitions(each for each in jobs if not isinstance(each, Multibranch))
    text = others + dump(jobbuilder.template(applications))
    folder.mkdir(parents=True)
    source = folder / "jobs.yaml"
    source.write_text(text)
    return source


def _of(name: str, subject: str, samples: Mapping[str, Sequence[Sample]], bound: float) -> Row:
    mine, theirs = (least(samples[side], "user") for side in ("mine", "theirs"))
    return Row(name, subject, "jenkins-jobs test", "user s, min", mine, theirs, bound)


def _export(platform: Path, out: Path) -> None:
    argv = ["seed", "export", f"--platform={platform}", "--config-xml", f"--to={out}"]
    subprocess.run([str(BIN / "pipelinekit"), *argv], capture_output=True, check=True)


def _new(folder: Path) -> Path:
    subprocess.run(["rm", "-rf", folder], check=True)
    return folder


def _times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
