"""Asking whether pipelines can load the shared library, and whether it stays in the sandbox."""

from __future__ import annotations

from pipelinekit import __version__, names
from pipelinekit.adapters.jenkins.controller import Client, Login
from pipelinekit.adapters.jenkins.jobs import JenkinsController
from pipelinekit.adapters.probes import Probe, Unseen
from pipelinekit.adapters.source.repositories import RemoteRepositories
from pipelinekit.errors import failed
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.jenkins.library import HOW_TO_TAG, missing_tag, tag_of, trusted


def library(platform: Platform, login: Login | None) -> list[Probe]:
    """The questions about a platform's shared library; none without a controller."""
    jenkins = platform.jenkins
    if jenkins is None:
        return []
    url = jenkins.url
    probes: list[Probe] = [(f"trusted libraries of {url}", lambda: _trusted(url, login))]
    if jenkins.library:
        address, tag = jenkins.library.repository, tag_of(jenkins, __version__)
        probes.append((f"library {names.without_login(address)} {tag}", lambda: _tag(address, tag)))
    return probes


def _trusted(url: str, login: Login | None) -> str:
    libraries = JenkinsController(Client(url, login, pauses=())).trusted_libraries()
    told = trusted(libraries)
    if told and libraries is not None:
        raise failed("library-trusted", told)
    return Unseen(told) if told else "none of ours"


def _tag(address: str, tag: str) -> str:
    commit = RemoteRepositories().tag(address, tag)
    if not commit:
        raise failed("library-tag", missing_tag(names.without_login(address), tag), hint=HOW_TO_TAG)
    return f"is commit {commit[:10]}"
