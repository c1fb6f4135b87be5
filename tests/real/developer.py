"""A developer at the testbed: an application, a kubeconfig of their own, Draft's home."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.real import app
from tests.real.app import BIN, Application, Said, eventually


@dataclass(frozen=True)
class Developer:
    """`application` is whose folder they work in."""

    application: Application
    name: str
    kubeconfig: Path

    @property
    def namespace(self) -> str:
        return f"draft-{self.application.team}-{self.name}"

    def draft(self, *words: str, env: Mapping[str, str] | None = None) -> Said:
        return self.application.verb("draft", *words, env=env)

    def up(self, *words: str) -> Any:
        """What `draft up` says as JSON; it has to succeed."""
        return self.application.must("draft", "up", "--json", *words).json()

    def here(self) -> Application:
        """The application where this developer has it."""
        return _Here(**vars(self.application), developer=self.name)

    def http(self, path: str = "/") -> str:
        service = f"/api/v1/namespaces/{self.namespace}/services/http:{self.application.name}:80/proxy{path}"
        return self.application.tool("kubectl", "get", "--raw", service)

    def with_env(self, **env: str) -> Developer:
        """The same developer, whose verbs run with these variables as well."""
        return replace(self, application=self.application.with_env(**env))

    def releases(self) -> list[dict[str, Any]]:
        listed = self.application.tool("helm", "-n", self.namespace, "list", "-o", "json")
        found: list[dict[str, Any]] = json.loads(listed)
        return found

    def images(self) -> set[str]:
        """What the engine has of the application."""
        mine = self.application
        name = f"{mine.env['PIPELINEKIT_REGISTRY']}/{mine.team}/{mine.name}"
        return set(mine.tool("docker", "images", "--no-trunc", "--quiet", name).split())

    def config(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.kubeconfig.read_text())
        return found

    def write_config(self, config: Mapping[str, Any]) -> None:
        self.kubeconfig.write_text(json.dumps(config))


@dataclass(frozen=True)
class _Here(Application):
    developer: str = ""

    @property
    def namespace(self) -> str:
        return f"draft-{self.team}-{self.developer}"


@contextmanager
def developer(
    testbed: Mapping[str, str], folder: Path, language: str = "python", name: str = "orders"
) -> Iterator[Developer]:
    """A developer with a new application; their namespace is removed after the block."""
    with app.new(testbed, folder, language, name=name) as application:
        someone = f"d{uuid4().hex[:6]}"
        kubeconfig = folder / "kubeconfig.json"
        kubeconfig.write_text(
            application.tool("kubectl", "config", "view", "--raw", "--flatten", "-o", "json")
        )
        env = {
            "PIPELINEKIT_DEVELOPER": someone,
            "DRAFT_HOME": str(folder / "home"),
            "KUBECONFIG": str(kubeconfig),
        }
        found = Developer(application.with_env(**env), someone, kubeconfig)
        try:
            yield found
        finally:
            words = ("delete", "namespace", found.namespace, "--ignore-not-found", "--wait=false")
            application.tool("kubectl", *words)


def beside(first: Developer) -> Developer:
    """Another developer in the same folder."""
    name = f"e{uuid4().hex[:6]}"
    return replace(first, name=name, application=first.application.with_env(PIPELINEKIT_DEVELOPER=name))


@contextmanager
def saying(dev: Developer, *words: str) -> Iterator[list[str]]:
    """`draft` with these words during the block; its lines. Ctrl-C ends it, with all that it has started."""
    said: list[str] = []
    with subprocess.Popen(
        [str(BIN / "pipelinekit"), "draft", *words],
        cwd=dev.application.folder,
        env={**os.environ, **dev.application.env},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        reader = threading.Thread(target=lambda: said.extend(process.stdout or ()))
        reader.start()
        try:
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            finally:
                # One that does not end fails, and holds up nobody.
                process.kill()
                reader.join()
    assert process.returncode == 130
    # What was begun in the very moment of Ctrl-C dies with its parent, and that takes the system a moment.
    assert eventually(lambda: not _session(process.pid), 5), _session(process.pid)


def _session(leader: int) -> list[str]:
    """The processes of a session that are there still."""
    words = ["ps", "-eo", "sess=,pid=,stat=,args="]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    return [each for each in told if each.split()[0] == str(leader)]


def ask(port: int, path: str) -> str:
    """What answers at a local port, or why nothing does."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            text: str = answer.read().decode()
            return text
    except OSError as error:
        return repr(error)
