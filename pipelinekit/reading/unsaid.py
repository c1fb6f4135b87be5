"""Which values of a document are never repeated to anybody, since somebody may have put a secret there."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(^|[^a-z])(secrets?|passw(or)?d|passwort|passphrase|tokens?|credentials?|private|api_?key|pwd|auth)([^a-z]|$)"
)


def unsaid(path: tuple[str | int, ...]) -> bool:
    """Whether a key on the way to a value speaks of secrets: DB_PASSWORD, apiKey, credentials."""
    return any(isinstance(each, str) and _SECRET.search(_words(each)) for each in path)


def _words(key: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key).lower()
