"""Nothing here starts a process, opens a connection or has a home directory."""

from tests.guards import sealed

__all__ = ["sealed"]
