"""Where a release is deployed: a published chart, a cluster, and what has been said so far."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import PipelinekitError
from pipelinekit.model.deployment import DeploymentPlan
from pipelinekit.model.receipts import ChartPublished, Deployed, Verified
from pipelinekit.model.release import ReleasePlan, Target
from pipelinekit.steps import release
from pipelinekit.steps.artefacts.image import Did
from pipelinekit.steps.deploying.deployment import Prepared, find, plan_deployment
from pipelinekit.steps.deploying.preflight import Survey
from tests import examples
from tests.doubles import Charts, Cluster, Receipts, Record, Registry, Releases, Workspace, digest

PLAN = examples.plan()
DEV = examples.target()


class Bench:
    """A published chart, a cluster, and what has been said so far."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.registry = Registry()
        self.receipts = Receipts()
        self.charts = Charts()
        self.cluster = Cluster()
        self.releases = Releases(self.cluster)
        self.said: list[str] = []
        self.while_waiting: Callable[[], None] | None = None
        self.waited = 0
        self.chart = self.publish()

    def publish(self, **texts: str) -> ChartPublished:
        """Publish a chart in the place of the one before, and keep its receipt."""
        folder = self.workspace.working_folder("source")
        shutil.rmtree(folder / "templates", ignore_errors=True)
        for name, text in {
            "Chart.yaml": "name: orders\nversion: 1.2.3\n",
            "values.yaml": "image: {digest: x}",
            **texts,
        }.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        archive = self.charts.package(folder, {}, "{}", folder.parent, "published", root=folder.parent)
        receipt = ChartPublished(
            key=PLAN.key,
            version=PLAN.version,
            repository=f"{PLAN.chart.registry}/{PLAN.chart.repository}",
            digest=self.registry.publish_chart(PLAN.chart, archive, {}),
            archive_digest=digest(archive.read_bytes()),
            image_repository="payments/orders",
            image_digest=examples.DIGEST,
        )
        self.receipts.save(receipt)
        self.chart = receipt
        return receipt

    def deploy(
        self,
        target: Target = DEV,
        plan: ReleasePlan = PLAN,
        promised: str = "",
        survey: Survey | None = None,
    ) -> tuple[Deployed, Did]:
        return release.deploy(
            self.prepare(target, plan),
            releases=self.releases,
            cluster=self.cluster,
            objects=self.cluster.things,
            receipts=self.receipts,
            timeout=10,
            say=self.said.append,
            sleep=self._sleep,
            promised=promised,
            survey=survey,
        )

    def prepare(self, target: Target = DEV, plan: ReleasePlan = PLAN) -> Prepared:
        return release.prepare(
            plan,
            self.chart,
            target,
            self.workspace,
            self.charts,
            self.registry,
            self.cluster,
            self.said.append,
        )

    def plan(self) -> DeploymentPlan:
        things = self.cluster.things
        there = find(DEV, self.releases.state(DEV), things, self.said.append)
        return plan_deployment(self.prepare(), there, self.releases, things)

    def verify(self, plan: ReleasePlan = PLAN, target: Target = DEV) -> tuple[Verified, Did]:
        return release.verify(plan, target, self.releases, self.receipts, self.said.append)

    @property
    def records(self) -> dict[int, Record]:
        return self.cluster.records.setdefault((DEV.namespace, DEV.name), {})

    def pending(self, owner: str, *, seconds: float, status: str = "pending-upgrade") -> int:
        """Leave the record of a deployment that is under way, or was killed; its revision."""
        revision = max(self.records, default=0) + 1
        labels = {"owner": owner, "until": str(time.time() + seconds)}
        self.records[revision] = Record(status, {}, "half", labels)
        self.cluster.namespaces.add("payments-dev")
        return revision

    def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.waited += 1
        assert self.waited < 8, "it waits for ever"
        if self.while_waiting:
            self.while_waiting()


def another_key(**fields: str) -> ReleasePlan:
    return replace(PLAN, key=replace(PLAN.key, **fields))


def code_of(error: PipelinekitError) -> str:
    return error.faults[0].code


# --- hands ----------------------------------------------------------------------------------------

REPLICAS = ("f:spec", "f:replicas")
IMAGE = ("f:spec", "f:template", "f:spec", "f:containers", 'k:{"name":"web"}', "f:image")
