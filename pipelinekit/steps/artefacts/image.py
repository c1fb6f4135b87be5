"""The image: test it, build it, push it; each only when that has not been done with these inputs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipelinekit.errors import CheckFailed, Fault, Refused, ToolFailed, refused
from pipelinekit.model.platform.packages import SECRET
from pipelinekit.model.receipts import ImageBuilt, ImagePushed, Tested, check_key
from pipelinekit.model.release import BuildPlan, Credentials, ReleasePlan
from pipelinekit.model.testing import Totals
from pipelinekit.plan.moment import seconds_of
from pipelinekit.ports import (
    Engine,
    Receipts,
    Registry,
    Reports,
    Say,
    Secrets,
    Signer,
    Sources,
    Verifier,
)
from pipelinekit.steps.artefacts.recipe import TEST_STAGE, Recipe, build_plan, has_stage, resolve
from pipelinekit.steps.artefacts.secrets import secrets_of
from pipelinekit.steps.artefacts.settling import Sleep, settled
from pipelinekit.steps.artefacts.staging import give_tag, read_back, stage
from pipelinekit.steps.artefacts.trust import UNSIGNED, check_version, find, short


class Did(NamedTuple):
    """What is true now, in one sentence, and whether anything was done for it."""

    sentence: str
    acted: bool


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
    image = _made(build_plan(plan, recipe, TEST_STAGE, held), context, engine, say)
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


def build(
    plan: ReleasePlan,
    context: Path,
    sources: Sources,
    engine: Engine,
    registry: Registry,
    receipts: Receipts,
    secrets: Secrets,
    say: Say,
    *,
    oldest: int = 0,
    verifier: Verifier | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> tuple[ImageBuilt, Did]:
    """Build the image, unless engine or registry have one of the same inputs.

    `oldest`, in seconds since 1970, is what an image in the registry must not be older than; 0 takes any.
    With a `verifier`, one in the registry is taken only when it is signed. `meanwhile` begins what can be
    done while the engine builds, if it does.
    """
    done = receipts.load(ImageBuilt)
    if done and done.key == plan.key and not oldest and _still_there(plan, done, engine, registry):
        return done, Did(f"{plan.image.repository}:{plan.version} is built already", acted=False)
    recipe = resolve(plan, "", sources, engine, registry, secrets, say)
    try:
        digest, recipe = _in_registry(plan, recipe, registry, oldest, verifier, say)
    except ToolFailed as error:
        # A build holds no credentials in a pipeline, and needs no registry: only the saving is lost.
        say(f"{error}: whether there is an image of these inputs already is not known")
        digest = ""
    if digest:
        receipt = _built(plan, recipe, "", digest)
        receipts.save(receipt)
        name = f"{plan.image.repository} of these inputs"
        return receipt, Did(f"{name} is in the registry already ({short(digest)}): not built", acted=False)
    held = secrets_of(plan, sources.dockerfile(), secrets, say)
    image_id = _made(build_plan(plan, recipe, "", held), context, engine, _begun(meanwhile, say))
    receipt = _built(plan, recipe, image_id, "")
    receipts.save(receipt)
    return receipt, Did(f"{plan.image.repository}:{plan.version} is built ({short(image_id)})", acted=True)


def push(
    plan: ReleasePlan,
    engine: Engine,
    registry: Registry,
    receipts: Receipts,
    credentials: Credentials | None,
    say: Say,
    sleep: Sleep = time.sleep,
    *,
    signer: Signer | None = None,
) -> tuple[ImagePushed, Did]:
    """Push what was built. A version that the registry has is never replaced.

    The image goes to the registry under the tag of its inputs first, is signed there when there is a
    `signer`, and gets the version's tag when the registry has all of it. The same inputs built twice give two
    images that run alike: the one that came first is used. Raises `Refused` when the version is there from
    another revision, or is not signed.
    """
    built = receipts.load(ImageBuilt)
    if built is None:
        raise missing("an image", "build")
    check_key(built, plan.key)
    acted = False
    digest = registry.digest_of(plan.image)
    if digest is None:
        staged = built.digest or stage(plan, built, engine, registry, credentials, signer, say)
        with settled(sleep):
            if registry.digest_of(plan.image) is None:
                give_tag(plan, built, staged, registry, signer)
        digest, acted = read_back(plan, built, staged, registry, signer), True
    elif digest != built.digest:
        try:
            check_version(plan, built.inputs, digest, registry, signer)
        except Refused as error:
            # Killed before the signature: what is ours byte for byte is signed now.
            unsigned = signer and error.faults[0].code == UNSIGNED and not built.digest
            if not unsigned or stage(plan, built, engine, registry, credentials, signer, say) != digest:
                raise
    receipt = ImagePushed(
        key=plan.key,
        version=plan.version,
        registry=plan.image.registry,
        repository=plan.image.repository,
        digest=digest,
        inputs=built.inputs,
    )
    receipts.save(receipt)
    verb = "is pushed" if acted else "is in the registry already"
    return receipt, Did(f"{plan.image} {verb} ({short(digest)})", acted)


def missing(what: str, verb: str) -> Exception:
    """The error of a verb that finds nothing of the verb before it."""
    return refused(
        "receipt-missing",
        f"there is no {what.split(' ', 1)[-1]} of this revision",
        hint=f"run `pipelinekit {verb}` first",
    )


def _made(build: BuildPlan, context: Path, engine: Engine, say: Say) -> str:
    try:
        return engine.build(build, context, say)
    except ToolFailed:
        if any(each.id.startswith(SECRET) for each in build.secrets):
            # pip, for one, says of both that there is no such package.
            say("a refused login can look like a missing package: `pipelinekit doctor` asks the proxies")
        raise


def _begun(meanwhile: Callable[[], object], say: Say) -> Say:
    """Call `meanwhile` with the engine's first word: before that it waits for us, not we for it."""
    begun: list[str] = []

    def heard(line: str) -> None:
        if not begun:
            begun.append(line)
            meanwhile()
        say(line)

    return heard


