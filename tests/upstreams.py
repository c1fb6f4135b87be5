"""Upstream charts, packaged by the real Helm, and a Helm repository over http that anybody may read."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

OPERATOR = {
    "values.yaml": """\
image:
  repository: ""
  tag: null
  digest: null
helper: ""
resources: {}
securityContext: {allowPrivilegeEscalation: false}
config:
  greeting: hello
installCRDs: true
""",
    "templates/_names.tpl": """\
{{- define "operator.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end -}}
""",
    "templates/server.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      terminationGracePeriodSeconds: 0
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
      {{- with .Values.helper }}
      initContainers:
        - name: helper
          image: {{ . }}
          command: [/bin/busybox, "true"]
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      {{- end }}
      containers:
        - name: manager
          image: {{ include "operator.image" . | quote }}
          command: [/bin/busybox, sleep, "100000"]
          env: [{name: GREETING, value: {{ .Values.config.greeting | quote }}}]
          {{- with .Values.securityContext }}
          securityContext:
            capabilities: {drop: [ALL]}
            {{- toYaml . | nindent 12 }}
          {{- end }}
""",
}
"""The shape of an operator's chart: an image in parts, and one in a text of its own."""
CRDS: Mapping[str, str] = {"values.yaml": "labels: {}\n", "templates/widgets.yaml": ""}
"""A chart inside of it."""


@dataclass
class Upstream:
    """`log` has the path of each request."""

    folder: Path
    helm: str
    url: str = ""
    log: list[str] = field(default_factory=list)

    def publish(self, name: str, version: str, texts: Mapping[str, str], **inside: Mapping[str, str]) -> Path:
        """Package a chart, and put it into the index; a version that is there is replaced. Its archive."""
        chart = self.folder.parent / "sources" / name
        shutil.rmtree(chart, ignore_errors=True)
        _write(chart, {"name": name, "version": version, "appVersion": version}, texts, tuple(inside))
        for each, more in inside.items():
            _write(chart / "charts" / each, {"name": each, "version": version}, more, ())
        self.take(chart)
        return self.folder / f"{name}-{version}.tgz"

    def take(self, chart: Path, version: str = "") -> None:
        """Package the chart in a folder, and put it into the index; as another version where one is given."""
        named = ["--version", version, "--app-version", version] if version else []
        self._run("package", str(chart), "--destination", str(self.folder), *named)
        self._run("repo", "index", str(self.folder))

    def _run(self, *words: str) -> None:
        subprocess.run([self.helm, *words], check=True, capture_output=True)


def _write(chart: Path, about: dict[str, Any], texts: Mapping[str, str], inside: tuple[str, ...]) -> None:
    if inside:
        listed = [{"name": each, "version": about["version"]} for each in inside]
        about = {**about, "dependencies": listed}
    for path, text in {"Chart.yaml": json.dumps({"apiVersion": "v2", **about}), **texts}.items():
        (chart / path).parent.mkdir(parents=True, exist_ok=True)
        (chart / path).write_text(text)


@contextmanager
def serve(folder: Path, path: str) -> Iterator[Upstream]:
    """The repository for the duration of the block; `path` is where Helm is looked for."""
    helm = shutil.which("helm", path=path)
    assert helm, path
    folder.mkdir(parents=True)
    upstream = Upstream(folder, helm)

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            upstream.log.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    upstream.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield upstream
    finally:
        server.shutdown()
        server.server_close()
