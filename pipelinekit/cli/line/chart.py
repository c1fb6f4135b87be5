"""The verbs of an application's chart: package, publish."""

from __future__ import annotations

import click

from pipelinekit.cli import loading
from pipelinekit.cli.line import meanwhile
from pipelinekit.cli.line.stage import around_stage, finish
from pipelinekit.cli.options import JSON, PLAN, line
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import ahead, books, signatures
from pipelinekit.cli.wiring.line import Line
from pipelinekit.model.receipts import ChartPackaged, ChartPublished, ImagePushed
from pipelinekit.plan.release import chart_address
from pipelinekit.steps.artefacts import chart
from pipelinekit.steps.journal import Told


@click.command()
@line(JSON)
def package(here: Line, as_json: bool) -> None:
    """Package the chart around the pushed image.

    The chart is linted first; the archive is in .pipelinekit/dist.

    \b
    Example:
      pipelinekit package --registry nexus.example.com:5000
    """
    loading.begin(loading.HTTP)
    here.require_registry()
    with around_stage(here, "package"):
        meanwhile.linted()
        done = chart.package(
            here.plan,
            here.root,
            here.workspace,
            here.helm,
            here.images,
            here.receipts,
            lambda packaged: _settled(here, packaged),
        )
    finish(*done, as_json)


def _settled(here: Line, packaged: ChartPackaged) -> None:
    meanwhile.survey(here, packaged)
    ahead.settled("publish")


def _named(here: Line) -> None:
    """The image still has its version, once rivals have had their time; what `push` begins, this ends."""
    pushed = here.receipts.load(ImagePushed)
    if ahead.settled() and pushed:
        chart.require_image(here.plan, pushed, here.images)


@click.command()
@line(PLAN, JSON)
def publish(here: Line, plan_only: bool, as_json: bool) -> None:
    """Publish the packaged chart. A version that the repository has is never replaced.

    Credentials: PK_CHARTS_USER and PK_CHARTS_PASSWORD, else those for images. With a public key in
    platform.yaml the chart is signed, and `deploy` takes no other.

    \b
    Example:
      pipelinekit publish --platform ../platform
    """
    loading.begin(loading.HTTP)
    here.require_registry()
    plan = here.plan
    if plan_only:
        there = here.charts.digest_of(plan.chart)
        name = chart_address(plan.chart)
        report.result(f"{name} is there ({there})" if there else f"would publish {name}")
        return
    told = books.told(here)
    if told and not _is_published(here):
        # The ledger is read while the chart is on its way.
        told.expect()
    with books.closing(told), around_stage(here, "publish"):
        signer = signatures.chart_signer(here)
        sleep = ahead.settling("deploy")
        done = chart.publish(
            plan,
            here.root,
            here.helm,
            here.charts,
            here.receipts,
            sleep,
            signer=signer,
            settle=lambda: _named(here),
        )
    if told:
        ahead.beside("deploy", lambda: _tell(told, done[0]))
    finish(*done, as_json)


def _is_published(here: Line) -> bool:
    """Whether this revision was published from here before."""
    done = here.receipts.load(ChartPublished)
    return bool(done and done.key == here.plan.key)


def _tell(told: Told, done: ChartPublished) -> None:
    try:
        told.released(done)
    finally:
        told.close()
