"""The group `platform`."""

from __future__ import annotations

import click

from pipelinekit.cli.lazy import Later

VERBS = {
    "plan": "platform.components.standing:plan",
    "status": "platform.components.standing:status",
    "render": "platform.components.standing:render",
    "graph": "platform.components.standing:graph",
    "network": "platform.network:network",
    "bootstrap": "platform.bootstrap:bootstrap",
    "deploy": "platform.components.rollout:deploy",
    "promote": "platform.components.promotion:promote",
    "approve": "platform.components.promotion:approve",
    "verify": "platform.components.rollout:verify",
    "resize": "platform.components.rollout:resize",
    "remove": "platform.components.rollout:remove",
    "handover": "platform.handover:handover",
    "certificates": "platform.certificates:certificates",
    "preflight": "platform.preflight:preflight",
    "vendor": "platform.vendor:vendor",
    "bundle": "platform.bundle:bundle",
    "unbundle": "platform.bundle:unbundle",
    "init": "platform.setup.init:init",
    "sync": "platform.document:sync",
}
"""Where each verb is, below `pipelinekit.cli`: one needs not what the others do."""


@click.group(commands=Later(VERBS))
def platform() -> None:
    """Work on the platform's own document, and on the components that it names."""
