"""The Jenkinsfile: thin, Declarative, and without the name of any environment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipelinekit import names
from pipelinekit.generators.agentpod import pod_manifest
from pipelinekit.model.app import App
from pipelinekit.model.platform.site import Site
from pipelinekit.model.stages import DEPLOY, STAGES, Stage, arguments_of, arguments_on_main
from pipelinekit.model.tree import FilePlan


def plan(app: App, site: Site) -> Iterable[FilePlan]:
    """One Jenkinsfile, in the application's folder."""
    pod = site.agent.pod
    notify = site.notify
    library = f"pipelinekit@v{site.library}"
    yield FilePlan(
        path="Jenkinsfile",
        template="jenkinsfile/Jenkinsfile.j2",
        inputs={
            "libraries": [library, notify.library] if notify and notify.library else library,
            "label": site.agent.label,
            "pod": {"namespace": pod.namespace, "manifest": pod_manifest(pod)} if pod else None,
            "parameter": DEPLOY,
            "checks": [_stage(each, app, site) for each in STAGES if not each.main],
            "branch": site.branch,
            "open": site.mirror_for_all,
            "releases": [_stage(each, app, site) for each in STAGES if each.main],
            "receipts": f"{_folder(site)}.pipelinekit/receipts/*.json",
            "notify": {"step": notify.step, "arguments": {"application": app.name, "team": app.team}}
            if notify
            else None,
        },
    )


def _stage(stage: Stage, app: App, site: Site) -> dict[str, Any]:
    arguments, held = arguments_of(stage, site), arguments_on_main(stage, app, site)
    return {
        "name": stage.name,
        "step": names.step(stage.verb),
        "arguments": arguments,
        "on_main": arguments | held if held else None,
        "notice": stage.notice,
        "reports": f"{_folder(site)}.pipelinekit/reports/*.xml" if stage.reports else "",
        "deploys": stage.deploys,
    }


def _folder(site: Site) -> str:
    return "" if site.path == "." else site.path.strip("/") + "/"
