"""The verb `draft up`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from pipelinekit.cli import loading
from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.options import draft
from pipelinekit.cli.options import JSON, PLAN
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import reaching
from pipelinekit.errors import usage
from pipelinekit.model.release import Target

if TYPE_CHECKING:
    from pipelinekit.cli.draft.rise.outcome import Outcome

_RISING = "pipelinekit.cli.draft.rise.rising"
"""Half of what an `up` loads."""


@click.command()
@draft(
    click.option("--timeout", default=300, show_default=True, type=click.IntRange(1, 7200), help="Seconds."),
    click.option("--watch/--no-watch", default=None, help="Go on with every change (`watch` in draft.toml)."),
    click.option(
        "--sync/--no-sync",
        default=None,
        help="Copy changed sources into the pods; with --watch by itself where the language needs no build.",
    ),
    click.option("--auto-connect/--no-auto-connect", default=None, help="Then forward ports and show logs."),
    click.option(
        "--debug", is_flag=True, help="With a debugger in front of the programs, until the next `up`."
    ),
    click.option("--all", "every", is_flag=True, help="Every application in and below DIR."),
    PLAN,
    JSON,
)
def up(
    here: Draft,
    timeout: int,
    watch: bool | None,
    sync: bool | None,
    auto_connect: bool | None,
    debug: bool,
    every: bool,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Build what is in DIR where it is not built already, and run it in your own namespace.

    The cluster is held against the platform first: one whose environments have gates is refused, by its
    server and not by a context's name, and from then on this run keeps to it. The image's tag is made of the
    contents. What nothing has changed of is not built, not pushed and not installed. When it does not get
    ready, the reason is said, what ran before goes on, and the exit code is 5. With --all whoever is called
    comes up before whoever calls it, and what one that fails is not waited for by goes on.

    With --debug each program of Python, Node or Java begins with its debugger: one replica, no liveness
    probe, and `draft connect` brings the debugger's port to this machine, and to no other. Each change is a
    build.

    \b
    Examples:
      pipelinekit draft up
      pipelinekit draft up --all services
      pipelinekit draft up -e staging --auto-connect
      pipelinekit draft up --watch
      pipelinekit draft up --watch --no-sync
      pipelinekit draft up --debug --auto-connect
    """
    if every:
        if watch or sync or auto_connect or debug:
            raise usage(
                "all-alone",
                "--all brings up and ends",
                hint="--watch, --sync, --auto-connect and --debug take one DIR",
            )
        _all(here, timeout, plan_only, as_json)
        return
    if debug and sync:
        raise usage("debug-sync", "with a debugger each change is a build", hint="--debug without --sync")
    watches = sync or (here.settings.watch if watch is None else watch)
    if watches and as_json:
        raise usage("watch-json", "--json is one answer, and --watch gives many", hint="--no-watch")
    # While kubectl reads the kubeconfig.
    loading.begin(_RISING, loading.HTTP)
    with here.pinned() as target:
        if plan_only:
            _show(here, target, as_json)
            return
        if watches:
            from pipelinekit.cli.draft.rise.rising import Asked
            from pipelinekit.cli.draft.sync import watching

            asked = Asked(timeout=timeout, debug=debug)
            watching.follow(here, target, asked, sync=sync is not False and not debug)
            return
        outcome = _brought_up(here, target, timeout, debug=debug)
        if as_json:
            report.as_json(outcome.row())
        else:
            report.result(outcome.sentence)
        if here.settings.auto_connect if auto_connect is None else auto_connect:
            from pipelinekit.cli.draft import connecting

            connecting.hold(here, target, connecting.Wanted(ports=here.settings.override_ports))


def _brought_up(here: Draft, target: Target, timeout: int, *, debug: bool) -> Outcome:
    with reaching.opened():
        reaching.begin_to(here.kube, target.context)
        from pipelinekit.cli.draft.rise import rising

        return rising.bring_up(here, target, rising.Asked(timeout=timeout, debug=debug))


def _all(here: Draft, timeout: int, plan_only: bool, as_json: bool) -> None:
    from pipelinekit.cli.draft.rise import rising, several

    known = several.found_below(here)
    first = next(iter(known.values()))
    with first.pinned():
        way = several.ordered(first, known)
        if plan_only:
            would = [{"application": name, **_would(known[name], known[name].target)} for name in way]
            if as_json:
                report.as_json(would)
            for row in () if as_json else would:
                report.result(_sentence(row))
            return
        rows = several.bring_up(way, known, rising.Asked(timeout=timeout))
    several.finish(rows, as_json=as_json)


def _show(here: Draft, target: Target, as_json: bool) -> None:
    row = _would(here, target)
    if as_json:
        report.as_json(row)
    else:
        report.result(_sentence(row))


def _would(here: Draft, target: Target) -> dict[str, Any]:
    from pipelinekit.cli.draft.rise import rising
    from pipelinekit.steps.artefacts.recipe import resolve
    from pipelinekit.steps.innerloop import image

    shop = rising.workshop(here)
    recipe = resolve(here.plan, "", shop.sources, shop.engine, shop.registry, shop.secrets, report.say)
    return {
        "namespace": target.namespace,
        "context": target.context,
        "server": here.context.server,
        "image": f"{here.plan.image}:{image.tag_of(recipe)}",
        "installed": here.helm.state(target) is not None,
    }


def _sentence(row: Mapping[str, Any]) -> str:
    return f"would run {row['image']} in {row['namespace']} of {row['context']} ({row['server']})"
