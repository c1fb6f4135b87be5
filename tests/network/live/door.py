"""Somebody who takes connections on this machine, and says nothing."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager


@contextmanager
def listening(places: Sequence[tuple[str, int]]) -> Iterator[None]:
    """Take connections there during the block."""
    with ExitStack() as stack:
        for each in places:
            server = stack.enter_context(_Server(each, socketserver.BaseRequestHandler))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        yield


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
