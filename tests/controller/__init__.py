"""A stateful double of Jenkins' REST API, built from exchanges with a real controller and held against them.

    with Controller() as jenkins:
        jenkins.state.make("apps", "folder")
        Client(jenkins.url, None).get("api/json")

It keeps items, credentials, a queue and builds, stores a `config.xml` in the two forms that Jenkins has, and
fails when told to. `python -m tests.controller` runs it as a process. What it proves and what it does
not is in README.md.
"""

from tests.controller.faults import Fault
from tests.controller.server import Controller
from tests.controller.state import State

__all__ = ["Controller", "Fault", "State"]
