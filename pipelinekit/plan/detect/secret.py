"""Which of a program's variables hold a secret, as far as their names say it."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"SECRET|TOKEN|PASS|PWD|KEY|CREDENTIAL|PRIVATE|AUTH|DSN"
    r"|(?:DATABASE|DB|SQL|POSTGRES|MONGO(?:DB)?|REDIS|AMQP|RABBITMQ|BROKER)_UR[LI]",
    re.IGNORECASE,
)
"""The addresses of databases and brokers have a password in them."""
MOST = 12
"""So many variables are named in a sentence."""


def is_secret(name: str) -> bool:
    """Whether a variable of that name belongs into `run.secrets`."""
    return bool(_SECRET.search(name))
