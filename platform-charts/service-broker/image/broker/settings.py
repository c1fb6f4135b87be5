"""What the broker is told by its environment, and the secrets that are files."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path

SECRETS = Path("/secrets")
CATALOG = Path("/config/catalog.json")
AUTHORITY = Path("/authority/ca.crt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are; `secrets` has the folders `login`, `database` and `key`; `authority` is a file.

    What is a file is read when it is wanted: another password in a Secret counts without a restart.
    """

    host: str
    port: int
    database: str
    user: str
    secrets: Path = SECRETS
    catalog: Path = CATALOG
    authority: Path | None = None
    api: int = 8080
    management: int = 9000

    def secret(self, name: str) -> str:
        """The first line of a secret's file, like `database/password`; a ValueError where it is empty."""
        said = (self.secrets / name).read_text().partition("\n")[0].removesuffix("\r")
        if not said:
            raise ValueError(f"the secret {name} is empty")
        return said

    @property
    def key(self) -> bytes:
        """What passwords of bindings are made of."""
        return self.secret("key/key").encode()

    @property
    def tls(self) -> ssl.SSLContext | None:
        """How the database's server is known; None: it is spoken to as anybody would."""
        return ssl.create_default_context(cafile=str(self.authority)) if self.authority else None


def from_environment() -> Settings:
    """As the chart says it. A KeyError or ValueError is a chart's fault."""
    env = os.environ
    return Settings(
        host=env["DATABASE_HOST"],
        port=int(env["DATABASE_PORT"]),
        database=env["DATABASE_NAME"],
        user=env["DATABASE_USER"],
        secrets=Path(env.get("SECRETS", SECRETS)),
        catalog=Path(env.get("CATALOG", CATALOG)),
        authority=Path(env.get("AUTHORITY", AUTHORITY)) if env.get("DATABASE_TLS") == "true" else None,
        api=int(env.get("API_PORT", "8080")),
        management=int(env.get("MANAGEMENT_PORT", "9000")),
    )
