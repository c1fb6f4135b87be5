"""The verb `draft up`."""

from __future__ import annotations

import click

from pipelinekit.cli import report
from pipelinekit.cli.draft import connecting, rising, watching
from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.options import draft
from pipelinekit.cli.options import JSON, PLAN
from pipelinekit.errors import usage
from pipelinekit.model.release import Target
from pipelinekit.steps.artefacts.recipe import resolve
from pipelinekit.steps.innerloop import image


@click.command()
@draft(
    click.option("--timeout", default=300, show_default=True, type=click.IntRange(1, 7200), help="Seconds."),
    click.option("--watch/--no-watch", default=None, help="Go on with every change (`watch` in draft.toml)."),
    click.option("--auto-connect/--no-auto-connect", default=None, help="Then forward ports and show logs."),
    PLAN,
    JSON,
)
def up(
    here: Draft, timeout: int, watch: bool | None, auto_connect: bool | None, plan_only: bool, as_json: bool
) -> None:
    """Build what is in DIR where it is not built already, and run it in your own namespace.

    The cluster is held against the platform first: one whose environments have gates is refused, by its
    server and not by a context's name, and from then on this run keeps to it. The image's tag is made of the
    contents. What nothing has changed of is not built, not pushed and not installed. When it does not get
    ready, the reason is said, what ran before goes on, and the exit code is 5.

    \b
    Examples:
      pipelinekit draft up
      pipelinekit draft up -e staging --auto-connect
      pipelinekit draft up --watch
    """
    watches = here.settings.watch if watch is None else watch
    if watches and as_json:
        raise usage("watch-json", "--json is one answer, and --watch gives many", hint="--no-watch")
    with here.pinned() as target:
        if plan_only:
            _show(here, target, as_json)
            return
        asked = rising.Asked(timeout=timeout)
        if watches:
            watching.follow(here, target, asked)
            return
        outcome = rising.bring_up(here, target, asked)
        if as_json:
            report.as_json(outcome.row())
        else:
            report.result(outcome.sentence)
        if here.settings.auto_connect if auto_connect is None else auto_connect:
            connecting.hold(here, target, connecting.Wanted(ports=here.settings.override_ports))


def _show(here: Draft, target: Target, as_json: bool) -> None:
    shop = rising.workshop(here)
    recipe = resolve(here.plan, "", shop.sources, shop.engine, shop.registry, shop.secrets, report.say)
    state = here.helm.state(target)
    row = {
        "namespace": target.namespace,
        "context": target.context,
        "server": here.context.server,
        "image": f"{here.plan.image}:{image.tag_of(recipe)}",
        "installed": state is not None,
    }
    if as_json:
        report.as_json(row)
        return
    report.result(f"would run {row['image']} in {row['namespace']} of {row['context']} ({row['server']})")
