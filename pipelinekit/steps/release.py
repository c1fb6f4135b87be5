"""Deploy and verify: a published chart into an environment, and the proof that it works there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import Fault, ToolFailed, refused
from pipelinekit.model.receipts import ChartPublished, Deployed, Verified, check_key
from pipelinekit.model.release import ReleasePlan, ReleaseState, Target
from pipelinekit.plan.chartvalues import given_values
from pipelinekit.plan.release import key_at
from pipelinekit.ports import (
    ChartRepository,
    Charts,
    Cluster,
    Receipts,
    Releases,
    Say,
    Verifier,
    Workspace,
)
from pipelinekit.reading.values import overlay, read_values
from pipelinekit.steps.chart import DIST, digest_of
from pipelinekit.steps.image import Did, missing
from pipelinekit.steps.referenced import with_versions
from pipelinekit.steps.tasks import await_earlier, heard

Sleep = Callable[[float], None]

STARTING = 8.0
"""Seconds in which a pod that is not ready yet is no news."""
RUNNING = "deployed"
PENDING = "pending-"


def published(
    plan: ReleasePlan, registry: ChartRepository, receipts: Receipts, verifier: Verifier | None = None
) -> ChartPublished:
    """The chart that was published at this revision; the repository is asked whether it still has it, and
    with a `verifier` whether it is signed."""
    receipt = receipts.load(ChartPublished)
    if receipt is None:
        raise missing("a published chart", "publish")
    check_key(receipt, plan.key)
    if registry.digest_of(plan.chart) != receipt.digest:
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


def deploy(
    plan: ReleasePlan,
    chart: ChartPublished,
    target: Target,
    *,
    workspace: Workspace,
    charts: Charts,
    registry: ChartRepository,
    releases: Releases,
    cluster: Cluster,
    receipts: Receipts,
    timeout: int,
    say: Say,
    sleep: Sleep = time.sleep,
) -> tuple[Deployed, Did]:
    """Install the published chart in the target and wait until it is ready; nothing when it runs already.

    `timeout` is in seconds. Raises `ToolFailed` with the pods' own reason when it does not get ready.
    """
    where = f"{target.environment.name} (namespace {target.namespace})"
    archive = _archive(plan, chart, workspace, registry)
    layers = values_layers(plan, chart.digest, target, archive, charts)
    layers = with_versions(layers, plan.app, target, cluster, say)
    wanted = overlay(*(read_values(text, "values") for text in layers))
    state = _settled_state(target, releases, cluster, say, sleep)
    acted = not (
        state and state.status == RUNNING and state.values == wanted and cluster.ready(target, state.manifest)
    )
    if acted or state is None:
        if state is None:
            cluster.ensure_namespace(target)
        say(f"{plan.app.name} {plan.version} to {where}")
        await_earlier(plan.app, target, releases, cluster, timeout=timeout, say=say, sleep=sleep)
        with heard(plan.app, target, cluster):
            state = _install(target, archive, layers, releases, cluster, timeout, say)
    receipt = Deployed(
        key=key_at(plan, target),
        version=plan.version,
        environment=target.environment.name,
        namespace=target.namespace,
        revision=state.revision,
        chart_digest=chart.digest,
    )
    receipts.save(receipt, target.environment.name)
    verb = "runs in" if acted else "runs already in"
    return receipt, Did(f"{plan.app.name} {plan.version} {verb} {where}", acted)


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
    deployed = receipts.load(Deployed, name)
    if deployed is None:
        raise missing("a deployment", "deploy")
    key = key_at(plan, target)
    check_key(deployed, key)
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
    archive = workspace.working_folder(DIST) / f"{plan.app.name}-{plan.version}.tgz"
    if digest_of(archive) != chart.archive_digest:
        registry.fetch_chart(plan.chart, archive)
    return archive


def _settled_state(
    target: Target, releases: Releases, cluster: Cluster, say: Say, sleep: Sleep
) -> ReleaseState | None:
    """The release's state once nobody is in the middle of changing it.

    Helm marks a release as pending while it works. One whose process is gone, or whose time is up, was
    killed: its record is dropped, and the one before it counts. Any other is waited for.
    """
    told, unread = False, 0
    while True:
        state = releases.state(target)
        if state is None or not state.status.startswith(PENDING):
            return state
        labels = cluster.release_labels(target, state.revision)
        if labels is None and unread != state.revision:
            # It may have gone between the two questions; a record that may not be read stays so.
            unread = state.revision
            continue
        alive, until = releases.holder(labels or {})
        if not until:
            who = (
                "by something else than pipelinekit" if labels is not None else "and its record is unreadable"
            )
            raise refused(
                "release-pending",
                f"release '{target.name}' is {state.status}, {who}",
                hint=f"helm history {target.name} --namespace {target.namespace}",
            )
        if alive is False or time.time() > until:
            say(f"an earlier deployment was killed in the middle (revision {state.revision}): taking over")
            cluster.drop_release(target, state.revision)
            continue
        if not told:
            latest = time.strftime("%H:%M:%S", time.localtime(until))
            say(f"another deployment is under way, until {latest} at the latest: waiting")
            told = True
        sleep(1.0)


def _install(
    target: Target,
    archive: Path,
    layers: tuple[str, ...],
    releases: Releases,
    cluster: Cluster,
    timeout: int,
    say: Say,
) -> ReleaseState:
    # Pods carry whole seconds, and the cluster's clock may differ a little from ours.
    since = time.time() - 2
    told: set[str] = set()
    verdict: list[str] = []

    def hopeless() -> bool:
        if time.time() < since + STARTING:
            return False
        for each in cluster.troubles(target, since=since):
            if each not in told:
                told.add(each)
                say(each)
        verdict[:] = [text for text in [cluster.hopeless(target, since=since)] if text]
        return bool(verdict)

    try:
        return releases.install(target, archive, layers, timeout=timeout, hopeless=hopeless)
    except ToolFailed as error:
        reasons = verdict or list(cluster.troubles(target, since=since))
        if not reasons:
            raise
        place = f"{target.environment.name}: "
        raise ToolFailed(
            Fault(
                "not-ready",
                place + reasons[0],
                hint=f"kubectl --namespace {target.namespace} describe pods; what runs stays as it is",
            ),
            *(Fault("not-ready", place + each) for each in reasons[1:]),
            *error.faults,
        ) from error
