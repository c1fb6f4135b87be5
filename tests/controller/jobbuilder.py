"""The same jobs as definitions of Jenkins Job Builder, which knows nothing of us."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelinekit.model.jenkins.jobs import Folder, GitHub, Job, Multibranch, Pipeline
from tests.documents import dump

PROGRAM = Path(sys.executable).with_name("jenkins-jobs")


def definitions(jobs: Iterable[Job]) -> str:
    """One definition a job, as text for `jenkins-jobs test`. Daily scans only."""
    return dump([{"job": _definition(job)} for job in jobs])


def template(jobs: Iterable[Multibranch]) -> list[dict[str, Any]]:
    """Applications on GitHub that differ in nothing but name and team, as one template and its instances."""
    first, *_ = several = list(jobs)
    team, name = first.path.split("/")[1:]
    made = _definition(first)
    made |= {"name": "apps/{team}/{app}", "id": "application", "display-name": "{app}"}
    made["description"] = made["description"].replace(f" {name} ", " {app} ").replace(f" {team},", " {team},")
    made["description"] = made["description"].replace(f"/{name}", "/{app}")
    made["scm"][0]["github"]["repo"] = "{app}"
    instances = [{each.title: {"team": each.path.split("/")[1]}} for each in several]
    return [
        {"job-template": made},
        {"project": {"name": "applications", "app": instances, "jobs": ["application"]}},
    ]


def rendered(text: str, folder: Path) -> Path:
    """Write what a text of definitions says below `folder`: `<path>/config.xml` each."""
    source, out = folder / "jobs.yaml", folder / "out"
    folder.mkdir(parents=True, exist_ok=True)
    source.write_text(text)
    run(source, out)
    return out


def run(source: Path, out: Path) -> None:
    """`jenkins-jobs test`, with a failure told."""
    argv = [str(PROGRAM), "test", str(source), "-o", str(out), "--config-xml"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=source.parent)
    assert done.returncode == 0, done.stderr


def _definition(job: Job) -> dict[str, Any]:
    common = {"name": job.path, "description": _plain(job.text), "display-name": _plain(job.title)}
    if isinstance(job, Folder):
        return common | {"project-type": "folder"}
    if isinstance(job, Pipeline):
        return common | {"project-type": "pipeline", "dsl": _plain(job.script), "sandbox": True}
    return common | {
        "project-type": "multibranch",
        "script-path": job.script,
        "periodic-folder-trigger": "1d",
        "prune-dead-branches": True,
        "days-to-keep": job.keep_days,
        "number-to-keep": job.keep_branches,
        "scm": [_source(job)],
    }


def _source(job: Multibranch) -> dict[str, Any]:
    source = job.source
    if isinstance(source, GitHub):
        return {
            "github": {
                "repo": source.repository,
                "repo-owner": source.owner,
                "api-uri": "https://api.github.com",
                "credentials-id": source.credentials,
                "branch-discovery": "no-pr",
                "discover-pr-origin": "merge-current",
                "discover-pr-forks-strategy": "merge-current",
                "discover-pr-forks-trust": "permission",
                "do-not-fetch-tags": False,
            }
        }
    return {"git": {"url": source.address, "credentials-id": source.credentials, "do-not-fetch-tags": False}}


def _plain(text: str) -> str:
    """A text in which it sees no parameter."""
    return text.replace("{", "{{").replace("}", "}}")
