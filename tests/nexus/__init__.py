"""A Nexus that keeps state: every request is held against the models that its maker publishes.

It refuses what the real one refuses: unknown fields, unknown blob stores, members, policies, privileges and
roles, an agreement that is not word for word its own.
"""

from tests.nexus.checks import Refusal
from tests.nexus.routes import DISCLAIMER
from tests.nexus.server import Answering, Server, serve
from tests.nexus.state import Nexus

__all__ = ["DISCLAIMER", "Answering", "Nexus", "Refusal", "Server", "serve"]
