"""What a bare controller needs: the seed pipeline, a JCasC snippet, and hooks for private git servers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from pipelinekit import __version__, names
from pipelinekit.generators.agentpod import pod_manifest
from pipelinekit.model.platform.document import PER_TEAM, Jenkins, Origin, Platform, Registration, id_of
from pipelinekit.model.platform.rooms import certificates, components, drafts
from pipelinekit.model.stages import Arguments
from pipelinekit.model.tree import FilePlan

FILE = "Jenkinsfile"
CASC = "jenkins.yaml"
PLAN = "plan.json"
_ADDRESS = ":/?&=%@[]~+,;"

SCHEDULE = "H H * * *"
"""Once a day, beside pushes to the platform's repository: what was changed by hand is found."""


def plan(platform: Platform) -> Iterable[FilePlan]:
    """The seed pipeline; nothing for a platform that does not say where its document lives."""
    jenkins = platform.jenkins
    if jenkins is None or jenkins.source is None:
        return
    source, pod = jenkins.source, jenkins.agent.pod
    yield FilePlan(
        path=FILE,
        template="seed/Jenkinsfile.j2",
        inputs={
            "label": jenkins.agent.label,
            "pod": {"namespace": pod.namespace, "manifest": pod_manifest(pod)} if pod else None,
            "schedule": SCHEDULE,
            "remote": remote_of(source),
            "branch": source.branch,
            "credentials": jenkins.credentials,
            "sync": _call("platform", {"action": "sync", "platform": source.path}),
            "plan": _call("jobs", {"action": "plan", "platform": source.path, "out": PLAN}),
            "apply": _call("jobs", {"action": "apply", "platform": source.path, "plan": PLAN}),
            "file": PLAN,
        },
    )


CONTRACT = 1
"""How arguments are handed over: the number that the command line asks for."""


def _call(verb: str, arguments: Arguments) -> list[str]:
    """The environment of one call, as the shared library's would be; no value becomes shell text."""
    return [
        f"PK_CONTRACT={CONTRACT}",
        f"PK_VERB={verb}",
        "PK_ARGS=" + json.dumps(arguments, ensure_ascii=False),
    ]


def remote_of(source: Origin) -> Arguments:
    """What a checkout is told of the platform's repository."""
    held: Arguments = {"credentialsId": source.credentials} if source.credentials else {}
    return {"url": source.repository} | held


def plan_casc(platform: Platform) -> Iterable[FilePlan]:
    """The controller's configuration as far as pipelines need it: library, environment, credentials."""
    if platform.jenkins is not None:
        yield FilePlan(path=CASC, template="seed/jenkins.yaml.j2", inputs=_casc(platform, platform.jenkins))


def pipelines(platform: Platform, jenkins: Jenkins) -> dict[str, Any]:
    """The same for the chart of a controller, with its address and the namespace of agents' pods."""
    pod = jenkins.agent.pod
    told = {key: each for key, each in _casc(platform, jenkins).items() if key != "elsewhere" and each}
    return {"url": jenkins.url} | ({"namespace": pod.namespace} if pod else {}) | told


def _casc(platform: Platform, jenkins: Jenkins) -> dict[str, Any]:
    gated = {platform.cluster_of(each).credentials for each in platform.environments if each.gated}
    open_ = {platform.cluster_of(each).credentials for each in platform.environments if each.automatic}
    packages = {each.credentials for each in platform.packages.values()}
    packages |= {platform.images.mirror_login.credentials} if platform.images.mirror_login else set()
    logins = ({platform.images.credentials, platform.charts.credentials} | packages) - {""}
    open_ = (open_ | {platform.ledger_keys.credentials}) - gated - {""}
    everybody = {each for each in logins | open_ if PER_TEAM not in each}
    return {
        "version": (jenkins.library.version if jenkins.library else "") or f"v{__version__}",
        "library": {"remote": jenkins.library.repository, "credentialsId": jenkins.library.credentials}
        if jenkins.library
        else None,
        "environment": _environment(jenkins),
        "logins": [_login(each) for each in sorted(logins & everybody)],
        "files": [_file(each) for each in sorted(open_ & everybody)],
        "elsewhere": _elsewhere(platform, jenkins, gated, logins | open_, everybody),
    }


def _environment(jenkins: Jenkins) -> list[dict[str, str]]:
    source = jenkins.source
    if source is None:
        return []
    folder = "" if source.path == "." else f"#{source.path}"
    return [{"key": "PIPELINEKIT_PLATFORM", "value": f"git+{source.repository}@{source.branch}{folder}"}]


def _login(credential: str) -> dict[str, str]:
    name = names.variable(credential)
    return {"id": credential, "user": f"${{{name}_USER}}", "password": f"${{{name}_PASSWORD}}"}


def _file(credential: str) -> dict[str, str]:
    return {"id": credential, "content": f"${{{names.variable(credential)}_BASE64}}"}


def _elsewhere(
    platform: Platform, jenkins: Jenkins, gated: set[str], open_: set[str], shared: set[str]
) -> list[dict[str, str]]:
    """Credentials that must not be in the controller's own store, with the folder that they belong in."""
    found = [
        {"id": id_of(each, team), "folder": "release"}
        for each in sorted(gated - {""})
        for team in (platform.teams if PER_TEAM in each else ("",))
    ]
    found += [
        {"id": id_of(each, team), "folder": f"apps/{team}"}
        for team in platform.teams
        for each in sorted(open_ - shared)
    ]
    source = jenkins.source.credentials if jenkins.source else ""
    of_platform = dict.fromkeys((*components.credentials(platform), *certificates.credentials(platform)))
    rooms = {"platform": tuple(of_platform), "draft": drafts.credentials(platform)}
    found += [
        {"id": each, "folder": folder}
        for folder, held in rooms.items()
        for each in held
        if each not in shared
    ]
    found += [{"id": each, "folder": "pipelinekit"} for each in (jenkins.credentials, source) if each]
    repositories = {
        (each.credentials, f"apps/{each.team}") for each in platform.applications if each.credentials
    }
    return found + [{"id": id_, "folder": folder} for id_, folder in sorted(repositories)]


def plan_hook(platform: Platform, registration: Registration) -> FilePlan:
    """A `post-receive` hook for a private git server: it tells Jenkins of a push."""
    jenkins = platform.jenkins
    if jenkins is None:
        raise ValueError("no controller to tell")
    return FilePlan(
        path=f"{registration.hook}/post-receive",
        template="seed/post-receive.j2",
        inputs={
            "address": f"{quote(jenkins.url.rstrip('/'), safe=_ADDRESS)}/git/notifyCommit"
            f"?url={quote(registration.repository, safe='')}",
            "token_file": jenkins.token_file,
        },
        executable=True,
    )
