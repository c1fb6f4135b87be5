"""The image: test it, build it, push it; each only when that has not been done at this revision."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipelinekit.errors import CheckFailed, Fault, refused
from pipelinekit.model.receipts import ImageBuilt, ImagePushed, Tested, check_key
from pipelinekit.model.release import BuildPlan, Credentials, ImageRef, ReleasePlan
from pipelinekit.model.testing import Totals
from pipelinekit.plan.release import image_labels
from pipelinekit.ports import Engine, Receipts, Registry, Reports, Say

TEST_STAGE = "test"
REVISION = "org.opencontainers.image.revision"


class Did(NamedTuple):
    """What is true now, in one sentence, and whether anything was done for it."""

    sentence: str
    acted: bool


def test(
    plan: ReleasePlan, context: Path, engine: Engine, reports: Reports, receipts: Receipts, say: Say
) -> tuple[Tested, Did]:
    """Build the Dockerfile's `test` stage, run it, and take its reports out.

    Raises `CheckFailed` when a test fails; the reports are there all the same.
    """
    if not engine.has_stage(context, "Dockerfile", TEST_STAGE):
        receipt = Tested(key=plan.key, passed=0, reports=())
        receipts.save(receipt)
        return receipt, Did("the Dockerfile has no stage named 'test': nothing is tested", acted=False)
    done = receipts.load(Tested)
    if done and done.key == plan.key:
        return done, Did(f"{done.passed} tests passed at this revision already", acted=False)
    ref = ImageRef("localhost", f"pipelinekit/{plan.app.team}/{plan.app.name}", TEST_STAGE)
    image = engine.build(_build_plan(plan, ref, TEST_STAGE), context, say)
    folder = reports.clear()
    run = engine.run_tests(image, folder, say)
    totals, names = reports.collect()
    if run.exit_code or totals.failed:
        raise _tests_failed(run.exit_code, totals, folder)
    receipt = Tested(key=plan.key, passed=totals.passed, reports=names)
    receipts.save(receipt)
    return receipt, Did(f"{totals.passed} tests passed", acted=True)


def build(
    plan: ReleasePlan, context: Path, engine: Engine, receipts: Receipts, say: Say
) -> tuple[ImageBuilt, Did]:
    """Build the image, unless the engine has it from this revision."""
    done = receipts.load(ImageBuilt)
    if done and done.key == plan.key and engine.image_id(done.image_id):
        return done, Did(f"{plan.image.repository}:{plan.version} is built already", acted=False)
    if len(plan.app.build.platforms) > 1:
        raise refused(
            "several-platforms",
            "an image for several platforms needs BuildKit, which this version does not drive yet",
            hint="name one platform in build.platforms",
        )
    image_id = engine.build(_build_plan(plan, plan.image, ""), context, say)
    receipt = ImageBuilt(
        key=plan.key, version=plan.version, repository=plan.image.repository, image_id=image_id
    )
    receipts.save(receipt)
    return receipt, Did(f"{plan.image.repository}:{plan.version} is built ({short(image_id)})", acted=True)


def push(
    plan: ReleasePlan,
    engine: Engine,
    registry: Registry,
    receipts: Receipts,
    credentials: Credentials | None,
    say: Say,
) -> tuple[ImagePushed, Did]:
    """Push what was built. A version that the registry has is never replaced.

    The same revision built twice gives two images that run alike: the one that came first is used.
    Raises `Refused` when the version is there from another revision.
    """
    built = receipts.load(ImageBuilt)
    if built is None:
        raise missing("an image", "build")
    check_key(built, plan.key)
    acted = False
    digest = registry.digest_of(plan.image)
    if digest is None:
        if engine.image_id(built.image_id) is None:
            raise refused(
                "image-gone", "the built image is no longer in the engine", hint="run `pipelinekit build`"
            )
        engine.push(built.image_id, plan.image, credentials, say)
        digest, acted = registry.digest_of(plan.image), True
        if digest is None:
            raise refused(
                "push-lost", f"the registry took {plan.image} and does not have it", hint="push again"
            )
    else:
        _check_same_revision(plan, registry)
    receipt = ImagePushed(
        key=plan.key,
        version=plan.version,
        registry=plan.image.registry,
        repository=plan.image.repository,
        digest=digest,
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


def short(digest: str) -> str:
    """A digest as people compare it."""
    return digest[:19]


def _check_same_revision(plan: ReleasePlan, registry: Registry) -> None:
    there = registry.labels_of(plan.image).get(REVISION, "")
    wanted = image_labels(plan)[REVISION]
    if there != wanted:
        raise refused(
            "version-taken",
            f"{plan.image} is in the registry from another revision ({there[:12] or 'unknown'})",
            hint=f"this one is {wanted[:12]}; a published version is never replaced: commit, and build again",
        )


def _build_plan(plan: ReleasePlan, ref: ImageRef, target: str) -> BuildPlan:
    return BuildPlan(
        ref=ref,
        target=target,
        args={"BASE_REGISTRY": plan.platform.images.mirror, **plan.app.build.args},
        labels={} if target else image_labels(plan),
        platform="" if target else plan.app.build.platforms[0],
    )


def _tests_failed(exit_code: int, totals: Totals, reports: Path) -> CheckFailed:
    failures = tuple(
        Fault("test-failed", f"{case.name}: {case.message}", hint=f"see {reports}")
        for case in totals.failures[:20]
    )
    summary = f"{totals.failed} of {totals.passed + totals.failed} tests failed"
    if not totals.failed:
        summary = f"the test command ended with {exit_code}"
    return CheckFailed(Fault("tests-failed", summary), *failures)
