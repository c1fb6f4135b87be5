"""What a bare controller needs: the seed pipeline, a JCasC snippet, and hooks for private git servers."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from pipelinekit import __version__, names
from pipelinekit.generators.agentpod import pod_manifest
from pipelinekit.model.platform import Jenkins, Origin, Platform, Registration
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
            "library": f"pipelinekit@v{__version__}",
            "label": jenkins.agent.label,
            "pod": {"namespace": pod.namespace, "manifest": pod_manifest(pod)} if pod else None,
            "schedule": SCHEDULE,
            "remote": _remote(source),
            "branch": source.branch,
            "sync": {"action": "sync", "platform": source.path},
            "plan": _jobs("plan", source, jenkins) | {"out": PLAN},
            "apply": _jobs("apply", source, jenkins) | {"plan": PLAN},
            "file": PLAN,
        },
    )


def _jobs(action: str, source: Origin, jenkins: Jenkins) -> Arguments:
    held: Arguments = {"jenkinsCredentialsId": jenkins.credentials} if jenkins.credentials else {}
    return {"action": action, "platform": source.path} | held


def _remote(source: Origin) -> Arguments:
    held: Arguments = {"credentialsId": source.credentials} if source.credentials else {}
    return {"url": source.repository} | held


def plan_casc(platform: Platform) -> Iterable[FilePlan]:
    """The controller's configuration as far as pipelines need it: library, environment, credentials."""
    jenkins = platform.jenkins
    if jenkins is None:
        return
    gated = {platform.cluster_of(each).credentials for each in platform.environments if each.gated}
    open_ = {platform.cluster_of(each).credentials for each in platform.environments if each.automatic}
    packages = {each.credentials for each in platform.packages.values()}
    packages |= {platform.images.mirror_login.credentials} if platform.images.mirror_login else set()
    logins = ({platform.images.credentials, platform.charts.credentials} | packages) - {""}
    yield FilePlan(
        path=CASC,
        template="seed/jenkins.yaml.j2",
        inputs={
            "version": f"v{__version__}",
            "library": {"remote": jenkins.library.repository, "credentialsId": jenkins.library.credentials}
            if jenkins.library
            else None,
            "environment": _environment(jenkins),
            "logins": [_login(each) for each in sorted(logins)],
            "files": [_file(each) for each in sorted(open_ - gated - {""})],
            "elsewhere": _elsewhere(platform, jenkins, gated),
        },
    )


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


def _elsewhere(platform: Platform, jenkins: Jenkins, gated: set[str]) -> list[dict[str, str]]:
    """Credentials that must not be in the controller's own store, with the folder that they belong in."""
    found = [
        {"id": each, "folder": folder} for each in sorted(gated - {""}) for folder in ("release", "platform")
    ]
    source = jenkins.source.credentials if jenkins.source else ""
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
        path=f"hooks/{registration.team}-{registration.name}/post-receive",
        template="seed/post-receive.j2",
        inputs={
            "address": f"{quote(jenkins.url.rstrip('/'), safe=_ADDRESS)}/git/notifyCommit"
            f"?url={quote(registration.repository, safe='')}",
            "token_file": jenkins.token_file,
        },
        executable=True,
    )
