"""The verbs of the seed: put the job there that keeps all others, or write what a controller needs."""

from __future__ import annotations

from pathlib import Path

import click

from pipelinekit.adapters import files, packaged
from pipelinekit.cli import report
from pipelinekit.cli.controller import Controller, Site, read_site
from pipelinekit.cli.jobplans import apply_plan, consent, plan_for, show
from pipelinekit.cli.jobs import ADOPT, ASSUME, YES
from pipelinekit.cli.options import PLATFORM
from pipelinekit.errors import usage
from pipelinekit.generators import jobdsl
from pipelinekit.generators import seed as generator
from pipelinekit.model.jobs import SEED, GitHub
from pipelinekit.model.platform import Registration
from pipelinekit.model.tree import FilePlan, Tree
from pipelinekit.plan.jobs import source_of
from pipelinekit.steps import jobs as steps


@click.group()
def seed() -> None:
    """Install the job that keeps all others, or export it.

    The account is PK_JENKINS_USER with PK_JENKINS_PASSWORD, which is best an API token.
    """


@seed.command()
@PLATFORM
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
    site = read_site(platform)
    _require_source(site)
    controller = Controller(site.jenkins.url)
    made, _ = plan_for(site, controller, adopt, assume, steps.AT_ONCE, only="pipelinekit")
    show(made, as_json=False)
    consent(made, yes)
    apply_plan(made, controller, steps.AT_ONCE, as_json=False)
    if start:
        ticket = controller.builds.trigger(SEED, {})
        report.result(
            f"{SEED} is queued (item {ticket.item}): {site.jenkins.url.rstrip('/')}/job/pipelinekit/job/seed/"
        )


@seed.command()
@PLATFORM
@click.option("--to", default="", metavar="DIR", help="Write into this folder; without it, print.")
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
    site = read_site(platform)
    if config_xml:
        if not to:
            raise usage("export-where", "--config-xml writes many files: give --to DIR")
        texts = {f"{each.job.path}/config.xml": each.xml for each in site.wanted}
    elif job_dsl:
        texts = _job_dsl(site)
    else:
        texts = _controller(site)
    if not to:
        for name, text in texts.items():
            report.result(text.rstrip("\n") if len(texts) == 1 else f"# --- {name}\n{text}")
        return
    root = Path(to)
    written = [name for name, text in texts.items() if _write(root / name, text)]
    report.result(f"{to}: {len(texts)} files, {len(written)} of them written")


def _job_dsl(site: Site) -> dict[str, str]:
    from pipelinekit.render import render

    jobs = steps.descriptions(site.jobs, site.platform.name)
    return _texts(render([jobdsl.plan(jobs, site.platform.name)], packaged.templates()))


def _controller(site: Site) -> dict[str, str]:
    from pipelinekit.render import render

    _ = site.jenkins
    plans: list[FilePlan] = [*generator.plan(site.platform), *generator.plan_casc(site.platform)]
    hooks = {each.repository: each for each in site.platform.applications if not _on_github(each)}
    plans += [generator.plan_hook(site.platform, each) for each in hooks.values()]
    plugins = files.read_bytes(packaged.folder("seed-jobs") / "plugins.txt").decode()
    return {"plugins.txt": plugins, **_texts(render(plans, packaged.templates()))}


def _texts(tree: Tree) -> dict[str, str]:
    return {path: each.text for path, each in tree.items()}


def _write(path: Path, text: str) -> bool:
    if path.exists() and files.read_bytes(path) == text.encode():
        return False
    files.write_atomic(path, text, mode=0o755 if path.name == "post-receive" else 0o644)
    return True


def _on_github(registration: Registration) -> bool:
    return isinstance(source_of(registration), GitHub)


def _require_source(site: Site) -> None:
    if site.jenkins.source is None:
        raise usage(
            "no-source",
            "platform.yaml does not say which repository it is in",
            hint="add source: {repository: https://…} below jenkins: the seed checks that out",
        )
