"""Start the service: `python -m orders`. It listens on $PORT."""

import os
import signal
import sys

from orders.web import make_server


def main() -> None:
    server = make_server(int(os.environ.get("PORT", "8080")))
    # Kubernetes stops a pod with SIGTERM and waits for the requests under way.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
