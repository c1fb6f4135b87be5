"""`platform handover`: what the Job does that upgrades the controller."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelinekit.cli.output import report
from pipelinekit.cli.platform.components.rollout import TIMEOUT, WAIT
from pipelinekit.errors import refused

if TYPE_CHECKING:
    from pipelinekit.cli.platform.components.parts import Rollout

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds who it is."""


@click.command()
@click.argument("component")
@click.argument("archive", metavar="ARCHIVE", type=click.Path(path_type=Path))
@click.option("--env", "environment", required=True, metavar="NAME", help="The environment.")
@click.option("--digest", required=True, metavar="SHA256", help="What the archive has to be.")
@click.option("--build", default="", metavar="NAME", help="The build that is not waited for.")
@WAIT
@TIMEOUT
def handover(
    component: str, archive: Path, environment: str, digest: str, build: str, wait: int, timeout: int
) -> None:
    """Upgrade the controller from a Job in its cluster. `platform deploy` makes that Job; nobody types this.

    It waits for a moment in which nothing is built, quiets the controller down, deploys, and puts the old
    one back if the new one is not ready in time. How it ended is noted on the Job.

    \b
    Example:
      pipelinekit platform handover --env dev --digest sha256:… jenkins /handover/platform.tar.gz
    """
    from pipelinekit.adapters.cluster.handovers import HandoverJobs
    from pipelinekit.adapters.disk import files, momentary
    from pipelinekit.adapters.folder import carried
    from pipelinekit.adapters.jenkins.quiet import JenkinsQuiet
    from pipelinekit.cli.jenkins.controller import Controller, read_site
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.plan.rollout.handover import digest_of
    from pipelinekit.steps.handover import relief as steps

    content = files.read_bytes(archive)
    if digest_of(content, environment) != digest:
        hint = "somebody has changed what was handed over: run `pipelinekit platform deploy` again"
        raise refused("handover-changed", f"{archive} is not the archive that was planned", hint=hint)
    with momentary.folder() as folder:
        carried.unpack(content, Path(folder, "platform"))
        here = Rollout(str(Path(folder, "platform")), environment)
        here.require_open()
        _become(here, Path(folder, "kubeconfig"))
        relief = steps.Relief(
            part=here.parts[component],
            shelf=here.shelf,
            site=here.site,
            quiet=JenkinsQuiet(Controller(read_site(str(here.path)).jenkins.url).client),
            jobs=HandoverJobs({}),
            wait=wait,
            timeout=timeout,
            build=build,
        )
        report.result(steps.relieve(relief, say=report.say).text)


def _become(here: Rollout, to: Path) -> None:
    """In a pod, let programs find its own account under the name that the platform gives the cluster."""
    from pipelinekit.adapters.disk import files

    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host or not (ACCOUNT / "token").is_file():
        return
    name = here.platform.cluster_of(here.environment).context or "here"
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [
            {"name": name, "cluster": {"server": server, "certificate-authority": str(ACCOUNT / "ca.crt")}}
        ],
        # The token is renewed in its file: it is named, not copied.
        "users": [{"name": name, "user": {"tokenFile": str(ACCOUNT / "token")}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }
    files.write_atomic(to, json.dumps(config), mode=0o600)
    os.environ["KUBECONFIG"] = str(to)
