"""A platform of small components on the testbed: a folder, and the command line of its engineer."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from tests import warm
from tests.real.app import Said

BIN = Path(sys.executable).parent
CHARTS = Path(__file__).resolve().parent.parent / "components"


@dataclass(frozen=True)
class TestPlatform:
    """`folder` has platform.yaml and platform-charts/; components' namespaces begin with `prefix`."""

    __test__ = False

    folder: Path
    prefix: str
    env: Mapping[str, str]
    registry: str

    @property
    def image(self) -> str:
        return f"{self.registry}/library/busybox:stable"

    def component(
        self,
        name: str,
        *,
        needs: tuple[str, ...] = (),
        values: Mapping[str, Any] | None = None,
        policies: bool = False,
        chart: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        """Write a component, in the place of the one of that name; a changed chart needs another version."""
        folder = self.folder / "platform-charts" / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(CHARTS / "chart", folder / "chart")
        about = {**yaml.safe_load((folder / "chart" / "Chart.yaml").read_text()), **(chart or {})}
        (folder / "chart" / "Chart.yaml").write_text(json.dumps({**about, "name": f"{self.prefix}-{name}"}))
        if policies:
            shutil.copytree(CHARTS / "policies", folder / "policies")
            text = (folder / "policies" / "Chart.yaml").read_text()
            (folder / "policies" / "Chart.yaml").write_text(text.replace("part-", f"{self.prefix}-{name}-"))
        (folder / "values.yaml").write_text(json.dumps({"image": self.image, **(values or {})}))
        document = {
            "apiVersion": "pipelinekit/v1",
            "kind": "Component",
            "metadata": {"name": name},
            "namespace": f"{self.prefix}-{name}",
            "chart": "chart",
            "values": "values.yaml",
            "needs": list(needs),
            **({"policies": "policies"} if policies else {}),
            **more,
        }
        (folder / "component.yaml").write_text(json.dumps(document, indent=1))

    def wrap(self, name: str, **archive: str) -> None:
        """Make the component a wrapper of an archive of its chart; `archive` is laid over what it says."""
        folder = self.folder / "platform-charts" / name
        words = ["helm", "package", str(folder / "chart"), "--destination", str(folder)]
        subprocess.run(words, env={**os.environ, **self.env}, check=True, capture_output=True)
        (made,) = folder.glob("*.tgz")
        document = json.loads((folder / "component.yaml").read_text())
        del document["chart"]
        document["archive"] = {
            "name": f"{self.prefix}-{name}",
            "repository": "https://charts.example.com/stable",
            "version": "1.0.0",
            "digest": f"sha256:{hashlib.sha256(made.read_bytes()).hexdigest()}",
            "file": made.name,
            **archive,
        }
        (folder / "component.yaml").write_text(json.dumps(document, indent=1))
        shutil.rmtree(folder / "chart")

    def on(self, *names: str) -> None:
        """Write platform.yaml with these components."""
        document = {
            "apiVersion": "pipelinekit/v1",
            "kind": "Platform",
            "metadata": {"name": self.prefix},
            "images": {"registry": self.registry},
            "charts": {"repository": f"oci://{self.registry}/{self.prefix}"},
            "clusters": [{"name": "testbed"}],
            "environments": [{"name": "dev", "cluster": "testbed", "namespace": "{team}", "automatic": True}],
            "components": [{"name": name} for name in names],
        }
        (self.folder / "platform.yaml").write_text(json.dumps(document, indent=1))

    def verb(self, *arguments: str, patience: float = 300) -> Said:
        """Run a verb of the platform to its end, whatever that is, for so many seconds."""
        done = warm.run(self._words(*arguments), env={**os.environ, **self.env}, timeout=patience)
        return Said(done.returncode, done.stdout, done.stderr)

    def must(self, *arguments: str, patience: float = 300) -> Said:
        """Run a verb that has to succeed."""
        said = self.verb(*arguments, patience=patience)
        assert said.code == 0, f"platform {' '.join(arguments)}: {said.code}\n{said.out}\n{said.err}"
        return said

    def states(self, *arguments: str) -> dict[str, str]:
        """Deploy, whatever comes of it; the state of each component afterwards."""
        said = self.verb("deploy", "--json", *arguments)
        return {each["component"]: each["state"] for each in said.json()}

    @contextmanager
    def begun(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A verb that is killed at the end of the block, if it still runs."""
        process = subprocess.Popen(
            self._words(*arguments),
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()

    def killed_when(self, words: str, *arguments: str) -> str:
        """Begin a verb, and kill it as soon as it says these words; what it had said."""
        said = ""
        with self.begun(*arguments) as process:
            assert process.stdout is not None
            for line in process.stdout:
                said += line
                if words in line:
                    process.send_signal(signal.SIGKILL)
                    return said
        raise AssertionError(f"it never said {words!r}:\n{said}")

    def kubectl(self, *arguments: str, component: str = "", patience: float = 120) -> str:
        scope = ["--namespace", f"{self.prefix}-{component}"] if component else []
        done = subprocess.run(
            ["kubectl", *scope, *arguments],
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pods(self, component: str) -> dict[str, str]:
        """The uid of each pod of a component, by name."""
        items = json.loads(self.kubectl("get", "pods", "--output", "json", component=component))["items"]
        return {each["metadata"]["name"]: each["metadata"]["uid"] for each in items}

    def _words(self, *arguments: str) -> list[str]:
        return [str(BIN / "pipelinekit"), "platform", *arguments, "--platform", str(self.folder)]


@contextmanager
def made_platform(folder: Path, env: Mapping[str, str]) -> Iterator[TestPlatform]:
    """A platform whose namespaces and definitions are removed after the block, without waiting for it."""
    prefix = f"ro{uuid4().hex[:6]}"
    platform = TestPlatform(folder, prefix, env, env["PK_TESTBED_REGISTRY"])
    try:
        yield platform
    finally:
        names = platform.kubectl("get", "namespaces", "--output", "name").split()
        mine = [each for each in names if each.startswith(f"namespace/{prefix}")]
        if mine:
            platform.kubectl("delete", "--wait=false", *mine)
        crds = platform.kubectl("get", "crds", "--output", "name").split()
        for each in crds:
            if f".{prefix}.example.com" in each:
                platform.kubectl("delete", "--wait=false", each)


def wait_until(check: Any, seconds: float = 30) -> None:
    """Return once `check` is true; an AssertionError after so many seconds."""
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, check
        time.sleep(0.2)
