"""The verb that locks upstream charts: their archives, and the images of what they are rendered to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from pipelinekit.cli.options import ENVIRONMENT, JSON, PLATFORM_FOLDER
from pipelinekit.cli.output import report
from pipelinekit.counts import counted
from pipelinekit.errors import DocumentInvalid, check_failed, usage

if TYPE_CHECKING:
    from pipelinekit.cli.platform.components.parts import Rollout
    from pipelinekit.errors import Fault
    from pipelinekit.model.rollout.part import Outcome
    from pipelinekit.plan.rollout.order import Order


@click.command()
@PLATFORM_FOLDER
@ENVIRONMENT
@click.argument("components", nargs=-1, metavar="[COMPONENT]...")
@click.option(
    "--check", is_flag=True, help="Write no lock, and say what would change; 1 when something would."
)
@JSON
def vendor(platform: str, environment: str, components: tuple[str, ...], check: bool, as_json: bool) -> None:
    """Lock the upstream charts of the components that are on, or of those that are named.

    On a machine that reaches chart repositories and registries: each archive is fetched, our values are held
    against what the chart declares (3 for a key that it does not have), and the digest of each image that is
    rendered is asked for, of the platform's mirror where it is Docker Hub's. Both are written into
    platform-charts/NAME/archive.lock.yaml beside platform.yaml; commit it. What is locked is not asked for
    again: remove the lock to have all of it anew. `platform deploy` takes the locked archive and names each
    image by its digest, and refuses what is not locked.

    Exit codes: 1 with --check when a lock would change, 5 when something is not there or does not answer, 6
    for another archive than the locked one and for an image that no value can name by digest.

    \b
    Examples:
      pipelinekit platform vendor --platform . --env dev
      pipelinekit platform vendor elasticsearch kibana
      pipelinekit platform vendor --check
    """
    from pipelinekit.cli.platform.components.choice import chosen_order
    from pipelinekit.cli.platform.components.outcomes import require_done, run, tell
    from pipelinekit.model.rollout.part import FAILED, UNCHANGED

    here, order = chosen_order(platform, environment, components, ())
    wrapped = _wrapped(here, order, components)
    invalid: dict[str, tuple[Fault, ...]] = {}
    outcomes = run(dict.fromkeys(wrapped, ()), _locking(here, invalid, write=not check))
    if as_json:
        report.as_json([_row(each) for each in outcomes])
    else:
        tell(outcomes)
    failed = [each.component for each in outcomes if each.state == FAILED]
    if failed and invalid.keys() == set(failed):
        raise DocumentInvalid(*(fault for name in failed for fault in invalid[name]))
    require_done(outcomes)
    changed = sum(each.state != UNCHANGED for each in outcomes)
    if check and changed:
        locks = counted(changed, "lock")
        raise check_failed("not-vendored", f"{locks} would change", hint="`pipelinekit platform vendor`")
    if not as_json:
        charts = counted(len(outcomes), "upstream chart is", "upstream charts are")
        report.result(f"{charts} locked" + (f", {changed} changed" if changed else ": nothing was done"))


def _row(outcome: Outcome) -> dict[str, object]:
    from pipelinekit.model.rollout.part import DEPLOYED

    state = "locked" if outcome.state == DEPLOYED else outcome.state
    return {"component": outcome.component, "state": state, "text": outcome.text}


def _wrapped(here: Rollout, order: Order, named: tuple[str, ...]) -> list[str]:
    """Those of the components that are upstream charts; raises `UsageError` for a named one that is not."""
    # A prerequisite that is only looked for has nothing to lock.
    own = [each for each in named if each in order and here.known[each].component.archive is None]
    if own:
        problem = f"{', '.join(own)}: no upstream chart, so that there is nothing to lock"
        raise usage("vendor-what", problem, hint="name components with `archive:`, or none for all of them")
    return [each for each in order if here.known[each].component.archive is not None]


def _locking(
    here: Rollout, invalid: dict[str, tuple[Fault, ...]], *, write: bool
) -> Callable[[str], Outcome]:
    """What locks a component by its name; the faults of documents are noted in `invalid` as well."""
    from pipelinekit.adapters.folder.locks import write_lock
    from pipelinekit.adapters.registry.oci import OciRegistry
    from pipelinekit.cli.wiring.line import registry_login
    from pipelinekit.model.rollout.part import DEPLOYED, UNCHANGED, Outcome
    from pipelinekit.model.rollout.vendored import Vendored
    from pipelinekit.steps.rollout.vendor import vendor as vendor_one

    # Made before threads ask for them.
    parts, shelf, helm = here.known, here.shelf, here.helm
    registry = OciRegistry(registry_login(here.platform), live=report.live)

    def lock(name: str) -> Outcome:
        archive = parts[name].component.archive
        if archive is None:
            raise AssertionError(name)

        def save(found: Vendored) -> None:
            if write:
                write_lock(here.folder, name, found)

        try:
            changes = vendor_one(parts[name], archive, shelf, helm, ask=registry.digest_of, save=save)
        except DocumentInvalid as error:
            invalid[name] = error.faults
            raise
        text = "; ".join(changes) or f"{archive.name} {archive.version} is locked already"
        return Outcome(component=name, state=DEPLOYED if changes else UNCHANGED, text=text)

    return lock
