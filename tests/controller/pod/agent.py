"""What connects an agent, in place of Jenkins' image of it: `SECRET NAME`, to the controller by WebSocket.

It comes to the handshake, and stays until its pod goes.
"""

from __future__ import annotations

import base64
import http.client
import os
import secrets
import sys
import threading
from urllib.parse import urlsplit

from tests.controller.pod.cloud import accept


def main(word: str, name: str) -> None:
    """Connect and stay; ends at once where it is not let in."""
    connection = http.client.HTTPConnection(urlsplit(os.environ["JENKINS_URL"]).netloc, timeout=10)
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Node-Name": name,
        "Secret-Key": word,
    }
    connection.request("GET", "/wsagents/", headers=headers)
    answer = connection.getresponse()
    if (answer.status, answer.getheader("Sec-WebSocket-Accept")) != (101, accept(key)):
        sys.exit(f"{answer.status}: this is no way in for an agent")
    print("Connected", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
