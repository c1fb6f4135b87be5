"""`python -m tests.controller [PORT]`: the double as a process, until it is interrupted."""

from __future__ import annotations

import sys
import threading

from tests.controller.server import Controller


def main(arguments: list[str]) -> int:
    """Serve, and say where."""
    with Controller(port=int(arguments[0]) if arguments else 0) as jenkins:
        print(jenkins.url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
