"""kubectl and helm as tests use them: against the testbed, in a namespace of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_POLL = 0.2  # seconds


@dataclass(frozen=True)
class Kube:
    """One namespace of the testbed."""

    env: Mapping[str, str]
    namespace: str

    def run(self, *argv: str, stdin: str | None = None, timeout: float = 120) -> str:
        """A program's standard output; an AssertionError with all its output when it fails."""
        done = self.attempt(*argv, stdin=stdin, timeout=timeout)
        assert done.returncode == 0, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def attempt(
        self, *argv: str, stdin: str | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv,
            env={**os.environ, **self.env},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        return self.run("kubectl", "-n", self.namespace, *arguments, stdin=stdin)

    def apply(self, *things: Mapping[str, Any]) -> None:
        listed = {"apiVersion": "v1", "kind": "List", "items": list(things)}
        self.kubectl("apply", "-f", "-", stdin=json.dumps(listed))

    def ready(self, pod: str) -> None:
        self.kubectl("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=60s")

    def fetched(self, pod: str, url: str) -> bool:
        """Whether a pod with Python gets an answer from `url` within two seconds."""
        code = f"import urllib.request as u; u.urlopen({url!r}, timeout=2).read()"
        return (
            self.attempt("kubectl", "-n", self.namespace, "exec", pod, "--", "python", "-c", code).returncode
            == 0
        )


@contextmanager
def namespace(env: Mapping[str, str], labels: Mapping[str, str] | None = None) -> Iterator[Kube]:
    """A namespace that is removed after the block, without waiting for it."""
    kube = Kube(env, f"test-{uuid4().hex[:8]}")
    metadata = {"name": kube.namespace, "labels": dict(labels or {})}
    kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    try:
        yield kube
    finally:
        kube.run("kubectl", "delete", "namespace", kube.namespace, "--wait=false")


def eventually(check: Callable[[], bool], patience: float = 15.0) -> bool:
    """Whether `check` comes true within `patience` seconds."""
    until = time.monotonic() + patience
    while not check():
        if time.monotonic() > until:
            return False
        time.sleep(_POLL)
    return True
