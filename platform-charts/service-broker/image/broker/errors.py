"""What a request is answered that is not done."""

from __future__ import annotations


class Refused(Exception):
    """An answer other than success: status, a sentence for people, and the specification's word for it."""

    def __init__(self, status: int, description: str, error: str = "") -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.error = error


def malformed(description: str) -> Refused:
    """The request lacks something, or has what it may not have."""
    return Refused(400, description)


def gone(what: str) -> Refused:
    """There is none: who wanted to be rid of it is."""
    return Refused(410, f"there is no such {what}")


def busy(what: str) -> Refused:
    """Somebody else is changing it."""
    return Refused(422, f"another operation is at work on {what}: ask again", "ConcurrencyError")
