"""What a Nexus keeps."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import csel
from tests.nexus.checks import Refusal
from tests.nexus.routes import ROUTES


@dataclass
class Nexus:
    """The server's state. `log` has each request as `METHOD path`, `writes` those that change something."""

    url: str = ""
    password: str = "first"
    accepted: bool = False
    community: bool = True
    realms: list[str] = field(default_factory=lambda: ["NexusAuthenticatingRealm"])
    anonymous: dict[str, Any] = field(
        default_factory=lambda: {
            "enabled": True,
            "userId": "anonymous",
            "realmName": "NexusAuthorizingRealm",
        }
    )
    blob_stores: dict[str, dict[str, Any]] = field(default_factory=lambda: {"default": {"path": "default"}})
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    repositories: dict[str, dict[str, Any]] = field(default_factory=dict)
    roles: dict[str, dict[str, Any]] = field(default_factory=dict)
    selectors: dict[str, dict[str, Any]] = field(default_factory=dict)
    privileges: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    components: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: Path | None = None
    """Where it keeps its database and blobs, for what works on them; None: nowhere."""
    broken: bool = False
    """Whether its tasks fail."""
    log: list[str] = field(default_factory=list)
    refused_logins: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def writes(self) -> list[str]:
        return [line for line in self.log if not line.startswith("GET ")]

    def may(self, user: str, action: str, repository: str, path: str) -> bool:
        """Whether a user may do that (`read`, `add`, `edit`) at a path of a repository."""
        form = self.repositories[repository]["format"]
        for role in self.users.get(user, {}).get("roles", ()):
            for each in self.roles[role]["privileges"]:
                selected = self.privileges.get(each)
                if selected is None:
                    if each == f"nx-repository-view-{form}-{repository}-{action}":
                        return True
                elif (selected["repository"], selected["format"]) == (repository, form):
                    expression = self.selectors[selected["contentSelector"]]["expression"]
                    if action.upper() in selected["actions"] and csel.matches(expression, form, path):
                        return True
        return False

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and body of one request by the administrator."""
        for pattern, handler in ROUTES:
            match = re.fullmatch(f"{method} {pattern}" if " " not in pattern else pattern, f"{method} {path}")
            if match:
                status, found = handler(self, *match.groups(), body)
                return int(status), found
        raise Refusal(404, f"no such address: {method} {path}")
