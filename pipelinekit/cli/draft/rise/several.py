"""`draft up --all`: every application of a repository, who is called before who calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pipelinekit.adapters.disk import folders
from pipelinekit.cli.draft.here import Draft
from pipelinekit.cli.draft.rise import rising
from pipelinekit.cli.draft.rise.told import Log
from pipelinekit.cli.output import bug, report
from pipelinekit.counts import counted
from pipelinekit.errors import Fault, PipelinekitError, Refused, ToolFailed, usage
from pipelinekit.model.app import App
from pipelinekit.model.rollout.part import DEPLOYED, FAILED, UNCHANGED, WAITING, Outcome
from pipelinekit.plan.detect.signs import DEEPEST, SKIPPED
from pipelinekit.plan.draft import order
from pipelinekit.plan.rollout.order import Order
from pipelinekit.reading.app import FILE
from pipelinekit.steps.rollout.runner import run

AT_ONCE = 4
"""Each of them builds, on one engine."""
_OURS = re.compile(r"^apiVersion:\s*[\"']?pipelinekit/", re.MULTILINE)


def found_below(here: Draft) -> dict[str, Draft]:
    """Every application at and below the folder, by name; raises `UsageError` where there is none."""
    root = here.root
    below = folders.holding(root, FILE, skipped=SKIPPED, deepest=DEEPEST)
    each_of = {folder.relative_to(root).as_posix(): _at(here, folder) for folder in below}
    # Others have files of that name as well.
    each_of = {folder: each for folder, each in each_of.items() if _OURS.search(each.text(FILE))}
    if not each_of:
        hint = f"`pipelinekit new-app --from {here.options.path} --all` writes one for each service"
        raise usage("no-applications", f"there is no {FILE} in or below {here.options.path}", hint=hint)
    apps: dict[str, App] = _readable({folder: partial(_app, each) for folder, each in each_of.items()})
    return {name: each_of[folder] for name, folder in order.named(apps).items()}


def ordered(pinned: Draft, known: Mapping[str, Draft]) -> Order:
    """Who waits for whom, all of them in the cluster that one has pinned.

    Raises `Refused` for every namespace that the inner loop stays out of, and `UsageError` for two that would
    be one release.
    """
    for each in known.values():
        each.beside(pinned)
    order.require_apart({name: each.target for name, each in known.items()})
    _readable({name: each.require_namespace for name, each in known.items()})
    # Whoever is accepted comes later, and would change what is told of it: a second run had something to do.
    for each in known.values():
        namespace = each.target.namespace
        targets = [other.target for other in known.values()]
        each.together = frozenset(other.name for other in targets if other.namespace == namespace)
    return order.order_of({name: each.app for name, each in known.items()}, pinned.platform)


def bring_up(way: Order, known: Mapping[str, Draft], asked: rising.Asked) -> list[dict[str, Any]]:
    """Bring all of them up; what became of each, in the order of who is called."""
    report.say(f"{counted(len(way), 'application')}: {', '.join(way)}")
    rows: dict[str, dict[str, Any]] = {}

    def act(name: str) -> Outcome:
        each = known[name]
        done = rising.bring_up(each, each.target, asked, Log(f"{name}: "))
        rows[name] = done.row()
        return Outcome(component=name, state=DEPLOYED if done.revised else UNCHANGED, text=done.sentence)

    with report.alive("up"):
        ends = run(way, act, report.say, lambda _, error: bug.as_failure(error), at_once=AT_ONCE)
    return [_row(each, rows.get(each.component, {})) for each in ends]


def finish(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Say what became of each; raises when one has failed."""
    if as_json:
        report.as_json([dict(each) for each in rows])
    else:
        for each in rows:
            report.result(f"{each['application']}: {each['sentence']}")
    bad = [each for each in rows if each["state"] == FAILED]
    if bad:
        kind = Refused if all(each["refused"] for each in bad) else ToolFailed
        raise kind(
            *(
                Fault("up-failed", f"{each['application']}: {first}", hint=rest)
                for each in bad
                for first, _, rest in (text.partition("\n") for text in each["faults"])
            )
        )
    revised = sum(each["state"] == DEPLOYED for each in rows)
    if not as_json:
        done = f"{revised} brought up, {len(rows) - revised} ran already" if revised else "all run already"
        report.result(f"{counted(len(rows), 'application')}: {done}")


def _row(end: Outcome, row: Mapping[str, Any]) -> dict[str, Any]:
    sentence = end.text
    if end.state == WAITING:
        sentence = f"not begun: it calls {', '.join(end.blocked)}, which failed"
    elif end.state == FAILED:
        sentence = f"failed: {end.text}"
    return {
        "application": end.component,
        "state": end.state,
        **row,
        "sentence": sentence,
        "blocked": list(end.blocked),
        "faults": list(end.faults),
        "refused": end.refused,
        "seconds": round(end.seconds, 3),
    }


def _app(here: Draft) -> App:
    return here.app


def _at(here: Draft, folder: Path) -> Draft:
    return Draft(replace(here.options, path=str(folder)), here.words)


def _readable(asks: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """What each answers; all that is wrong with any of them is told at once."""
    said: dict[str, Any] = {}
    errors: list[PipelinekitError] = []
    for name, ask in asks.items():
        try:
            said[name] = ask()
        except PipelinekitError as error:
            errors.append(error)
    if errors:
        raise type(errors[0])(*(fault for error in errors for fault in error.faults))
    return said
