"""While an engine builds: what the verbs after `build` will need, and what needs no image to be known."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pipelinekit.cli.options import SECONDS
from pipelinekit.cli.wiring import ahead, reaching
from pipelinekit.cli.wiring.line import Line
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.ground.preflight import REFUSED, Finding
from pipelinekit.model.receipts import ChartPackaged, ImageBuilt
from pipelinekit.model.release import Target
from pipelinekit.plan.release import environments_to_deploy
from pipelinekit.steps import release
from pipelinekit.steps.artefacts import chart
from pipelinekit.steps.deploying import deployment
from pipelinekit.steps.deploying.deployment import Found, Prepared
from pipelinekit.steps.deploying.preflight import Survey, preflight

_MODULES = (
    "pipelinekit.merge.keys",
    "pipelinekit.cli.line.deploy",
    "pipelinekit.adapters.cluster.kubernetes",
    "pipelinekit.adapters.cluster.ground.preflight",
    "pipelinekit.adapters.source.ledger.gitledger",
    "pipelinekit.adapters.source.ledger.local",
)
"""They take as long to load as a small image takes to build."""
FRESH = 60.0
"""Seconds for which what was found in a target will do: a long build leaves others the time to deploy."""


def set_out(here: Line) -> None:
    """Look at the targets of the `run` that is under way.

    Nothing is begun where commands of the application's come in between.
    """
    early = ahead.current()
    if early:
        reaching.begin(here, environments_to_deploy(here.platform, "", automatic=True))
    built = here.receipts.load(ImageBuilt) if early else None
    # Of a revision that was built before there may be nothing to do, and early answers are no help then.
    if early is None or here.app.build.around or (built and built.key == here.key):
        return
    for each in environments_to_deploy(here.platform, "", automatic=True):
        _find(early, here, here.target(each))


def begin(here: Line) -> None:
    """Begin what needs no image, for the verbs of the `run` that is under way, if one is."""
    early = ahead.current()
    if early is None:
        return
    if "deploy" in early.verbs:
        set_out(here)
    plan, helm = here.plan, here.helm
    if "package" in early.verbs:
        early.begin("chart", lambda: chart.rehearse(plan, here.root, here.workspace, helm))
    if "deploy" in early.verbs:
        early.begin("modules", lambda: [importlib.import_module(each) for each in _MODULES])


def begin_helm(here: Line) -> None:
    """Have Helm wait for the chart while the image is pushed; `set_out` says whether at all.

    Two of them take a fifth of a second of a core: a build would have to share it with them.
    """
    early = ahead.current()
    if early and {"package", "publish", "deploy"} <= early.verbs:
        found = (here.target(each) for each in environments_to_deploy(here.platform, "", automatic=True))
        targets = [each for each in found if early.has(_name(each))]
        early.begin("helm", lambda: _begin_helms(early, here, targets))


def linted() -> None:
    """Wait for the linter where it was begun; what it complains of, it will say again."""
    ahead.taken("chart")


def found(target: Target) -> Found | None:
    """What was found in a target, where it was looked for a moment ago."""
    there: Found | None = ahead.taken(_name(target), FRESH)
    return there


def survey(here: Line, packaged: ChartPackaged) -> None:
    """Look over where a packaged chart goes to, while it is published; `set_out` says whether at all."""
    early = ahead.current()
    if early is None or not {"publish", "deploy"} <= early.verbs:
        return
    for each in environments_to_deploy(here.platform, "", automatic=True):
        _survey(early, here, here.target(each), packaged)


def surveyor(here: Line) -> Survey:
    """What looks over where something prepared goes to."""

    def surveyed(prepared: Prepared) -> Sequence[Finding]:
        manifest = here.helm.render(prepared.archive, prepared.target, prepared.layers)
        return preflight(prepared.target, manifest, here.scout)

    return surveyed


def surveyed(prepared: Prepared) -> Sequence[Finding] | None:
    """What was found a moment ago for the very same chart and values, where nothing stood in the way."""
    seen: tuple[Prepared, Sequence[Finding]] | None = ahead.taken(_name(prepared.target, "surveyed"), FRESH)
    if seen is None:
        return None
    before, findings = seen
    same = (before.chart, before.layers) == (prepared.chart, prepared.layers)
    return findings if same and not any(each.verdict == REFUSED for each in findings) else None


def _find(early: ahead.Ahead, here: Line, target: Target) -> None:
    helm, objects = here.helm, here.objects

    def look() -> Found:
        state = helm.state(target)
        return deployment.compared(target, state, objects) if state else Found(state=None)

    early.begin(_name(target), look)


def _survey(early: ahead.Ahead, here: Line, target: Target, packaged: ChartPackaged) -> None:
    def look() -> tuple[Prepared, Sequence[Finding]] | None:
        # Where nothing is known, or nothing is to be done, nobody is asked.
        there: Found | None = early.look(_name(target))
        # Packaged anew meanwhile it is another archive, in whose place nothing may be fetched.
        if there is None or chart.digest_of(here.root / packaged.archive) != packaged.archive_digest:
            return None
        published = chart.to_be(packaged, here.plan, here.root, here.helm, here.charts)
        given = (here.workspace, here.helm, here.charts, here.cluster)
        prepared = release.prepare(here.plan, published, target, *given, lambda _: None)
        if not there.differs(prepared.values):
            return None
        findings = surveyor(here)(prepared)
        if not any(each.verdict == REFUSED for each in findings):
            _begin_helm(early, here, target, prepared.archive)
        return prepared, findings

    early.begin(_name(target, "surveyed"), look)


def _begin_helms(early: ahead.Ahead, here: Line, targets: Sequence[Target]) -> None:
    """One for each target to render the chart for the survey, and one for `deploy`."""
    archive = chart.archive_of(here.plan, here.workspace)
    for target in targets:
        with suppress(OSError, PipelinekitError):
            early.keep(here.helm.ready_to_render(target, archive, release.LAYERS))
        _begin_helm(early, here, target, archive)


def _begin_helm(early: ahead.Ahead, here: Line, target: Target, archive: Path) -> None:
    """Have Helm wait for `deploy`. What goes wrong with it, Helm says again when it is begun then."""
    # Of another context a word in another terminal could make the current one meanwhile.
    if target.context and not here.helm.is_ready(target, archive, release.LAYERS, timeout=SECONDS):
        with suppress(OSError, PipelinekitError):
            early.keep(here.helm.ready(target, archive, release.LAYERS, timeout=SECONDS))


def _name(target: Target, what: str = "found") -> str:
    return f"{what} {target.context}/{target.namespace}/{target.name}"
