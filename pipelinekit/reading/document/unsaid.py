"""Which values of a document are never repeated to anybody, since somebody may have put a secret there."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(^|[^a-z])(secrets?|passw(or)?d|passwords$|passwort|passphrase|tokens?|credentials?|private|api_?key|pwd|auth)([^a-z]|$)"
)

_CERTIFICATES = ("certificates", "secrets")
"""Names Kubernetes' Secrets, and of each how long it lasts and for whom: nothing of what is in them."""


def unsaid(path: tuple[str | int, ...]) -> bool:
    """Whether a key on the way to a value speaks of secrets: DB_PASSWORD, apiKey, credentials."""
    if path[:2] == _CERTIFICATES:
        path = path[2:]
    return any(isinstance(each, str) and _SECRET.search(_words(each)) for each in path)


def _words(key: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key).lower()
