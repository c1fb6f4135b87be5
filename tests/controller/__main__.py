"""`python -m tests.controller [PORT [HOST [SECONDS]]]`: the double as a process, until it is interrupted.

Its builds take SECONDS each.
"""

from __future__ import annotations

import sys
import threading

from tests.controller.builds import taking
from tests.controller.server import Controller


def main(arguments: list[str]) -> int:
    """Serve, and say where."""
    port = int(arguments[0]) if arguments else 0
    with Controller(port=port, host=arguments[1] if arguments[1:] else "127.0.0.1") as jenkins:
        if arguments[2:]:
            jenkins.state.script = taking(float(arguments[2]))
        print(jenkins.url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