def _still_there(plan: ReleasePlan, done: ImageBuilt, engine: Engine, registry: Registry) -> bool:
    if not done.digest:
        return engine.image_id(done.image_id) is not None
    return registry.digest_of(replace(plan.image, tag="", digest=done.digest)) is not None


def _in_registry(
    plan: ReleasePlan, recipe: Recipe, registry: Registry, oldest: int, verifier: Verifier | None, say: Say
) -> tuple[str, Recipe]:
    """The digest of an image of these inputs, young enough; else nothing, and its successor's inputs."""
    while plan.image.registry:
        digest = find(plan, recipe.inputs.digest, registry, verifier, say).digest
        if not digest:
            break
        made = seconds_of(registry.built(replace(plan.image, tag="", digest=digest))) if oldest else None
        if made is None or made >= oldest:
            return digest, recipe
        # The old image stays what it is; the one that follows it has inputs of its own.
        refreshed = (*recipe.inputs.refreshed, digest)
        recipe = replace(recipe, inputs=replace(recipe.inputs, refreshed=refreshed))
    return "", recipe


def _built(plan: ReleasePlan, recipe: Recipe, image_id: str, digest: str) -> ImageBuilt:
    return ImageBuilt(
        key=plan.key,
        version=plan.version,
        repository=plan.image.repository,
        image_id=image_id,
        inputs=recipe.inputs.digest,
        digest=digest,
    )


_NO_REPORT = "the test command left no JUnit report in /reports"


_NONE_RAN = 5


def _passed(tested: Tested) -> str:
    if tested.reports and not tested.passed:
        return "no test ran, as its report says: nothing is tested"
    if tested.reports:
        return f"{tested.passed} tests passed"
    return "the test command ended with 0, without a report"


def _tests_failed(exit_code: int, totals: Totals, names: tuple[str, ...], reports: Path) -> CheckFailed:
    failures = tuple(
        Fault("test-failed", f"{case.name}: {case.message}", hint=f"see {reports}")
        for case in totals.failures[:20]
    )
    summary = f"{totals.failed} of {totals.passed + totals.failed} tests failed"
    if not totals.failed:
        summary = f"the test command ended with {exit_code}"
    if not names:
        return CheckFailed(Fault("tests-failed", summary, hint=f"{_NO_REPORT}: its output is above"))
    return CheckFailed(Fault("tests-failed", summary), *failures)
