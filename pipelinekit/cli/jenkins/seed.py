"""The verbs of the seed: put the job there that keeps all others, or write what a controller needs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelinekit.adapters.folder import exported, packaged
from pipelinekit.cli.jenkins.options import ADOPT, ASSUME, YES
from pipelinekit.cli.options import PLATFORM_HERE
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.counts import counted
from pipelinekit.errors import usage

# What makes jobs is imported where it is used: an export that is current needs none of it.
if TYPE_CHECKING:
    from pipelinekit.cli.jenkins.controller import Site


@click.group()
def seed() -> None:
    """Install the job that keeps all others, or export it.

    The account is PK_JENKINS_USER with PK_JENKINS_PASSWORD, which is best an API token.
    """


@seed.command()
@PLATFORM_HERE
@ADOPT
@ASSUME
@click.option("--run", "start", is_flag=True, help="Start the seed, which makes all other jobs.")
@YES
def install(platform: str, adopt: tuple[str, ...], assume: tuple[str, ...], start: bool, yes: bool) -> None:
    """Put the folder `pipelinekit` and the seed into Jenkins, over REST.

    The seed checks out the platform's repository (jenkins.source in platform.yaml), plans, shows and keeps
    the plan, and applies exactly that. Installed twice, it changes nothing.

    \b
    Example:
      pipelinekit seed install --platform . --run
    """
    from pipelinekit.cli.jenkins.controller import Controller, read_site
    from pipelinekit.cli.jenkins.plans import apply_plan, consent, plan_for, show
    from pipelinekit.model.jenkins.jobs import SEED
    from pipelinekit.steps.jobs import AT_ONCE

    site = read_site(platform)
    _require_source(site)
    controller = Controller(site.jenkins.url)
    made, _ = plan_for(site, controller, adopt, assume, AT_ONCE, only="pipelinekit")
    show(made, as_json=False)
    consent(made, yes)
    apply_plan(made, controller, AT_ONCE, as_json=False)
    if start:
        ticket = controller.builds.trigger(SEED, {})
        report.result(
            f"{SEED} is queued (item {ticket.item}): {site.jenkins.url.rstrip('/')}/job/pipelinekit/job/seed/"
        )


@seed.command()
@PLATFORM_HERE
@click.option(
    "--to", default="", type=on_disk, metavar="DIR", help="Write into this folder; without it, print."
)
@click.option("--job-dsl", is_flag=True, help="The jobs as a Job DSL script, and nothing else.")
@click.option("--config-xml", is_flag=True, help="Each job's config.xml, and nothing else; needs --to.")
def export(platform: str, to: str, job_dsl: bool, config_xml: bool) -> None:
    """Write what an administrator of a bare controller needs.

    That is: plugins.txt, a JCasC snippet (jenkins.yaml), the seed's Jenkinsfile, and a post-receive hook
    for each repository on a private git server. Files that are the same already are not touched.

    \b
    Examples:
      pipelinekit seed export --platform . --to controller/
      pipelinekit seed export --platform . --job-dsl > jobs.groovy
    """
    if config_xml and not to:
        raise usage("export-where", "--config-xml writes many files: give --to DIR")
    inputs = _inputs(platform) if config_xml else ""
    count = exported.current(Path(to), inputs) if inputs else None
    if count is not None:
        report.result(f"{to}: {counted(count, 'file')}, 0 of them written")
        return
    from pipelinekit.cli.jenkins import exports
    from pipelinekit.cli.jenkins.controller import read_site

    make = exports.config_xml if config_xml else exports.job_dsl if job_dsl else exports.controller
    site = read_site(platform)
    texts = make(site)
    if make is exports.controller and site.jenkins.source is None:
        report.notice(
            "platform.yaml has no source below jenkins: the seed does not know what to check out yet"
        )
    if to:
        written = exported.write(Path(to), texts, inputs)
        report.result(f"{to}: {counted(len(texts), 'file')}, {written} of them written")
        return
    for name, text in texts.items():
        report.result(text.rstrip("\n") if len(texts) == 1 else f"# --- {name}\n{text}")


def _inputs(platform: str) -> str:
    """One digest of everything that the jobs' texts are made of."""
    from pipelinekit.adapters.source.platforms import read_platform_text

    document = read_platform_text(platform or ".").content
    tool = (packaged.code_digest(), packaged.templates_digest())
    parts = (*(each.encode() for each in tool), document)
    return "sha256:" + hashlib.sha256(b"\0".join(parts)).hexdigest()


def _require_source(site: Site) -> None:
    if site.jenkins.source is None:
        raise usage(
            "no-source",
            "platform.yaml does not say which repository it is in",
            hint="add source: {repository: https://…} below jenkins: the seed checks that out",
        )
