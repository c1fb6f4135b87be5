"""Ports of this machine that nobody listens on."""

from __future__ import annotations

import socket


def free() -> int:
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
