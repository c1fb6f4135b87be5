"""The image that pipelines run in: an application like any other, built by ourselves, at work in its pod."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator

import pytest

from pipelinekit.generators.agentpod import CONTAINER, pod_manifest
from pipelinekit.model.jenkins.agent import AgentPod
from tests import agentimage
from tests.agentimage import said

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


@pytest.fixture(scope="module")
def registry() -> str:
    return os.environ["PK_TESTBED_REGISTRY"]


@pytest.fixture(scope="module")
def image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image, tested, built and pushed from a copy of this checkout."""
    return agentimage.built(registry, tmp_path_factory.mktemp("agent"))


@pytest.fixture
def inside(image: str, request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """A shell in a pod as generated Jenkinsfiles ask for it, at work; a test may ask for another profile."""
    manifest = pod_manifest(AgentPod(namespace=NAMESPACE, image=image))
    manifest["metadata"] = {"name": "agent", "namespace": NAMESPACE}
    manifest["spec"]["terminationGracePeriodSeconds"] = 1  # `sleep` hears no signal
    if seccomp := getattr(request, "param", ""):
        manifest["spec"]["containers"][0]["securityContext"]["seccompProfile"] = {"type": seccomp}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    said("kubectl", "apply", "-f", "-", put=json.dumps(space))
    try:
        said("kubectl", "apply", "-f", "-", put=json.dumps(manifest))
        ready = ("--for=condition=Ready", "pod/agent", "--timeout=120s")
        said("kubectl", "-n", NAMESPACE, "wait", *ready)
        yield ("kubectl", "-n", NAMESPACE, "exec", "-i", "agent", "-c", CONTAINER, "--", "sh")
    finally:
        said("kubectl", "delete", "namespace", NAMESPACE, "--wait=true", "--timeout=120s")


def _status(inside: tuple[str, ...], name: str) -> str:
    """A line of what the kernel says of a process in the pod."""
    return said(*inside, put=f"grep {name}: /proc/self/status").split()[1]


def test_the_command_line_tests_and_builds_in_the_pod_that_is_generated(inside: tuple[str, ...]) -> None:
    told = said(*inside, put=BUILD)
    assert "1 test passed" in told
    assert "t/tiny:0.1.1 is built" in told
    assert int(_status(inside, "CapEff"), 16) & (1 << 21) == 0, "SYS_ADMIN"
    assert (_status(inside, "Seccomp"), _status(inside, "NoNewPrivs")) == ("0", "1")


@pytest.mark.parametrize("inside", ["RuntimeDefault"], indirect=True)
def test_with_the_runtimes_own_seccomp_profile_nothing_can_be_built(inside: tuple[str, ...]) -> None:
    """Why the pod is unconfined: if this fails, a runtime allows what a build needs, and it need not be."""
    assert _status(inside, "Seccomp") == "2", "this node enforces no seccomp profile"
    done = subprocess.run(inside, input=BUILD, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode
    assert "operation not permitted" in (done.stdout + done.stderr).lower()
