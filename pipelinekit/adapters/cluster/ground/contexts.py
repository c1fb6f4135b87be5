"""Contexts of a kubeconfig: which cluster each leads to, one of them alone while a verb runs."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelinekit.adapters import private, process
from pipelinekit.adapters.cluster import printed
from pipelinekit.adapters.cluster.answers import NO_KUBECONFIG
from pipelinekit.adapters.files import write_atomic
from pipelinekit.errors import failed, refused
from pipelinekit.model.draft import Context


class Contexts:
    """The kubeconfig as it was at the first question: what is changed later does not count."""

    def __init__(self, env: Mapping[str, str]) -> None:
        words = ["kubectl", "config", "view", "--raw", "--flatten", "--output", "json"]
        hint = "KUBECONFIG names it, else it is ~/.kube/config; `kubectl config view` reads it as well"
        told = process.check(words, env=env, timeout=30, code="kubeconfig-unreadable", hint=hint)
        self._config = printed.mapping(told)
        self.current = str(self._config.get("current-context") or "")

    def all(self) -> tuple[Context, ...]:
        """Every context that leads to a cluster."""
        clusters = self._named("clusters", "cluster")
        found = []
        for name, context in self._named("contexts", "context").items():
            cluster = clusters.get(str(context.get("cluster")))
            if cluster and cluster.get("server"):
                ca = _digest(str(cluster.get("certificate-authority-data") or ""))
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
        body = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "contexts": [{"name": name, "context": context}],
            "clusters": [{"name": cluster, "cluster": self._named("clusters", "cluster")[cluster]}],
            "users": [{"name": user, "user": self._named("users", "user").get(user, {})}],
        }
        with private.folder() as folder:
            file = Path(folder, "kubeconfig")
            write_atomic(file, json.dumps(body), mode=0o600)
            yield {"KUBECONFIG": str(file)}

    def _named(self, kind: str, key: str) -> dict[str, Any]:
        """What it says of each that has a name; a person writes it, and kubectl fills in what it can."""
        listed = self._config.get(kind)
        named = (each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()
        said = {str(each["name"]): each.get(key) for each in named if each.get("name")}
        return {name: each for name, each in said.items() if isinstance(each, dict)}


def _digest(data: str) -> str:
    if not data:
        return ""
    try:
        return "sha256:" + hashlib.sha256(base64.b64decode(data, validate=True)).hexdigest()
    except (binascii.Error, ValueError) as error:
        raise failed("kubeconfig-unreadable", f"certificate-authority-data is no base64: {error}") from error
