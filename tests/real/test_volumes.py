"""Folders to write to: in memory, on disk, and what outlives its pods."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests.real import app
from tests.real.app import Application

PROGRAM = """
import http.server, json, pathlib

def written(folder):
    try:
        place = pathlib.Path(folder, "starts")
        count = int(place.read_text()) + 1 if place.exists() else 1
        place.write_text(str(count))
        return count
    except OSError as error:
        return error.strerror

seen = {folder: written(folder) for folder in ("/app/kept", "/app/scratch", "/run/app", "/app", "/tmp")}

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(seen).encode())
    def log_message(self, *words):
        pass

http.server.ThreadingHTTPServer(("", 8080), Answer).serve_forever()
"""
VOLUMES = """  volumes:
    kept: {path: /app/kept, persistent: 64Mi, class: CLASS}
    scratch: {path: /app/scratch, disk: 8Mi}
    sockets: {path: /run/app, memory: 1Mi}
"""


@contextmanager
def storage(application: Application, folder: Path, node: str) -> Iterator[str]:
    """A storage class of one volume, on the node's disk and root's own, as a driver would make it."""
    name = f"kept-{uuid4().hex[:8]}"
    folder.mkdir(mode=0o755)
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}
    things = [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name},
            "provisioner": "kubernetes.io/no-provisioner",
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "capacity": {"storage": "64Mi"},
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": name,
                "local": {"path": str(folder)},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
            },
        },
    ]
    listed = {"apiVersion": "v1", "kind": "List", "items": things}
    application.tool("kubectl", "apply", "-f", "-", stdin=json.dumps(listed))
    try:
        yield name
    finally:
        application.tool(
            "kubectl", "delete", f"storageclass/{name}", f"persistentvolume/{name}", "--wait=false"
        )


def test_what_is_written_stays_where_it_should(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with (
        app.new(testbed, tmp_path) as application,
        storage(application, tmp_path / "disk", testbed["PK_TESTBED_NODE"]) as kind,
    ):
        application.write("orders/__main__.py", PROGRAM)
        application.replace("app.yaml", "  port: 8080\n", "  port: 8080\n" + VOLUMES.replace("CLASS", kind))
        application.must("generate")
        application.commit()
        application.until("deploy")
        first = json.loads(application.http())
        assert first == {
            "/app/kept": 1,
            "/app/scratch": 1,
            "/run/app": 1,
            "/app": "Read-only file system",
            "/tmp": 1,
        }
        application.tool(
            "kubectl",
            "-n",
            application.namespace,
            "delete",
            "pod",
            f"{application.name}-0",
            "--grace-period=1",
        )
        assert app.eventually(lambda: _starts(application) == 2)
        assert json.loads(application.http())["/app/scratch"] == 1
        assert "runs already" in application.must("deploy").out

        application.replace("app.yaml", "persistent: 64Mi", "persistent: 1Gi")
        application.must("generate")
        application.commit()
        application.until("publish")
        grown = application.verb("deploy")
        assert grown.code == 6
        assert grown.reason == (
            "error: dev: StatefulSet/orders cannot be changed in place: "
            "the size of volume kept is 64Mi and would be 1Gi"
        )
        assert "pods of a template" not in grown.err
        assert json.loads(application.http())["/app/kept"] == 2


def _starts(application: Application) -> int:
    try:
        return int(json.loads(application.http())["/app/kept"])
    except AssertionError:
        return 0
