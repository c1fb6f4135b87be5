"""The controller that a platform names, with the account that the environment holds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.source import platforms
from pipelinekit.errors import usage
from pipelinekit.generators import seed as seed_generator
from pipelinekit.generators.jobs import certificates, components, drafts, releases
from pipelinekit.model.platform.document import Jenkins, Platform
from pipelinekit.plan.jenkins.jobs import wanted_jobs
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.steps.jobtexts import prepare

if TYPE_CHECKING:
    from pipelinekit.adapters.jenkins.builds import JenkinsBuilds
    from pipelinekit.adapters.jenkins.controller import Client, Login
    from pipelinekit.adapters.jenkins.jobs import JenkinsController, JenkinsJobs
    from pipelinekit.model.jenkins.jobplan import Wanted
    from pipelinekit.model.jenkins.jobs import Job


@dataclass(frozen=True)
class Site:
    """A platform's document, and which commit (or content) it is."""

    platform: Platform
    commit: str

    @property
    def jenkins(self) -> Jenkins:
        """The controller; raises `UsageError` when the platform has none."""
        if self.platform.jenkins is None:
            raise usage(
                "no-jenkins",
                f"platform {self.platform.name} names no controller",
                hint="add jenkins: {url: https://…} to platform.yaml",
            )
        return self.platform.jenkins

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """Every job that there should be."""
        from pipelinekit.render import render

        if not self.jenkins.source:
            return wanted_jobs(self.platform, "")
        plans = (
            *seed_generator.plan(self.platform),
            *releases.plan(self.platform),
            *components.plan(self.platform),
            *certificates.plan(self.platform),
            *drafts.plan(self.platform),
        )
        files = {path: each.text for path, each in render(plans, packaged.templates()).items()}
        return wanted_jobs(self.platform, files[seed_generator.FILE], files)

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        """The same, with the texts to post."""
        return prepare(self.jobs, self.platform.name)


def read_site(source: str) -> Site:
    """The platform that `--platform` names; without it the one in this folder."""
    text = platforms.read_platform_text(source or ".")
    return Site(read_platform(text.content, text.origin), text.commit)


class Controller:
    """One connection to a controller, and what can be asked of it.

    `by_script`: jobs' configurations are read by scripts on the controller, not by a request each.
    """

    def __init__(self, url: str, *, by_script: bool = False) -> None:
        from pipelinekit.adapters.jenkins.controller import Client

        self.client: Client = Client(url, login())
        self.by_script = by_script

    @cached_property
    def jobs(self) -> JenkinsJobs:
        """Its jobs."""
        from pipelinekit.adapters.jenkins.jobs import JenkinsJobs
        from pipelinekit.adapters.jenkins.scripted import ScriptedJobs

        return ScriptedJobs(self.client) if self.by_script else JenkinsJobs(self.client)

    @cached_property
    def facts(self) -> JenkinsController:
        """What it is and has."""
        from pipelinekit.adapters.jenkins.jobs import JenkinsController

        return JenkinsController(self.client)

    @cached_property
    def builds(self) -> JenkinsBuilds:
        """Its builds."""
        from pipelinekit.adapters.jenkins.builds import JenkinsBuilds

        return JenkinsBuilds(self.client)


def login() -> Login | None:
    """Who we are to Jenkins: what a pipeline has bound, or a terminal has set."""
    from pipelinekit.adapters.jenkins.controller import Login

    user, password = os.environ.get("PK_JENKINS_USER"), os.environ.get("PK_JENKINS_PASSWORD")
    return Login(user=user, password=password) if user and password else None
