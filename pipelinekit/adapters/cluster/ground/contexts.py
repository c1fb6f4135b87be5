"""Contexts of a kubeconfig: which cluster each leads to, one of them alone while a verb runs.

kubectl puts the files together. What they name beside themselves is named from the folder of the file that
says so, and read of one context alone: what belongs to another may be gone. Held against kubectl in
`tests/real/test_contexts.py`.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelinekit.adapters.cluster import printed
from pipelinekit.adapters.cluster.answers import NO_KUBECONFIG
from pipelinekit.adapters.disk import files, private
from pipelinekit.adapters.running import process
from pipelinekit.errors import PipelinekitError, ToolFailed, failed, refused
from pipelinekit.model.draft import Context

_DATA = ("certificate-authority", "client-certificate", "client-key")
"""What is a file's path, or with `-data` behind it what is in one."""
_LARGEST = 1024 * 1024
_HINT = "KUBECONFIG names it, else it is ~/.kube/config; `kubectl config view` reads it as well"


class Contexts:
    """The kubeconfig as it was at the first question: what is changed later does not count."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._config = _viewed(env)
        self.current = str(self._config.get("current-context") or "")

    def all(self) -> tuple[Context, ...]:
        """Every context that leads to a cluster."""
        clusters, found = self._clusters, []
        for name, context in self._named("contexts", "context").items():
            cluster = clusters.get(str(context.get("cluster")))
            if cluster and cluster.get("server"):
                ca = _digest(self._authority(str(context.get("cluster")), cluster))
                found.append(Context(name=name, server=str(cluster["server"]), ca=ca))
        return tuple(found)

    def chosen(self, name: str) -> Context:
        """The context of that name, or the current one; `Refused` when there is none."""
        wanted = name or self.current
        found = next((each for each in self.all() if each.name == wanted), None)
        if found is None:
            if wanted in self._named("contexts", "context"):
                problem = f"the kube context '{wanted}' leads to no cluster"
                raise refused(
                    "context-missing", problem, hint="`kubectl config view`: has it one, with a server?"
                )
            known = ", ".join(each.name for each in self.all())
            problem = f"there is no kube context '{wanted}'" if wanted else "no kube context is current"
            hint = f"the kubeconfig has: {known}; --context NAME" if known else NO_KUBECONFIG
            raise refused("context-missing", problem, hint=hint)
        return found

    @contextlib.contextmanager
    def pinned(self, name: str) -> Iterator[Mapping[str, str]]:
        """`KUBECONFIG` with this context alone, in a file that only we can read."""
        context = self._named("contexts", "context")[name]
        cluster, user = str(context.get("cluster")), str(context.get("user"))
        told = self._named("users", "user").get(user, {})
        body = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "contexts": [{"name": name, "context": context}],
            "clusters": [
                {"name": cluster, "cluster": self._whole("clusters", cluster, self._clusters[cluster])}
            ],
            "users": [{"name": user, "user": self._whole("users", user, told)}],
        }
        with private.folder() as folder:
            file = Path(folder, "kubeconfig")
            files.write_atomic(file, json.dumps(body), mode=0o600)
            yield {"KUBECONFIG": str(file)}

    @cached_property
    def _clusters(self) -> dict[str, Any]:
        return self._named("clusters", "cluster")

    def _named(self, kind: str, key: str) -> dict[str, Any]:
        """What it says of each that has a name; a person writes it, and kubectl fills in what it can."""
        return {name: each for name, each in _entries(self._config, kind, key) if isinstance(each, dict)}

    def _authority(self, name: str, cluster: Mapping[str, Any]) -> str:
        """What its certificates are, in base64; nothing where they are in a file that is not there."""
        try:
            return str(self._whole("clusters", name, cluster).get("certificate-authority-data") or "")
        except ToolFailed:
            return ""

    def _whole(self, kind: str, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """The same without a path from where it is written; raises for a file that is not there."""
        whole = dict(said)
        for key in _DATA:
            path = whole.pop(key, None)
            if path and not whole.get(f"{key}-data"):
                content = self._content(self._path(kind, name, str(path)))
                whole[f"{key}-data"] = base64.b64encode(content).decode()
        if whole.get("tokenFile"):
            whole["tokenFile"] = self._path(kind, name, str(whole["tokenFile"]))
        asked = whole.get("exec")
        # A program without a folder is looked for as a shell does.
        if isinstance(asked, dict) and "/" in str(asked.get("command") or ""):
            whole["exec"] = {**asked, "command": self._path(kind, name, str(asked["command"]))}
        return whole

    def _content(self, path: str) -> bytes:
        try:
            return files.read_bytes(Path(path), _LARGEST)
        except PipelinekitError as error:
            problem = f"the kubeconfig names {path}, which cannot be read"
            raise failed("kubeconfig-unreadable", problem, hint=_HINT) from error

    def _path(self, kind: str, name: str, path: str) -> str:
        # Most are whole, and nobody has to ask where they are written.
        if not os.path.isabs(path):  # noqa: PTH117 - a text, as kubectl takes it
            path = os.path.join(self._folders.get((kind, name), ""), path)  # noqa: PTH118
        return os.path.normpath(path)

    @cached_property
    def _folders(self) -> dict[tuple[str, str], str]:
        """Where the file is that says what each is: the first of those that name it."""
        listed = self._env.get("KUBECONFIG") or os.environ.get("KUBECONFIG") or ""
        paths = [each for each in listed.split(os.pathsep) if each and Path(each).exists()]
        found: dict[tuple[str, str], str] = {}
        for path in paths or [str(Path.home() / ".kube/config")]:
            config = self._config if len(paths) < 2 else _viewed({**self._env, "KUBECONFIG": path})
            folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - links stay, as for kubectl
            for kind, key in (("clusters", "cluster"), ("users", "user")):
                for name, _ in _entries(config, kind, key):
                    found.setdefault((kind, name), folder)
        return found


def _viewed(env: Mapping[str, str]) -> Mapping[str, Any]:
    words = ["kubectl", "config", "view", "--raw", "--output", "json"]
    return printed.mapping(
        process.check(words, env=env, timeout=30, code="kubeconfig-unreadable", hint=_HINT)
    )


def _entries(config: Mapping[str, Any], kind: str, key: str) -> Iterator[tuple[str, Any]]:
    listed = config.get(kind)
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and each.get("name"):
            yield str(each["name"]), each.get(key)


def _digest(data: str) -> str:
    if not data:
        return ""
    try:
        return "sha256:" + hashlib.sha256(base64.b64decode(data, validate=True)).hexdigest()
    except (binascii.Error, ValueError) as error:
        raise failed("kubeconfig-unreadable", f"certificate-authority-data is no base64: {error}") from error
