"""What connects an agent, in place of Jenkins' image of it: `SECRET NAME`, to the controller by WebSocket.

It comes to the handshake, and stays until its pod goes. Like the image it tries again where nobody answers:
a new pod may be shut off until its node has the rules of the network.
"""

from __future__ import annotations

import base64
import http.client
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

from tests.controller.pod.cloud import accept

_PAUSE = 1.0  # seconds


def main(word: str, name: str) -> None:
    """Connect and stay; ends at once where it is not let in."""
    with closing(connected(os.environ["JENKINS_URL"], word, name)):
        print("Connected", flush=True)
        threading.Event().wait()


def connected(
    url: str, word: str, name: str, sleep: Callable[[float], None] = time.sleep
) -> http.client.HTTPConnection:
    """The connection of an agent that is let in, as soon as somebody answers; ends where it is not let in."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Node-Name": name,
        "Secret-Key": word,
    }
    while True:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        try:
            connection.request("GET", "/wsagents/", headers=headers)
            answer = connection.getresponse()
        except OSError as error:
            print(f"{url} does not answer: {error}", flush=True)
            connection.close()
            sleep(_PAUSE)
            continue
        if (answer.status, answer.getheader("Sec-WebSocket-Accept")) != (101, accept(key)):
            sys.exit(f"{answer.status}: this is no way in for an agent")
        return connection


if __name__ == "__main__":
    main(*sys.argv[1:])
