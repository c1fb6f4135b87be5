"""Agents in pods, as the plugin `kubernetes` makes them: by the controller's account."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Cloud:
    """Where builds get their agents, as `jenkins.clouds` says it."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        ((self._said,),) = (each.values() for each in configuration["jenkins"]["clouds"])
        self._words: dict[str, str] = {}
        self.connected: set[str] = set()

    @property
    def namespace(self) -> str:
        """Where its pods are."""
        return str(self._said["namespace"])

    def make(self) -> str:
        """A pod that connects one agent; its name. An OSError where the cluster refuses it."""
        name = f"agent-{secrets.token_hex(4)}"
        self._words[name] = secrets.token_hex(16)
        self._ask("POST", "", self._pod(name))
        return name

    def remove(self, name: str) -> None:
        """Take an agent away."""
        self._ask("DELETE", f"/{name}?gracePeriodSeconds=0")
        self.connected.discard(name)

    def accepted(self, headers: Mapping[str, str]) -> str | None:
        """What an agent is answered that would speak WebSocket; None where it is not one of ours."""
        name = headers.get("node-name", "")
        known = name in self._words and headers.get("secret-key") == self._words[name]
        if not known or headers.get("upgrade") != "websocket":
            return None
        self.connected.add(name)
        return accept(headers.get("sec-websocket-key", ""))

    def _pod(self, name: str) -> dict[str, Any]:
        (template,) = self._said["templates"]
        (container,) = template["containers"]
        words = {"${computer.jnlpmac}": self._words[name], "${computer.name}": name}
        memory = {"memory": container["resourceLimitMemory"]}
        asked = {"cpu": container["resourceRequestCpu"], "memory": container["resourceRequestMemory"]}
        env = {"JENKINS_URL": self._said["jenkinsUrl"], "JENKINS_WEB_SOCKET": str(self._said["webSocket"])}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": name,
                "labels": {each["key"]: each["value"] for each in self._said["podLabels"]},
            },
            "spec": {
                "serviceAccountName": template["serviceAccount"],
                "restartPolicy": "Never",
                "containers": [
                    {
                        "name": container["name"],
                        "image": container["image"],
                        "args": [words[each] for each in container["args"].split()],
                        "env": [{"name": key, "value": each} for key, each in env.items()],
                        "resources": {"requests": asked, "limits": memory},
                    }
                ],
            },
        }

    def _ask(self, method: str, path: str, body: Any = None) -> None:
        request = urllib.request.Request(  # noqa: S310 - an address of the configuration
            f"{self._said['serverUrl']}/api/v1/namespaces/{self.namespace}/pods{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {(_ACCOUNT / 'token').read_text()}",
                "Content-Type": "application/json",
            },
        )
        trust = ssl.create_default_context(cafile=str(_ACCOUNT / "ca.crt"))
        urllib.request.urlopen(request, timeout=20, context=trust).close()  # noqa: S310 - likewise


def accept(key: str) -> str:
    """What RFC 6455 has a server answer to a client's key."""
    return base64.b64encode(hashlib.sha1(f"{key}{_WEBSOCKET}".encode()).digest()).decode()  # noqa: S324
