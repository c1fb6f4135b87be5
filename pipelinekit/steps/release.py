"""Deploy and verify: a published chart into an environment, and the proof that it works there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import ToolFailed, failed, refused
from pipelinekit.model.receipts import ChartPublished, Deployed, Verified, check_version
from pipelinekit.model.release import ReleasePlan, ReleaseState, Target
from pipelinekit.plan.chartvalues import autoscales, closed_services, given_values
from pipelinekit.plan.deploying.deploymentplan import check_promise, lines
from pipelinekit.plan.release import check_installable, key_at
from pipelinekit.ports import (
    RIVAL,
    SILENT,
    ChartRepository,
    Charts,
    Cluster,
    Objects,
    Receipts,
    Releases,
    Say,
    SecretVersions,
    Verifier,
    Workspace,
)
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.steps.artefacts.before import required
from pipelinekit.steps.artefacts.chart import archive_of, digest_of
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying.deployment import (
    RUNNING,
    Found,
    Prepared,
    find,
    matters,
    plan_deployment,
    put_back,
)
from pipelinekit.steps.deploying.elsewhere import asked
from pipelinekit.steps.deploying.outlook import look_out
from pipelinekit.steps.deploying.patience import LOOKS, Patience, with_ending
from pipelinekit.steps.deploying.pending import settled_state
from pipelinekit.steps.deploying.preflight import Survey, require, watchable
from pipelinekit.steps.deploying.referenced import with_versions, without_read
from pipelinekit.steps.deploying.tasks import await_earlier, heard
from pipelinekit.steps.deploying.undo import undo

Sleep = Callable[[float], None]

TRIES = 10
"""How often somebody else may come first at the very same moment."""


def published(
    plan: ReleasePlan, registry: ChartRepository, receipts: Receipts, verifier: Verifier | None = None
) -> ChartPublished:
    """The chart that was published at this revision; the repository is asked whether it still has it, and
    with a `verifier` whether it is signed."""
    receipt = required(receipts, ChartPublished, plan.key, "deploy")
    if registry.digest_of(plan.chart) != receipt.digest:
        check_version(receipt, plan.version)
        raise refused(
            "chart-moved",
            f"the repository no longer has {plan.chart} as it was published",
            hint="run `pipelinekit publish`",
        )
    if verifier and not verifier.signed(replace(plan.chart, tag="", digest=receipt.digest)):
        raise refused(
            "chart-unsigned",
            f"{plan.chart} has no signature of the platform's key",
            hint="run `pipelinekit publish`, which signs what it has published",
        )
    return receipt


def prepare(
    plan: ReleasePlan,
    chart: ChartPublished,
    target: Target,
    workspace: Workspace,
    charts: Charts,
    registry: ChartRepository,
    secrets: SecretVersions,
    say: Say,
) -> Prepared:
    """The published archive, here, and what is laid over its values in the target."""
    archive = _archive(plan, chart, workspace, registry)
    layers = values_layers(plan, chart.digest, target, archive, charts)
    layers = with_versions(layers, plan.app, target, secrets, say)
    values = overlay(*(read_values(text, "values") for text in layers))
    own = read_values(charts.texts(archive, ["values.yaml"]).get("values.yaml", ""), "values.yaml")
    closed = closed_services(overlay(own, values))
    if closed:
        say(
            f"{', '.join(closed)}: the port of such a service is not known, and no way there is open"
            " (network.services in platform.yaml, or in the chart's values)"
        )
    return Prepared(
        plan=plan,
        chart=chart,
        target=target,
        archive=archive,
        layers=layers,
        values=values,
        autoscales=autoscales(overlay(own, values)),
    )


def deploy(
    prepared: Prepared,
    *,
    releases: Releases,
    cluster: Cluster,
    objects: Objects,
    receipts: Receipts,
    timeout: int,
    say: Say,
    promised: str = "",
    survey: Survey | None = None,
    early: Found | None = None,
    sleep: Sleep = time.sleep,
) -> tuple[Deployed, Did]:
    """Install the published chart in the target and wait until it is ready; nothing when it runs already.

    `timeout` is in seconds. What `survey` finds in the way is refused before anything is changed; it is not
    asked where nothing is to be done. `early` is what was found a moment ago, which will do where something
    else was installed and nobody was at it. With the digest of a plan (`promised`) it does that plan or
    refuses. Raises `ToolFailed` with the pods' own reason when it does not get ready.
    """
    plan, target, tries = prepared.plan, prepared.target, 0
    where = target.where
    while True:
        found = early if early and not (tries or promised) and early.lasts(prepared.values) else None
        state = found.state if found else settled_state(target, releases, cluster, say, sleep)
        there, findings = look_out(prepared, found or Found(state=state), objects, survey, say, sleep)
        check_installable(target, there.state)
        prepared = without_read(prepared, there.state, cluster)
        acted = not there.runs(prepared.values)
        if acted:
            require(target, findings, say)
        try:
            _announce(prepared, there, releases, objects, promised, say)
            state = there.state
            if not acted and state:
                break
            if state is None:
                cluster.ensure_namespace(target)
            say(f"{plan.app.name} {plan.version} to {where}")
            until = time.monotonic() + timeout
            before = (plan.app, target, releases, cluster)
            earlier = await_earlier(*before, timeout=timeout, say=say, sleep=sleep)
            with heard(plan.app, target, cluster, earlier):
                given = (prepared, there, releases, cluster, timeout, say, sleep)
                state = _install(*given, watched=watchable(findings))
        except ToolFailed as error:
            tries += 1
            if error.faults[0].code != RIVAL or tries == TRIES:
                raise
            say("another deployment has begun at the same moment, or a hand is at it")
            continue
        _enough(prepared, state, objects, until, say, sleep)
        break
    receipt = prepared.receipt(state)
    receipts.save(receipt, target.environment.name)
    return receipt, Did(f"{plan.app.name} {plan.version} runs{'' if acted else ' already'} in {where}", acted)


def _announce(
    prepared: Prepared, there: Found, releases: Releases, objects: Objects, promised: str, say: Say
) -> None:
    """Say what is more than the new chart, and hold the pods that an autoscaler takes over."""
    acts = not there.runs(prepared.values)
    if not promised and not (acts and matters(prepared, there)):
        return
    try:
        plan = plan_deployment(prepared, there, releases, objects)
    except ToolFailed as error:
        if promised or error.faults[0].code in SILENT:
            raise
        # What cannot be tried may still be done; why not, Helm then says.
        say(f"what hands have changed cannot be told: {error.faults[0].problem}")
        return
    if promised:
        check_promise(plan, promised)
    for each in lines(plan):
        say(each)
    if plan.acts:
        put_back(prepared.target, there, objects, owns=releases.owns)
    if plan.kept:
        objects.hold(prepared.target, plan.kept)


def _enough(
    prepared: Prepared, state: ReleaseState, objects: Objects, until: float, say: Say, sleep: Sleep
) -> None:
    """Wait for the least number of an autoscaler's pods, which Helm does not wait for."""
    if not prepared.autoscales:
        return
    told = ""
    while True:
        there = find(prepared.target, state, objects, say)
        short = there.standing.short[0] if there.standing and there.standing.short else ""
        if not short:
            return
        if time.monotonic() > until:
            raise failed("not-ready", f"{prepared.target.place}: {short}")
        if short != told:
            say(short)
            told = short
        sleep(1.0)


