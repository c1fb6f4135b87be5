"""What `seed export` writes: for a bare controller, as a Job DSL script, or as each job's config.xml."""

from __future__ import annotations

from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder import packaged
from pipelinekit.cli.jenkins.controller import Site
from pipelinekit.generators import jobdsl
from pipelinekit.generators import seed as generator
from pipelinekit.model.jenkins.jobs import SEED, GitHub
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.tree import FilePlan
from pipelinekit.plan.jenkins.jobs import source_of
from pipelinekit.render import render
from pipelinekit.steps import jobs as steps


def config_xml(site: Site) -> dict[str, str]:
    """The text to post for each job, below the job's path."""
    return {f"{each.job.path}/config.xml": each.xml for each in site.wanted}


def job_dsl(site: Site) -> dict[str, str]:
    """One script that makes every job but the seed, which would refuse what comes from another's script."""
    jobs = steps.descriptions((each for each in site.jobs if each.path != SEED), site.platform.name)
    return _rendered([jobdsl.plan(jobs, site.platform.name)])


def controller(site: Site) -> dict[str, str]:
    """Plugins, JCasC, the seed's Jenkinsfile, and hooks; raises `UsageError` without a controller."""
    _ = site.jenkins
    plans: list[FilePlan] = [*generator.plan(site.platform), *generator.plan_casc(site.platform)]
    hooks = {each.repository: each for each in site.platform.applications if not _on_github(each)}
    plans += [generator.plan_hook(site.platform, each) for each in hooks.values()]
    plugins = files.read_bytes(packaged.folder("seed-jobs") / "plugins.txt").decode()
    return {"plugins.txt": plugins, **_rendered(plans)}


def _rendered(plans: list[FilePlan]) -> dict[str, str]:
    return {path: each.text for path, each in render(plans, packaged.templates()).items()}


def _on_github(registration: Registration) -> bool:
    return isinstance(source_of(registration), GitHub)
