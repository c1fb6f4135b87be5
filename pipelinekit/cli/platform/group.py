"""The group `platform`."""

from __future__ import annotations

import click

from pipelinekit.cli.lazy import Later

VERBS = {
    "plan": "platform.standing:plan",
    "status": "platform.standing:status",
    "render": "platform.standing:render",
    "graph": "platform.standing:graph",
    "deploy": "platform.rollout:deploy",
    "verify": "platform.rollout:verify",
    "resize": "platform.rollout:resize",
    "remove": "platform.rollout:remove",
    "preflight": "platform.preflight:preflight",
    "bundle": "platform.bundle:bundle",
    "unbundle": "platform.bundle:unbundle",
    "init": "platform.setup.init:init",
    "sync": "platform.document:sync",
}
"""Where each verb is, below `pipelinekit.cli`: one needs not what the others do."""


@click.group(commands=Later(VERBS))
def platform() -> None:
    """Work on the platform's own document, and on the components that it names."""
