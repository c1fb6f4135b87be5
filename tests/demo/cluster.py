"""Which cluster and registry the demo uses: those named, one that is here already, or the testbed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Say = Callable[[str], None]

KIND_REGISTRY = "localhost:5001"
MINIKUBE_REGISTRY = "localhost:5000"
MINIKUBE_PORT_FORWARD = (
    "kubectl --context minikube --namespace kube-system port-forward service/registry 5000:80"
)


NAMESPACE = "demo-dev"
DOWN = "make testbed-down"
DEPLOYED = (
    f"  the cluster: namespace {NAMESPACE}, with the application hello in it",
    "  the registry: images and charts below demo/",
    "  this checkout: the folder .demo",
)
"""What the demo does wherever it runs."""


class CannotRun(Exception):
    """The demo cannot go on here; the text says what is missing and how to get it."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the demo deploys to: `env` is laid over the environment of every command."""

    name: str
    context: str
    registry: str
    mirror: str
    env: dict[str, str]
    remove: str
    """The command that takes away what the demo set up for itself; empty when that is nothing."""

    def removal(self, namespace: str) -> list[str]:
        """The commands that take away everything the demo has made: in the cluster, and around it."""
        deployed = f"kubectl --context {self.context} delete namespace {namespace}"
        # With a testbed of the demo's own everything in it goes.
        return [each for each in (deployed if self.remove != DOWN else "", self.remove) if each]


def choose(say: Say) -> Place:
    """CONTEXT and REGISTRY when given, else a kind or minikube cluster that is here, else the testbed."""
    context, registry = os.environ.get("CONTEXT", ""), os.environ.get("REGISTRY", "")
    if bool(context) != bool(registry):
        raise CannotRun("give both: make demo CONTEXT=<kube context> REGISTRY=<host[:port]>")
    if context:
        return _given(say, context, registry)
    for found in (_kind, _minikube):
        place = found(say)
        if place:
            return place
    return _testbed(say)


def _given(say: Say, context: str, registry: str) -> Place:
    _require("docker", "kubectl", "helm", "git")
    consent(say, [f"the demo changes, in context {context} and registry {registry}:", *DEPLOYED])
    mirror = os.environ.get("MIRROR", "docker.io")
    return Place(
        name=f"context {context}", context=context, registry=registry, mirror=mirror, env={}, remove=""
    )


def _require(*tools: str) -> None:
    missing = [each for each in tools if not shutil.which(each)]
    if missing:
        raise CannotRun(f"not installed: {', '.join(missing)}; `pipelinekit doctor` says how to get them")


def _output(*argv: str) -> str:
    """What a command prints, or nothing when it is not there or fails."""
    if not shutil.which(argv[0]):
        return ""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout if done.returncode == 0 else ""


def _kind(say: Say) -> Place | None:
    clusters = _output("kind", "get", "clusters").split()
    if not clusters:
        return None
    _require("docker", "kubectl", "helm", "git")
    cluster = clusters[0]
    consent(
        say,
        [
            f"a kind cluster is here: {cluster}; the demo changes:",
            f"  a container pipelinekit-registry at {KIND_REGISTRY}, in the network kind",
            "  each node: that registry's address, below /etc/containerd/certs.d",
            *DEPLOYED,
        ],
    )
    _kind_registry(cluster)
    return Place(
        name=f"kind cluster {cluster}",
        context=f"kind-{cluster}",
        registry=KIND_REGISTRY,
        mirror=os.environ.get("MIRROR", "docker.io"),
        env={},
        remove="docker rm -f pipelinekit-registry",
    )


