"""Nothing here starts a process, opens a connection or has a home directory."""

from tests.guards import sealed

__all__ = ["collect_ignore_glob", "sealed"]

collect_ignore_glob = ["*/tree/*"]
"""Generated applications have tests of their own."""
