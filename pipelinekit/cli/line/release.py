"""The verbs of the line: test, build, push, package, publish, verify."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from pipelinekit.adapters.build.secrets import BuildSecrets
from pipelinekit.adapters.folder.shell import FolderShell
from pipelinekit.cli import ahead, books, report, signatures
from pipelinekit.cli.line import meanwhile
from pipelinekit.cli.options import AUTOMATIC, ENVIRONMENT, JSON, PLAN, age, line
from pipelinekit.cli.wiring import Line
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.receipts import ChartPackaged, ChartPublished, ImagePushed, Receipt, Verified
from pipelinekit.plan.release import chart_address, environments_to_deploy
from pipelinekit.plan.versions.pullrequests import is_stranger
from pipelinekit.steps import release as release_steps
from pipelinekit.steps.around import around
from pipelinekit.steps.artefacts import attest, chart, image, recipe
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.journal import Told


@contextmanager
def around_stage(here: Line, stage: str) -> Iterator[None]:
    """What the application wants done before and after a stage; in a terminal, a sign of life."""
    # Without commands nothing needs to be known of the build.
    stranger = stage in here.app.build.around and is_stranger(here.platform, here.revision)
    with (
        report.alive(stage),
        around(here.app, stage, FolderShell(here.root), report.say, stranger=stranger),
    ):
        yield


def _finish(receipt: Receipt, did: Did, as_json: bool) -> None:
    if as_json:
        report.as_json({"acted": did.acted, "sentence": did.sentence, "receipt": dataclasses.asdict(receipt)})
    else:
        report.result(did.sentence)


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

    with around_stage(here, "test"):
        done = image.test(
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
    _finish(*done, as_json)


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
            meanwhile=lambda: meanwhile.begin(here),
        )
    _finish(*done, as_json)


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
    here.require_registry()
    plan = here.plan
    if plan_only:
        there = here.images.digest_of(plan.image)
        report.result(f"{plan.image} is there ({there})" if there else f"would push {plan.image}")
        return
    login = here.login(plan.image.registry)
    with around_stage(here, "push"):
        receipt, did = image.push(
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
    _finish(receipt, did._replace(acted=did.acted or any(each.acted for each in more)), as_json)


def _described(here: Line, pushed: ImagePushed) -> Did | None:
    if not here.platform.images.sbom:
        return None
    from pipelinekit.adapters.registry.syft import Syft

    return attest.describe(pushed, here.images, Syft(here.images, here.login), report.say)


def _signed(here: Line, pushed: ImagePushed) -> Did | None:
    signer = signatures.late_signer(here)
    return attest.sign(pushed, signer) if signer else None


@click.command()
@line(JSON)
def package(here: Line, as_json: bool) -> None:
    """Package the chart around the pushed image.

    The chart is linted first; the archive is in .pipelinekit/dist.

    \b
    Example:
      pipelinekit package --registry nexus.example.com:5000
    """
    here.require_registry()
    with around_stage(here, "package"):
        meanwhile.linted()
        done = chart.package(
            here.plan,
            here.root,
            here.workspace,
            here.helm,
            here.images,
            here.receipts,
            lambda packaged: _settled(here, packaged),
        )
    _finish(*done, as_json)


def _settled(here: Line, packaged: ChartPackaged) -> None:
    meanwhile.survey(here, packaged)
    ahead.settled()


@click.command()
@line(PLAN, JSON)
def publish(here: Line, plan_only: bool, as_json: bool) -> None:
    """Publish the packaged chart. A version that the repository has is never replaced.

    Credentials: PK_CHARTS_USER and PK_CHARTS_PASSWORD, else those for images. With a public key in
    platform.yaml the chart is signed, and `deploy` takes no other.

    \b
    Example:
      pipelinekit publish --platform ../platform
    """
    here.require_registry()
    plan = here.plan
    if plan_only:
        there = here.charts.digest_of(plan.chart)
        name = chart_address(plan.chart)
        report.result(f"{name} is there ({there})" if there else f"would publish {name}")
        return
    with around_stage(here, "publish"):
        signer = signatures.chart_signer(here)
        sleep = ahead.settling("deploy")
        done = chart.publish(plan, here.root, here.helm, here.charts, here.receipts, sleep, signer=signer)
    told = books.told(here)
    if told:
        ahead.beside("deploy", lambda: told.released(done[0]))
    _finish(*done, as_json)


@click.command()
@line(ENVIRONMENT, AUTOMATIC, JSON)
def verify(here: Line, environment: str, automatic: bool, as_json: bool) -> None:
    """Run the chart's tests (`helm test`) against what is deployed. Exit code 1 when one fails.

    \b
    Example:
      pipelinekit verify --env dev
    """
    here.require_registry()
    with around_stage(here, "verify"):
        results = [
            _verified(here, each, books.told(here))
            for each in environments_to_deploy(here.platform, environment, automatic=automatic)
        ]
    finish_all(results, as_json, "no environment is automatic: nothing is verified")


def _verified(here: Line, environment: Environment, told: Told | None) -> tuple[Verified, Did]:
    with books.endings(told, "verify", environment.name):
        done = release_steps.verify(here.plan, here.target(environment), here.helm, here.receipts, report.say)
    if told:
        told.verified(done[0], here.receipts.load(ChartPublished))
    return done


def finish_all(results: list[Any], as_json: bool, nothing: str) -> None:
    """The receipts of several environments and what was done; `nothing` is said when there was none."""
    if as_json:
        report.as_json(
            [
                {"acted": did.acted, "sentence": did.sentence, "receipt": dataclasses.asdict(receipt)}
                for receipt, did in results
            ]
        )
        return
    for _, did in results:
        report.result(did.sentence)
    if not results:
        report.result(nothing)
