"""The image's tests: run once a revision, and counted."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.counts import counted
from pipelinekit.errors import CheckFailed, Fault
from pipelinekit.model.receipts import Tested
from pipelinekit.model.release import ReleasePlan
from pipelinekit.model.testing import Totals
from pipelinekit.ports import Engine, Receipts, Registry, Reports, Say, Secrets, Sources
from pipelinekit.steps.artefacts.image import Did, made
from pipelinekit.steps.artefacts.recipe import TEST_STAGE, build_plan, has_stage, resolve
from pipelinekit.steps.artefacts.secrets import secrets_of

_NO_REPORT = "the test command left no JUnit report in /reports"
_NONE_RAN = 5


def test(
    plan: ReleasePlan,
    context: Path,
    sources: Sources,
    engine: Engine,
    registry: Registry,
    reports: Reports,
    receipts: Receipts,
    secrets: Secrets,
    say: Say,
) -> tuple[Tested, Did]:
    """Build the Dockerfile's `test` stage, run it, and take its reports out.

    Raises `CheckFailed` when a test fails; the reports are there all the same.
    """
    if not has_stage(plan, sources, TEST_STAGE):
        receipt = Tested(key=plan.key, passed=0, reports=())
        receipts.save(receipt)
        return receipt, Did("the Dockerfile has no stage named 'test': nothing is tested", acted=False)
    done = receipts.load(Tested)
    if done and done.key == plan.key:
        return done, Did(f"{_passed(done)} at this revision already", acted=False)
    recipe = resolve(plan, TEST_STAGE, sources, engine, registry, secrets, say)
    held = secrets_of(plan, sources.dockerfile(), secrets, say)
    image = made(build_plan(plan, recipe, TEST_STAGE, held), context, engine, say)
    folder = reports.clear()
    run = engine.run_tests(image, folder, say)
    totals, names = reports.collect()
    # pytest and unittest end so where there is nothing to run, and their report says the same.
    none = run.exit_code == _NONE_RAN and names and totals == Totals()
    if (run.exit_code and not none) or totals.failed:
        raise _tests_failed(run.exit_code, totals, names, folder)
    receipt = Tested(key=plan.key, passed=totals.passed, reports=names)
    receipts.save(receipt)
    if not names:
        say(f"{_NO_REPORT}: how many tests there are is not known, and Jenkins shows none")
    return receipt, Did(_passed(receipt), acted=True)


def _passed(tested: Tested) -> str:
    if tested.reports and not tested.passed:
        return "no test ran, as its report says: nothing is tested"
    if tested.reports:
        return f"{counted(tested.passed, 'test')} passed"
    return "the test command ended with 0, without a report"


def _tests_failed(exit_code: int, totals: Totals, names: tuple[str, ...], reports: Path) -> CheckFailed:
    failures = tuple(
        Fault("test-failed", f"{case.name}: {case.message}", hint=f"see {reports}")
        for case in totals.failures[:20]
    )
    summary = f"{totals.failed} of {counted(totals.passed + totals.failed, 'test')} failed"
    if not totals.failed:
        summary = f"the test command ended with {exit_code}"
    if not names:
        return CheckFailed(Fault("tests-failed", summary, hint=f"{_NO_REPORT}: its output is above"))
    return CheckFailed(Fault("tests-failed", summary), *failures)
