"""Asking whether pipelines load the shared library in its sandbox, and releases find their credentials."""

from __future__ import annotations

from pipelinekit import __version__, names
from pipelinekit.adapters.jenkins.controller import Client, Login
from pipelinekit.adapters.jenkins.jobs import JenkinsController
from pipelinekit.adapters.probes import Probe, Unseen
from pipelinekit.adapters.source.repositories import RemoteRepositories
from pipelinekit.errors import failed
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.rooms import certificates, components, drafts, releases
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


def folders(platform: Platform, login: Login | None) -> list[Probe]:
    """Whether the jobs in our folders find what they hold; no question where there are no such jobs."""
    if platform.jenkins is None:
        return []
    url = platform.jenkins.url
    found: list[Probe] = []
    if releases.has_jobs(platform):
        held = releases.credentials(platform)
        found.append(_asked(url, login, "release", held, "its jobs cannot promote"))
    rolled, renewed = components.credentials(platform), certificates.credentials(platform)
    if rolled or renewed:
        held = tuple(dict.fromkeys((*rolled, *renewed)))
        why = "roll components out" if rolled else "renew certificates"
        found.append(_asked(url, login, "platform", held, f"its jobs cannot {why}"))
    if drafts.credentials(platform):
        held = drafts.credentials(platform)
        found.append(_asked(url, login, "draft", held, "its job cannot look after developers' namespaces"))
    return found


def _asked(url: str, login: Login | None, folder: str, wanted: tuple[str, ...], why: str) -> Probe:
    return (f"credentials of {url}/job/{folder}", lambda: _held(url, login, folder, wanted, why))


def _held(url: str, login: Login | None, folder: str, wanted: tuple[str, ...], why: str) -> str:
    controller = JenkinsController(Client(url, login, pauses=()))
    stores = [controller.credential_ids(each) for each in (folder, "")]
    found = frozenset[str]().union(*(each for each in stores if each is not None))
    missing = [each for each in wanted if each not in found]
    if missing and None in stores:
        return Unseen(f"this account may not look whether {', '.join(missing)} are in the folder {folder}")
    if missing:
        raise failed(
            "folder-credentials",
            f"the folder {folder} has no {', '.join(missing)}: {why}",
            hint="an administrator adds each in the folder's page",
        )
    return f"{', '.join(wanted)}"


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
