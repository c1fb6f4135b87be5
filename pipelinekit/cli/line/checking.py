"""`deploy --check`: what hands have changed of what was deployed last."""

from __future__ import annotations

import dataclasses
from typing import Any

from pipelinekit.cli.line.several import changed_by_hand, installed_version, of_each, require_told
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring.line import Line
from pipelinekit.model.platform.document import Environment
from pipelinekit.plan.deploying import admitted, deploymentplan
from pipelinekit.plan.release import environments_to_deploy
from pipelinekit.steps.deploying import deployment as deployment_steps


def check(here: Line, environment: str, automatic: bool, as_json: bool) -> None:
    """Tell what hands have changed in each environment; raises `CheckFailed` where that is anything."""
    chosen = [
        each
        for each in here.platform.environments
        if environment in ("", each.name) and (each.automatic or not automatic)
    ]
    if environment and not chosen:
        environments_to_deploy(here.platform, environment, automatic=False)
    rows, errors = of_each(
        chosen,
        lambda each: _compared(here, each),
        lambda each, problem: _unknown(here, each, problem),
    )
    if as_json:
        report.as_json([row for row, _ in rows])
    else:
        for _, texts in rows:
            for text in texts:
                report.result(text)
    require_told(errors)
    names = [row["environment"] for row, _ in rows if row["changes"] or row["missing"] or row["ending"]]
    touched = [each for each in chosen if each.name in names]
    if touched:
        raise changed_by_hand(
            here.app.name, touched, lambda each: installed_version(here.helm.state(here.target(each)))
        )


def _nothing_of(here: Line, environment: Environment) -> dict[str, Any]:
    """What is said where nothing is installed: each row has all keys."""
    row = {"environment": environment.name, "namespace": here.target(environment).namespace}
    empty: dict[str, Any] = {each: [] for each in ("missing", "ending", "changes", "added", "admitted")}
    return {**row, "installed": False, **empty, "problem": ""}


def _unknown(here: Line, environment: Environment, problem: str) -> tuple[dict[str, Any], list[str]]:
    row = _nothing_of(here, environment) | {"installed": None, "problem": problem}
    return row, [f"{environment.name} (namespace {row['namespace']}): not known: {problem}"]


def _compared(here: Line, environment: Environment) -> tuple[dict[str, Any], list[str]]:
    target = here.target(environment)
    where = f"{environment.name} (namespace {target.namespace})"
    state = here.helm.state(target)
    row = _nothing_of(here, environment)
    if state is None:
        return row, [f"{where}: not installed"]
    row["installed"] = True
    found = deployment_steps.compared(target, state, here.objects).standing
    if found is None:
        return row, []
    row |= {
        "missing": list(found.missing),
        "ending": list(found.ending),
        "changes": [dataclasses.asdict(each) for each in found.changes],
        "added": [dataclasses.asdict(each) for each in found.added],
        "admitted": [dataclasses.asdict(each) for each in found.admitted],
    }
    verdict = "changed by hand" if found.touched else f"as revision {state.revision} was deployed"
    texts = [f"{where}: {verdict}", *(f"  {each}" for each in deploymentplan.found(found))]
    others = (*deploymentplan.others(found.added), *admitted.words(found.admitted))
    texts += [f"  {each}, which is no fault" for each in others]
    return row, texts
