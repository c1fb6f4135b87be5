"""The verb `status`: what runs where."""

from __future__ import annotations

from typing import Any

import click

from pipelinekit.cli.line.several import changed_by_hand, installed_version, of_each, require_told
from pipelinekit.cli.options import ENVIRONMENT, JSON, line
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import reaching
from pipelinekit.cli.wiring.line import Line
from pipelinekit.errors import ToolFailed, check_failed
from pipelinekit.model.deployment import Look, Object, Standing
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import ReleaseState, Target
from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.deploying import deploymentplan
from pipelinekit.plan.deploying.deployment import standing as standing_of
from pipelinekit.plan.release import describe_gate, environments_to_deploy
from pipelinekit.ports import SILENT
from pipelinekit.steps.deploying import deployment, elsewhere


@click.command()
@line(ENVIRONMENT, JSON)
def status(here: Line, environment: str, as_json: bool) -> None:
    """Show what runs in each environment: version, image, pods. Exit code 1 when something is not ready, or
    not as it was deployed.

    \b
    Example:
      pipelinekit status --env dev
    """
    chosen = [each for each in here.platform.environments if environment in ("", each.name)]
    if environment and not chosen:
        environments_to_deploy(here.platform, environment, automatic=False)
    with reaching.opened():
        rows, errors = of_each(
            chosen,
            lambda each: _status_of(here, each),
            lambda each, problem: _nothing_of(here, each) | {"installed": None, "troubles": [problem]},
        )
    if as_json:
        report.as_json(rows)
    else:
        for row in rows:
            report.result(_status_line(row))
    require_told(errors)
    bad = [row["environment"] for row in rows if row["installed"] and not row["ready"]]
    if bad:
        raise check_failed("not-ready", f"{here.app.name} is not ready in {', '.join(bad)}")
    names = [row["environment"] for row in rows if row["changed"]]
    touched = [each for each in chosen if each.name in names]
    if touched:
        raise changed_by_hand(
            here.app.name, touched, lambda each: installed_version(here.helm.state(here.target(each)))
        )


def _status_of(here: Line, environment: Environment) -> dict[str, Any]:
    target = here.target(environment)
    state = here.helm.state(target)
    row = _nothing_of(here, environment)
    if state is None:
        return row
    deployments = here.cluster.deployments(target)
    standing, unknown = _standing(here, target, state, deployments)
    return row | {
        "installed": True,
        "status": state.status,
        "revision": state.revision,
        "ready": state.status == deployment.RUNNING and not standing.missing and not standing.short,
        "changed": list(deploymentplan.found(standing)),
        "versions": sorted(
            {each["metadata"]["labels"].get("app.kubernetes.io/version", "") for each in deployments} - {""}
        ),
        "images": sorted(
            {
                container["image"]
                for each in deployments
                for container in each["spec"]["template"]["spec"]["containers"]
            }
        ),
        "pods": {
            each["metadata"][
                "name"
            ]: f"{each.get('status', {}).get('readyReplicas', 0)}/{each['spec']['replicas']}"
            for each in deployments
        },
        "troubles": [*unknown, *standing.short, *map(str, _troubles(here, target, state))],
    }


def _nothing_of(here: Line, environment: Environment) -> dict[str, Any]:
    """What is said where nothing is installed: each row has all keys."""
    return {
        "environment": environment.name,
        "namespace": here.target(environment).namespace,
        "installed": False,
        "gate": describe_gate(environment),
        "status": "",
        "revision": 0,
        "ready": False,
        "changed": [],
        "versions": [],
        "images": [],
        "pods": {},
        "troubles": [],
    }


def _standing(
    here: Line, target: Target, state: ReleaseState, deployments: list[Object]
) -> tuple[Standing, list[str]]:
    """How what is there stands; where it cannot be compared, whether it runs, and why no more is told."""
    try:
        return deployment.compared(target, state, here.objects).standing or Standing(), []
    except ToolFailed as error:
        if error.faults[0].code in SILENT:
            raise
        look = Look(live=deployments, applied=deployments)
        return standing_of(look, ()), [f"not compared with the chart: {error.faults[0].problem}"]


def _troubles(here: Line, target: Target, state: ReleaseState) -> tuple[Trouble, ...]:
    return elsewhere.troubles(here.cluster, target, elsewhere.places(state, target.namespace))


def _status_line(row: dict[str, Any]) -> str:
    where = f"{row['environment']} (namespace {row['namespace']})"
    if row["installed"] is None:
        return f"{where}: not known: {row['troubles'][0]}"
    if not row["installed"]:
        return f"{where}: not installed"
    pods = ", ".join(f"{name} {count}" for name, count in row["pods"].items())
    parts = (", ".join(row["versions"]), f"release {row['status']} (revision {row['revision']})", pods)
    # Whose label a hand has changed is none of the release's any more.
    lines = [f"{where}: {', '.join(filter(None, parts))}"]
    lines += [f"  {each}" for each in (*row["images"], *row["changed"], *row["troubles"])]
    return "\n".join(lines)
