"""The verb `deploy`: the plan, the check for hands, and the deed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from pipelinekit.adapters.disk import files
from pipelinekit.cli import loading
from pipelinekit.cli.line import checking, meanwhile
from pipelinekit.cli.line.stage import around_stage, finish_all
from pipelinekit.cli.options import AUTOMATIC, ENVIRONMENT, JSON, PLAN, TIMEOUT, VIA, line
from pipelinekit.cli.output import report
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.wiring import ahead, books, reaching, signatures
from pipelinekit.cli.wiring.line import Line
from pipelinekit.errors import ToolFailed, refused, usage
from pipelinekit.model.deployment import DeploymentPlan
from pipelinekit.model.ground.preflight import Finding
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.receipts import Deployed
from pipelinekit.plan.deploying import deploymentplan
from pipelinekit.plan.reach import reach
from pipelinekit.plan.release import environments_to_deploy
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying import deployment as deployment_steps
from pipelinekit.steps.deploying import preflight, referenced
from pipelinekit.steps.deploying.deployment import Prepared
from pipelinekit.steps.journal import Told

FORMAT = 1
"""Of a plan's file."""


@click.command()
@line(
    ENVIRONMENT,
    AUTOMATIC,
    TIMEOUT,
    VIA,
    PLAN,
    click.option(
        "--out", default="", type=on_disk, metavar="FILE", help="With --plan: write it to a file as well."
    ),
    click.option(
        "--from-plan", default="", type=on_disk, metavar="FILE", help="Do that plan, or refuse (6)."
    ),
    click.option("--check", is_flag=True, help="List what hands have changed; exit code 1 if anything."),
    JSON,
)
def deploy(here: Line, environment: str, automatic: bool, as_json: bool, **rest: Any) -> None:
    """Deploy the published chart, and wait until everything is ready.

    What the chart declares is ours: what hands have changed of it is put back, and said; what others have
    added stays. --plan shows, field by field, what would be done. A plan written with --out is done with
    --from-plan, or refused when the cluster, the release or the chart are no longer as they were; between
    that question and Helm's first write there is a moment that nobody guards. --check compares what is
    there with what was deployed last, and never the number of pods under an autoscaler.

    Before anything is changed the target is looked over: rights, quota, admission, Secrets and their keys,
    images, storage. All that stands in the way is told together, and refused (6). What may still come is
    waited for, within a bound that is said; a failure is rolled back to what ran.

    Helm 4 is told to take back what is ours; Helm 3 does so by itself.

    An environment with a gate is reached by promotion only. With `--via jenkins` the application's own
    pipeline does it: its console is shown as it grows, its result is the exit code (0 good, 1 unstable,
    5 failed or aborted). Ctrl-C asks whether to abort the build.

    \b
    Examples:
      pipelinekit deploy --env dev
      pipelinekit deploy --automatic
      pipelinekit deploy --env dev --plan --out plan.json
      pipelinekit deploy --env dev --from-plan plan.json
      pipelinekit deploy --check
      pipelinekit deploy --via jenkins --platform ../platform
    """
    _check_words(**rest)
    if rest["via"]:
        from pipelinekit.cli.jenkins.via import deploy as deploy_via

        deploy_via(here, rest["via"], environment, plan_only=rest["plan_only"], as_json=as_json)
        return
    # Whether an environment is automatic or has a gate is said by the platform as it is now.
    ahead.renew(("platform", here.options))
    with reaching.opened():
        if rest["check"]:
            checking.check(here, environment, automatic, as_json)
        else:
            _planned_or_done(here, environment, automatic, as_json, **rest)


def _planned_or_done(here: Line, environment: str, automatic: bool, as_json: bool, **rest: Any) -> None:
    loading.begin(loading.HTTP, loading.CLUSTER)
    here.require_registry()
    environments = environments_to_deploy(here.platform, environment, automatic=automatic, of=here.app.name)
    reaching.begin(here, environments)
    promises = _promises(rest["from_plan"], environments) if rest["from_plan"] else {}
    prepared = _prepared(here, environments)
    if rest["plan_only"]:
        _show(here, list(prepared), rest["out"], as_json)
        return
    with around_stage(here, "deploy"):
        # What `publish` tells comes before what this verb tells, and Helm waits for neither.
        told = books.told(here, ahead.cleared)
        try:
            results = [_deployed(here, each, promises, rest["timeout"], told) for each in prepared]
        finally:
            if told:
                told.close()
    finish_all(results, as_json, "no environment is automatic: nothing is deployed")
    for each in environments if not as_json else ():
        for text in reach(here.app, here.target(each)):
            report.say(f"reach it: {text}")