def _kind_registry(cluster: str) -> None:
    """A registry beside the cluster that host and nodes reach under one name, as kind documents it."""
    if not _output("docker", "inspect", "pipelinekit-registry"):
        port = KIND_REGISTRY.rsplit(":", 1)[1]
        run = ["docker", "run", "--detach", "--restart=always", "--name", "pipelinekit-registry"]
        subprocess.run([*run, "--publish", f"127.0.0.1:{port}:5000", "registry:2"], check=True)
    networks = _output(
        "docker", "inspect", "--format", "{{json .NetworkSettings.Networks}}", "pipelinekit-registry"
    )
    if "kind" not in json.loads(networks or "{}"):
        subprocess.run(["docker", "network", "connect", "kind", "pipelinekit-registry"], check=True)
    folder = f"/etc/containerd/certs.d/{KIND_REGISTRY}"
    hosts = '[host."http://pipelinekit-registry:5000"]\n'
    for node in _output("kind", "get", "nodes", "--name", cluster).split():
        subprocess.run(["docker", "exec", node, "mkdir", "-p", folder], check=True)
        subprocess.run(
            ["docker", "exec", "--interactive", node, "cp", "/dev/stdin", f"{folder}/hosts.toml"],
            input=hosts,
            text=True,
            check=True,
        )


def _minikube(say: Say) -> Place | None:
    status = _output("minikube", "status", "--output", "json")
    if '"Host":"Running"' not in status.replace(" ", ""):
        return None
    _require("docker", "kubectl", "helm", "git")
    consent(
        say, ["a minikube cluster is here; the demo changes:", "  its registry addon is turned on", *DEPLOYED]
    )
    subprocess.run(["minikube", "addons", "enable", "registry"], check=True)
    if not _output("curl", "--silent", "--fail", f"http://{MINIKUBE_REGISTRY}/v2/"):
        raise CannotRun(
            f"forward the registry's port in another terminal, then try again:\n  {MINIKUBE_PORT_FORWARD}"
        )
    return Place(
        name="minikube",
        context="minikube",
        registry=MINIKUBE_REGISTRY,
        mirror=os.environ.get("MIRROR", "docker.io"),
        env={},
        remove="minikube addons disable registry",
    )


def _testbed(say: Say) -> Place:
    """The real one-node Kubernetes of the tests, on this machine."""
    if os.geteuid() != 0:
        raise CannotRun(
            "no cluster is given, and none was found.\n"
            "  a cluster of yours:  make demo CONTEXT=<kube context> REGISTRY=<host[:port]>\n"
            "  one for the demo:    run it as root on Debian, and it makes its own one-node Kubernetes"
        )
    status = subprocess.run(
        [sys.executable, "-m", "tests.testbed", "status"], capture_output=True, text=True, check=False
    )
    ours = status.returncode != 0
    if ours:
        say("no cluster is given, and none was found: the demo makes one.")
        listed = subprocess.run(
            [sys.executable, "-m", "tests.testbed", "changes", "--demo"],
            capture_output=True,
            text=True,
            check=True,
        )
        gone = f"`{DOWN}` takes it away again; the first time takes some minutes."
        consent(say, [*listed.stdout.splitlines(), *DEPLOYED, gone])
        subprocess.run([sys.executable, "-m", "tests.testbed", "up", "--demo"], check=True)
    else:
        consent(say, ["the testbed on this machine is up, and stays as it is; the demo adds:", *DEPLOYED])
    described = subprocess.run(
        [sys.executable, "-m", "tests.testbed", "env", "--json"], capture_output=True, text=True, check=True
    )
    env: dict[str, str] = json.loads(described.stdout)
    registry = env["PK_TESTBED_REGISTRY"]
    return Place(
        name="testbed (a one-node Kubernetes on this machine)",
        context=env["PK_TESTBED_CONTEXT"],
        registry=registry,
        mirror=registry,
        env=env,
        # One that was up may be somebody else's.
        remove=DOWN if ours else "",
    )


def consent(say: Say, changes: Sequence[str]) -> None:
    """Say what will be changed, and ask; without a terminal to ask in, `YES=1` is the answer.

    Raises `CannotRun` unless somebody said yes.
    """
    for line in changes:
        say(line)
    if os.environ.get("YES") in {"1", "y", "yes"}:
        return
    if not sys.stdin.isatty():
        raise CannotRun(
            "nothing was changed, for there is no terminal to ask in. To go on without a question:\n"
            "  make demo YES=1"
        )
    answer = input("Go on? [y/N] ")
    if answer.strip().lower() not in {"y", "yes"}:
        raise CannotRun("nothing was changed; with a cluster of yours: make demo CONTEXT=… REGISTRY=…")
