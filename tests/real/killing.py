"""What is left when somebody is killed at an effect, held against what is left when nobody is."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import requests

from pipelinekit.plan.deploying.deployment import ANCHOR
from tests.real.app import BIN, TIMEOUT, Application

KINDS = (
    "deployments,services,serviceaccounts,configmaps,secrets,networkpolicies,poddisruptionbudgets,"
    "horizontalpodautoscalers,jobs,cronjobs,roles,rolebindings"
)
ACCEPT = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
REVISION = "deployment.kubernetes.io/revision"
WHEN = ("before", "amid", "after")
SHIM = """#!/bin/sh
case " $* " in
    {pattern}) ;;
    *) exec {program} "$@" ;;
esac
n=1
while ! mkdir "$KILL_COUNT/$n" 2>/dev/null; do n=$((n + 1)); done
if [ "$n" = "$KILL_AT" ]; then
    case $KILL_WHEN in
        before) kill -KILL 0 ;;
        amid) (sleep "${KILL_AMID:-0.3}"; kill -KILL 0) & ;;
        after) {program} "$@" >/dev/null; kill -KILL 0 ;;
    esac
fi
exec {program} "$@"
"""


class Place(Protocol):
    """Where a verb is run: an application's folder, or a platform's."""

    @property
    def folder(self) -> Path: ...

    @property
    def env(self) -> Mapping[str, str]: ...


def shims(application: Place, folder: Path, patterns: Mapping[str, str]) -> Path:
    """Programs that kill their group when it is their turn; only calls that a pattern names have one.

    A pattern is one of `case`, held against all words with a space on both ends.
    """
    folder.mkdir()
    for name, pattern in patterns.items():
        program = shutil.which(name, path=application.env.get("PATH", os.environ["PATH"]))
        assert program, name
        (folder / name).write_text(SHIM.replace("{program}", program).replace("{pattern}", pattern))
        (folder / name).chmod(stat.S_IRWXU)
    return folder


def killed(
    application: Place,
    words: Sequence[str],
    env: Mapping[str, str],
    seconds: float = 0.0,
    cwd: Path | None = None,
) -> int:
    """Run a verb in a group of its own, killed after so long or by a shim; its exit code."""
    with subprocess.Popen(
        [str(BIN / "pipelinekit"), *words],
        cwd=cwd or application.folder,
        env={**os.environ, **application.env, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(seconds or TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()


def left(application: Application, namespace: str) -> dict[str, Any]:
    """All that a deployment leaves there, but for what is another one each time: times, ids, addresses."""
    kubectl = ("kubectl", "-n", namespace)
    words = ("get", KINDS, "--selector", "app.kubernetes.io/instance=orders", "-o", "json")
    listed = json.loads(application.tool(*kubectl, *words, "--show-managed-fields"))
    history = json.loads(application.tool("helm", "-n", namespace, "history", "orders", "-o", "json"))
    values = application.tool("helm", "-n", namespace, "get", "values", "orders", "-o", "json")
    return {
        "objects": {f"{each['kind']}/{each['metadata']['name']}": plain(each) for each in listed["items"]},
        "status": history[-1]["status"],
        "deployed": [each["status"] for each in history].count("deployed"),
        "pending": [each["status"] for each in history if each["status"].startswith("pending")],
        "chart": history[-1]["chart"],
        "values": json.loads(values),
    }


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """What `left` found without the number of a revision and the head of the ledger, which is another each
    time and which `ledger verify` looks at."""
    for each in found["objects"].values():
        notes = each["metadata"].get("annotations", {})
        for name in (ANCHOR, REVISION):
            notes.pop(name, None)
    return found


def differences(wanted: Any, found: Any, at: str = "") -> Iterator[str]:
    """Each field that is not the same, with both values."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted(wanted.keys() | found.keys()):
            yield from differences(wanted.get(name), found.get(name), f"{at}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(one, other, f"{at}[{number}]")
    elif wanted != found:
        yield f"{at}: {wanted!r}, now {found!r}"


def plain(each: dict[str, Any]) -> dict[str, Any]:
    """An object without what is another one each time."""
    each.pop("status", None)
    metadata = each["metadata"]
    for name in ("uid", "resourceVersion", "creationTimestamp", "generation", "namespace", "ownerReferences"):
        metadata.pop(name, None)
    metadata["managedFields"] = sorted(
        (owner["manager"], owner["operation"], json.dumps(owner["fieldsV1"], sort_keys=True))
        for owner in metadata.get("managedFields", ())
        if owner.get("subresource") != "status"
    )
    for name in ("meta.helm.sh/release-namespace",):
        metadata.get("annotations", {}).pop(name, None)
    for name in ("clusterIP", "clusterIPs", *(["selector"] if each["kind"] == "Job" else [])):
        each.get("spec", {}).pop(name, None)
    for labels in (
        metadata.get("labels"),
        each.get("spec", {}).get("template", {}).get("metadata", {}).get("labels"),
    ):
        for name in [name for name in labels or () if name.endswith("controller-uid")]:
            del labels[name]
    return each


def published(application: Application, *repositories: str) -> dict[str, str]:
    """The tags of these repositories in the registry, with their digests."""
    host = application.env["PK_TESTBED_REGISTRY"]
    config = json.loads(Path(application.env["DOCKER_CONFIG"], "config.json").read_text())
    headers = {"Authorization": f"Basic {config['auths'][host]['auth']}", "Accept": ACCEPT}
    found = {}
    for repository in repositories:
        address = f"http://{host}/v2/{repository}"
        for tag in requests.get(f"{address}/tags/list", headers=headers, timeout=30).json()["tags"]:
            head = requests.head(f"{address}/manifests/{tag}", headers=headers, timeout=30)
            found[f"{repository}:{tag}"] = head.headers["Docker-Content-Digest"]
    return found


WIRE = '''"""A writing request to a registry is an effect as well: it has its turn like a program's call."""

import http.client
import os
import signal
import threading

FOLDER, AT, WHEN = (os.environ.get(f"KILL_{each}", "") for each in ("COUNT", "AT", "WHEN"))


def kill():
    os.killpg(0, signal.SIGKILL)


def turn():
    n = 1
    while True:
        try:
            os.mkdir(f"{FOLDER}/{n}")
        except FileExistsError:
            n += 1
        else:
            return str(n)


class Connection(http.client.HTTPConnection):
    def putrequest(self, method, *arguments, **named):
        self.last = method in ("DELETE", "PATCH", "POST", "PUT") and turn() == AT
        if self.last and WHEN == "before":
            kill()
        if self.last and WHEN == "amid":
            threading.Timer(0.002, kill).start()
        return PUT(self, method, *arguments, **named)

    def getresponse(self, *arguments, **named):
        found = GET(self, *arguments, **named)
        if getattr(self, "last", False) and WHEN == "after":
            kill()
        return found


PUT, GET = http.client.HTTPConnection.putrequest, http.client.HTTPConnection.getresponse
if FOLDER:
    http.client.HTTPConnection.putrequest = Connection.putrequest
    http.client.HTTPConnection.getresponse = Connection.getresponse
'''


def wire(folder: Path) -> Path:
    """A folder that makes Python count and kill at requests that write, when it is on its path."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WIRE)
    return folder
