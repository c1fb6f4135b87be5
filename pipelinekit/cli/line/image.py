"""The verbs of an application's image: test, build, push."""

from __future__ import annotations

import os
import time

import click

from pipelinekit.adapters.build import buildx, engines
from pipelinekit.adapters.build.secrets import BuildSecrets
from pipelinekit.cli import loading
from pipelinekit.cli.line.stage import around_stage, finish
from pipelinekit.cli.options import JSON, PLAN, age, line
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import ahead, signatures
from pipelinekit.cli.wiring.line import Line
from pipelinekit.model.receipts import ImageBuilt, ImagePushed
from pipelinekit.steps.artefacts import attest, image, pushing, recipe
from pipelinekit.steps.artefacts.image import Did


@click.command()
@line(JSON)
def test(here: Line, as_json: bool) -> None:
    """Run the tests in the Dockerfile's `test` stage and take its JUnit reports out.

    The reports are in .pipelinekit/reports, also when a test failed.

    \b
    Example:
      pipelinekit test
    """
    from pipelinekit.adapters.folder.reports import ReportFolder
    from pipelinekit.steps.artefacts import testing

    with around_stage(here, "test"):
        done = testing.test(
            here.plan,
            here.sources.folder,
            here.sources,
            here.engine,
            here.images,
            ReportFolder(here.root),
            here.receipts,
            BuildSecrets(os.environ),
            report.say,
        )
    finish(*done, as_json)


@click.command()
@line(
    click.option("--max-age", default="", metavar="AGE", help="Build again what is older, like 7d or 12h."),
    PLAN,
    JSON,
)
def build(here: Line, max_age: str, plan_only: bool, as_json: bool) -> None:
    """Build the image of this revision, unless there is one of the same inputs.

    The inputs are the sources as .dockerignore leaves them, the Dockerfile, the digests of its base images,
    arguments and platforms. --max-age brings updates of the system packages in: give it in every build.
    Where platform.yaml has a public key (images.signing), only a signed image is taken from the registry.

    \b
    Examples:
      pipelinekit build --registry localhost:5000
      pipelinekit build --max-age 7d
    """
    if plan_only:
        given = BuildSecrets(os.environ)
        made = recipe.resolve(here.plan, "", here.sources, here.engine, here.images, given, report.say)
        name = f"{here.plan.image.repository}:{here.plan.version}"
        report.result(f"would build {name}, unless the registry has one of inputs {made.inputs.digest}")
        return
    loading.begin(loading.HTTP, loading.ENGINE)
    _look_for_builder(here)
    with around_stage(here, "build"):
        done = image.build(
            here.plan,
            here.sources.folder,
            here.sources,
            here.engine,
            here.images,
            here.receipts,
            BuildSecrets(os.environ),
            report.say,
            oldest=int(time.time()) - age(max_age) if max_age else 0,
            verifier=signatures.verifier(here),
            meanwhile=lambda: _begin(here),
        )
    finish(*done, as_json)


def _look_for_builder(here: Line) -> None:
    """Find out what builds while everything is loaded that a build needs, unless it is done already."""
    done = here.receipts.load(ImageBuilt)
    if os.environ.get(engines.CHOICE) != "buildah" and not (done and done.key == here.key):
        buildx.begin()


def _begin(here: Line) -> None:
    """What comes after is loaded and begun once the engine is at work; before, it would be waited for."""
    if ahead.current():
        from pipelinekit.cli.line import meanwhile

        meanwhile.begin(here)


@click.command()
@line(PLAN, JSON)
def push(here: Line, plan_only: bool, as_json: bool) -> None:
    """Push the built image. A version that the registry has is never replaced.

    Credentials: PK_REGISTRY_USER and PK_REGISTRY_PASSWORD, or what `docker login` left. Where the platform
    says so, the image gets a bill of materials (syft), and is signed (cosign) with the key in the file that
    PK_SIGNING_KEY names. With a public key in platform.yaml it is signed before it gets its version, and what
    is in the registry already counts only when it is signed.

    \b
    Example:
      pipelinekit push --registry nexus.example.com:5000
    """
    loading.begin(loading.HTTP, loading.ENGINE)
    here.require_registry()
    plan = here.plan
    if plan_only:
        there = here.images.digest_of(plan.image)
        report.result(f"{plan.image} is there ({there})" if there else f"would push {plan.image}")
        return
    login = here.login(plan.image.registry)
    if ahead.current():
        from pipelinekit.cli.line import meanwhile

        meanwhile.begin_helm(here)
    with around_stage(here, "push"):
        receipt, did = pushing.push(
            plan,
            here.engine,
            here.images,
            here.receipts,
            login,
            report.say,
            sleep=ahead.settling("package"),
            signer=signatures.signer(here),
        )
        more = [each for each in (_described(here, receipt), _signed(here, receipt)) if each]
    for each in more:
        report.say(each.sentence)
    finish(receipt, did._replace(acted=did.acted or any(each.acted for each in more)), as_json)


def _described(here: Line, pushed: ImagePushed) -> Did | None:
    if not here.platform.images.sbom:
        return None
    from pipelinekit.adapters.registry.syft import Syft

    return attest.describe(pushed, here.images, Syft(here.images, here.login), report.say)


def _signed(here: Line, pushed: ImagePushed) -> Did | None:
    signer = signatures.late_signer(here)
    return attest.sign(pushed, signer) if signer else None