LAYERS = 2
"""How many texts of values a deployment has."""


def values_layers(
    plan: ReleasePlan, digest: str, target: Target, archive: Path, charts: Charts
) -> tuple[str, str]:
    """What the chart says for this environment, and on top of it what is known only at deployment.

    `digest` is that of the published chart.
    """
    environment = target.environment
    name = f"values-{environment.name}.yaml"
    texts = charts.texts(archive, [name, "values.yaml"])
    own = read_values(texts.get("values.yaml", ""), "values.yaml")
    return texts.get(name, ""), json.dumps(given_values(plan, environment, own, digest), indent=2)


def verify(
    plan: ReleasePlan, target: Target, releases: Releases, receipts: Receipts, say: Say
) -> tuple[Verified, Did]:
    """Run the chart's tests against what is deployed; nothing when this very revision passed already."""
    name = target.environment.name
    key = key_at(plan, target)
    deployed = required(receipts, Deployed, key, "verify", name=name, line=plan.key)
    state = releases.state(target)
    if state is None or state.revision != deployed.revision or state.status != RUNNING:
        found = f"revision {state.revision}, {state.status}" if state else "nothing"
        raise refused(
            "deployment-moved",
            f"{name} has {found} where revision {deployed.revision} was deployed",
            hint="run `pipelinekit deploy` again",
        )
    done = receipts.load(Verified, name)
    if done and done.key == key and done.revision == deployed.revision:
        return done, Did(f"{plan.app.name} {plan.version} is verified in {name} already", acted=False)
    releases.test(target, say)
    receipt = Verified(key=key, version=plan.version, environment=name, revision=deployed.revision)
    receipts.save(receipt, name)
    return receipt, Did(f"{plan.app.name} {plan.version} is verified in {name}", acted=True)


def _archive(
    plan: ReleasePlan, chart: ChartPublished, workspace: Workspace, registry: ChartRepository
) -> Path:
    """The published archive: the local one when it is the same, else the repository's."""
    archive = archive_of(plan, workspace)
    if digest_of(archive) != chart.archive_digest:
        registry.fetch_chart(plan.chart, archive)
    return archive


def _install(
    prepared: Prepared,
    there: Found,
    releases: Releases,
    cluster: Cluster,
    timeout: int,
    say: Say,
    sleep: Sleep,
    *,
    watched: bool,
) -> ReleaseState:
    target = prepared.target
    watch = Patience(target, cluster, say, timeout, elsewhere=asked(target, releases))
    given, content = (target, prepared.archive, prepared.layers), 0
    try:
        state = releases.install(*given, timeout=timeout, hopeless=watch.hopeless, watched=watched)
        content = state.revision
        watch.steady(sleep, 0 if releases.owns and watched and not there.is_short else LOOKS)
    except ToolFailed as error:
        if error.faults[0].code == RIVAL:
            raise
        # The reason is collected first: rolling back takes the pods away that have it.
        told = watch.failure(error)
        how = undo(target, there.state, releases, cluster, timeout, say, content, watched=watched)
        raise with_ending(told, how) from error
    return state
