"""A `Lock` to the text of `.pipelinekit/lock.yaml`."""

from __future__ import annotations

from typing import Any

from pipelinekit.model.jenkins.agent import Notify
from pipelinekit.model.lock import Lock
from pipelinekit.model.platform.site import Site
from pipelinekit.render.escape import yaml_block

HEAD = "# Written by `pipelinekit generate`; commit it. It tells your edits from what was generated.\n"


def lock_text(lock: Lock) -> str:
    """The lock as YAML; the same lock gives the same text."""
    body: dict[str, Any] = {"tool": lock.tool, "templates": lock.templates, "site": _site(lock.site)}
    if lock.inputs:
        body["inputs"] = lock.inputs
    if lock.yours:
        body["yours"] = sorted(lock.yours)
    if lock.was:
        body["was"] = dict(sorted(lock.was.items()))
    body["files"] = dict(sorted(lock.files.items()))
    return HEAD + yaml_block(body)


def _notify(notify: Notify) -> dict[str, str]:
    return {"step": notify.step} | ({"library": notify.library} if notify.library else {})


def _site(site: Site) -> dict[str, Any]:
    pod = site.agent.pod
    fields: dict[str, Any] = {
        "library": site.library,
        "label": site.agent.label,
        "pod": {"namespace": pod.namespace, "image": pod.image} if pod else None,
        "notify": _notify(site.notify) if site.notify else None,
        "branch": site.branch,
        "path": site.path,
        "registryCredentials": site.registry_credentials,
        "chartsCredentials": site.charts_credentials,
        "kubeCredentials": list(site.kube_credentials),
        "packageCredentials": dict(sorted(site.package_credentials.items())),
        "mirrorCredentials": site.mirror_credentials,
        "mirrorForAll": site.mirror_for_all,
        "signingCredentials": site.signing_credentials,
        "signingPassword": site.signing_password,
        "ledgerCredentials": site.ledger_credentials,
        "signsCharts": site.signs_charts,
        "mesh": site.mesh,
    }
    return {name: value for name, value in fields.items() if value not in ("", None, [], {}, False)}
