"""The cluster's API over plain HTTPS: enough to ask whether it is ready and to put objects into it."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.testbed import network
from tests.testbed.errors import ToolFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Api:
    """The API server, spoken to as the administrator."""

    ca: Path
    token: str

    def ready(self) -> bool:
        return self._ask("GET", "/readyz")[0] == http.client.OK

    def node_ready(self) -> bool:
        """Whether the node's kubelet has said so, and is not overdue."""
        status, body = self._ask("GET", f"/api/v1/nodes/{network.NODE}")
        if status != http.client.OK:
            return False
        conditions = json.loads(body)["status"].get("conditions", ())
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def get(self, path: str) -> Any:
        """The object at `path`, or None. Raises ToolFailedError when the server refuses or is not there."""
        status, body = self._ask("GET", path)
        if status == http.client.NOT_FOUND:
            return None
        if status != http.client.OK:
            raise ToolFailedError(f"GET {path}: {status or 'no answer'} {body[:300]}")
        return json.loads(body)

    def apply(self, path: str, thing: Mapping[str, object]) -> None:
        """Makes the object at `path` as `thing` says. Raises ToolFailedError."""
        status, body = self._ask(
            "PATCH",
            f"{path}?fieldManager=testbed&force=true",
            json.dumps(thing),
            {"Content-Type": "application/apply-patch+yaml"},
        )
        if status not in {http.client.OK, http.client.CREATED}:
            raise ToolFailedError(f"PATCH {path}: {status or 'no answer'} {body[:300]}")

    def _ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int | None, str]:
        """Status and body; no status when nobody answers."""
        if not self.ca.exists():
            return None, ""
        context = ssl.create_default_context(cafile=str(self.ca))
        connection = http.client.HTTPSConnection(
            network.HOST_ADDRESS, network.API_PORT, timeout=5, context=context
        )
        try:
            connection.request(
                method, path, body, {"Authorization": f"Bearer {self.token}", **(headers or {})}
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return None, ""
        finally:
            connection.close()
