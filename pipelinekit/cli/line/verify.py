"""The verb `verify`."""

from __future__ import annotations

import click

from pipelinekit.cli.line.stage import around_stage, finish_all
from pipelinekit.cli.options import AUTOMATIC, ENVIRONMENT, JSON, line
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import books
from pipelinekit.cli.wiring.line import Line
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.receipts import ChartPublished, Verified
from pipelinekit.plan.release import environments_to_deploy
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.journal import Told


@click.command()
@line(ENVIRONMENT, AUTOMATIC, JSON)
def verify(here: Line, environment: str, automatic: bool, as_json: bool) -> None:
    """Run the chart's tests (`helm test`) against what is deployed. Exit code 1 when one fails.

    \b
    Example:
      pipelinekit verify --env dev
    """
    here.require_registry()
    with around_stage(here, "verify"):
        results = [
            _verified(here, each, books.told(here))
            for each in environments_to_deploy(here.platform, environment, automatic=automatic)
        ]
    finish_all(results, as_json, "no environment is automatic: nothing is verified")


def _verified(here: Line, environment: Environment, told: Told | None) -> tuple[Verified, Did]:
    with books.endings(told, "verify", environment.name):
        done = release_steps.verify(here.plan, here.target(environment), here.helm, here.receipts, report.say)
    if told:
        told.verified(done[0], here.receipts.load(ChartPublished))
    return done
