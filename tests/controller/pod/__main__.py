"""`python -m tests.controller.pod`: where the chart starts Jenkins, by what the chart gives it."""

from __future__ import annotations

import os
import re
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.controller.builds import Build
from tests.controller.messages import Answer, Request
from tests.controller.pod import casc, home
from tests.controller.pod.cloud import Cloud
from tests.controller.server import Controller
from tests.controller.state import Item, State

HOME = Path(os.environ.get("JENKINS_HOME", "/var/jenkins_home"))
SECRETS = Path("/run/secrets")
_CONNECTS = 240.0  # seconds for an agent; the plugin gives it 1000
_CREDENTIAL = "com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl"


class Pod(Controller):
    """A controller whose jobs are in its home, and whose builds have an agent each."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.cloud = Cloud(configuration)
        state = State()
        _configure(state, configuration)
        home.load(HOME, state)
        super().__init__(state, 8080, "0.0.0.0")

    def answer(self, request: Request) -> Answer | None:
        """As ever; besides, metrics and the agents' way in, which ask for no login, and the home is kept."""
        if request.path == "/prometheus/":
            return Answer(200, b"default_jenkins_up 1.0\n", "text/plain; version=0.0.4")
        if request.path == "/wsagents/":
            accepted = self.cloud.accepted(request.headers)
            if accepted is None:
                return Answer(403)
            upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Accept": accepted}
            return Answer(101, headers=upgrade)
        answer = super().answer(request)
        if request.method != "GET":
            self.keep()
        return answer

    def keep(self) -> None:
        """Write the home."""
        with self.lock:
            home.keep(HOME, self.state)

    def run(self, item: Item, build: Build) -> None:
        """Build in a pod; for as long as `sleep N` in its configuration says."""
        found = re.search(r"sleep (\d+)", item.text)
        seconds = float(found[1]) if found else 0.0

        def go() -> None:
            for pause in self._script(build, seconds):
                time.sleep(pause)
            self.keep()

        threading.Thread(target=go, daemon=True).start()

    def _script(self, build: Build, seconds: float) -> Iterator[float]:
        try:
            name = self.cloud.make()
            build.write(f"Created Pod: kubernetes {self.cloud.namespace}/{name}\n")
            until = time.monotonic() + _CONNECTS
            while name not in self.cloud.connected and time.monotonic() < until:
                yield 0.2
            connected = name in self.cloud.connected
            build.write(f"Running on {name}\n" if connected else f"{name} did not connect\n")
            yield seconds
            self.cloud.remove(name)
        except OSError as error:
            connected = False
            build.write(f"{error}\n")
        build.finish("SUCCESS" if connected else "FAILURE")


def _configure(state: State, configuration: Mapping[str, Any]) -> None:
    """Users, credentials of everybody, and its own address."""
    for each in configuration["jenkins"]["securityRealm"]["local"]["users"]:
        # Nobody has made an API token yet.
        state.users[each["id"]] = (each["password"], secrets.token_hex(17))
    state.root_url = configuration.get("unclassified", {}).get("location", {}).get("url", "").rstrip("/")
    store = configuration.get("credentials", {}).get("system", {}).get("domainCredentials", ())
    for one in (one for domain in store for each in domain["credentials"] for one in each.values()):
        element = ET.Element(_CREDENTIAL)
        for key in ("scope", "id", "username", "fileName"):
            if key in one:
                ET.SubElement(element, key).text = one[key]
        state.credentials[one["id"]] = element
    state.casc = "".join(f"{key}: {{}}\n" for key in configuration)


def main() -> None:
    """Serve until the pod is told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # What the chart mounts is writable.
    for each in (HOME / "plugins" / "git.jpi", Path("/cache/war/index.html"), Path("/tmp/one")):
        each.parent.mkdir(exist_ok=True)
        each.write_text("")
    try:
        held = home.taken(HOME)
        configuration = casc.read(Path(os.environ["CASC_JENKINS_CONFIG"]), SECRETS)
    except (BlockingIOError, casc.Wrong) as error:
        sys.exit(f"it does not begin: {error}")
    there = home.begun(HOME)
    with Pod(configuration) as jenkins:
        print(f"{'as it was' if there else 'a new home'}; port {jenkins.port}, lock {held}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
