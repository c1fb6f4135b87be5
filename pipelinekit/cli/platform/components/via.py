"""`platform deploy --via jenkins`: the job of all components or of one, followed from a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import click

from pipelinekit.cli.output import report

VIA = click.option(
    "--via",
    default="",
    is_eager=True,  # what may not be beside it asks for it
    metavar="jenkins",
    help="Let the job platform/all do it, or the component's own, and follow it.",
)


def deploy(
    source: str,
    environment: str,
    only: Sequence[str],
    start: Sequence[str],
    via: str,
    *,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Start the job, follow it, and end as it does."""
    from pipelinekit.cli.jenkins.controller import Controller, read_site
    from pipelinekit.cli.jenkins.via import controller_of, follow
    from pipelinekit.plan.jenkins.components import start_of

    platform = read_site(source).platform
    url = controller_of(platform, via)
    path, parameters = start_of(platform, environment, only, start)
    if plan_only:
        from_here = f" from {parameters['FROM']} on" if "FROM" in parameters else ""
        report.result(f"would start {path} at {url}, which deploys{from_here} in {parameters['ENVIRONMENT']}")
        return
    follow(Controller(url).builds, url, path, parameters, as_json=as_json, whole=True)