def _deployed(
    here: Line, prepared: Prepared, promises: Mapping[str, str], timeout: int, told: Told | None
) -> tuple[Deployed, Did]:
    environment = prepared.target.environment.name

    def survey(each: Prepared) -> Sequence[Finding]:
        # It is asked where something is to be done, and only then the ledger has something to hear.
        if told:
            told.expect()
        # The ledger is read while the target is looked over; a stop is told first.
        with ThreadPoolExecutor(1) as beside:
            free = beside.submit(books.require_free, here, each)
            try:
                found = meanwhile.surveyed(each)
                if found is None:
                    found = meanwhile.surveyor(here)(each)
            finally:
                free.result()
        return found

    with books.endings(told, "deploy", environment):
        done = release_steps.deploy(
            prepared,
            releases=here.helm,
            cluster=here.cluster,
            objects=here.objects,
            receipts=here.receipts,
            timeout=timeout,
            say=report.say,
            survey=survey,
            early=meanwhile.found(prepared.target),
            promised=promises.get(environment, ""),
        )
    if told:
        told.deployed(done[0], prepared.chart)
    return done


def _check_words(*, plan_only: bool, out: str, from_plan: str, check: bool, via: str, timeout: int) -> None:
    del timeout
    if out and not plan_only:
        raise usage("plan-options", "--out goes with --plan")
    if sum(map(bool, (plan_only, from_plan, check))) > 1:
        problem = "--plan, --from-plan and --check are three different questions"
        raise usage("plan-options", problem, hint="give one of them")
    if via and (check or from_plan or out):
        raise usage("plan-options", "--via starts a pipeline, which makes its own plan")


def _prepared(here: Line, environments: tuple[Environment, ...]) -> Iterator[Prepared]:
    verifier = signatures.chart_verifier(here)
    ahead.settled()
    published = release_steps.published(here.plan, here.charts, here.receipts, verifier)
    for each in environments:
        yield release_steps.prepare(
            here.plan,
            published,
            here.target(each),
            here.workspace,
            here.helm,
            here.charts,
            here.cluster,
            report.say,
        )


# --- the plan -------------------------------------------------------------------------------------


def _show(here: Line, prepared: list[Prepared], out: str, as_json: bool) -> None:
    plans = [_planned(here, each) for each in prepared]
    rows = [_row(*each) for each in plans]
    if out:
        files.write_atomic(Path(out), json.dumps({"format": FORMAT, "plans": rows}, indent=2) + "\n")
    if as_json:
        report.as_json(rows)
        return
    for plan, findings in plans:
        report.result(deploymentplan.sentence(plan))
        for text in (*deploymentplan.lines(plan), *preflight.told(findings)):
            report.result(f"  {text}")
    if not plans:
        report.result("no environment is automatic: nothing would be deployed")


def _planned(here: Line, each: Prepared) -> tuple[DeploymentPlan, Sequence[Finding]]:
    state = here.helm.state(each.target)
    each = referenced.without_read(each, state, here.cluster)
    there = deployment_steps.find(each.target, state, here.objects, report.say)
    findings: tuple[Finding, ...] = ()
    if not there.runs(each.values):
        findings = preflight.with_there(meanwhile.surveyor(here)(each), there)
    try:
        return deployment_steps.plan_deployment(each, there, here.helm, here.objects), findings
    except ToolFailed:
        # What stands in the way says why the cluster would not answer what would change.
        preflight.require(each.target, findings, report.say)
        raise


def _row(plan: DeploymentPlan, findings: Sequence[Finding]) -> dict[str, Any]:
    more = {"sentence": deploymentplan.sentence(plan), "findings": [dataclasses.asdict(f) for f in findings]}
    return dataclasses.asdict(plan) | more


def _promises(file: str, environments: tuple[Environment, ...]) -> Mapping[str, str]:
    """The digest of each environment's plan; refuses a file that has another format, or lacks one."""
    hint = "`pipelinekit deploy --plan --out FILE` writes one"
    try:
        document = json.loads(files.read_bytes(Path(file)))
        promised = {each["environment"]: each["digest"] for each in document["plans"]}
        known = document["format"] == FORMAT and all(isinstance(each, str) for each in promised.values())
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise refused("plan-unreadable", f"{file} is no plan of a deployment", hint=hint) from error
    if not known or any(not promised.get(each.name) for each in environments):
        names = ", ".join(each.name for each in environments)
        raise refused("plan-unreadable", f"{file} has no plan for {names}", hint=hint)
    return promised
