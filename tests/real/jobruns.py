"""The jobs of the folder `platform` under the CPS engine, with the real command line, on a real cluster."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.jobs import components, drafts
from pipelinekit.model.jenkins.jobs import COMPONENTS, REAP
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.render import render
from tests.jenkins.harness import Cause, Credential, Run, Trace, run_one
from tests.real.app import BIN
from tests.real.platform import TestPlatform


def scripts(platform: TestPlatform) -> dict[str, str]:
    """Each job's script by its path."""
    given = read_platform((platform.folder / "platform.yaml").read_bytes())
    plans = (*components.plan(given), *drafts.plan(given))
    return {path: each.text for path, each in render(plans, templates()).items()}


def held(platform: TestPlatform) -> None:
    """Have the controller's store alone hold the kubeconfig: platform.yaml names it, and no context."""
    path = platform.folder / "platform.yaml"
    document = json.loads(path.read_text())
    document["clusters"] = [{"name": "testbed", "credentials": "kube-{team}"}]
    path.write_text(json.dumps(document))


def run(platform: TestPlatform, work: Path, job: str, number: int, **parameters: Any) -> Trace:
    """A build of a job, in a copy of the platform's folder: no agent has a kubeconfig of its own."""
    workspace = work / f"workspace-{number}"
    shutil.copytree(platform.folder, workspace, ignore=shutil.ignore_patterns(".pipelinekit"))
    environment = dict(platform.env)
    kubeconfig = Path(environment.pop("KUBECONFIG")).read_text()
    asked: dict[str, Any] = {"PLAN_ONLY": False}
    if job != REAP:
        asked |= {"ENVIRONMENT": "dev", "FROM": "" if job == COMPONENTS else False}
    return run_one(
        Run(
            jenkinsfile=scripts(platform)[job],
            workspace=workspace,
            job=job,
            number=number,
            credentials={
                f"kube-{job.partition('/')[0]}": Credential(
                    "file", {"name": "kubeconfig", "content": kubeconfig}
                )
            },
            parameters={**asked, **parameters},
            causes=[Cause("UserIdCause", "ada")],
            environment={**environment, "PATH": f"{BIN}:{environment['PATH']}", "HOME": str(work)},
            timeout=300,
            sh_timeout=280,
        )
    )
