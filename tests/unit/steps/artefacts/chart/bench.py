"""Where charts are packaged and published: an application's folder, and a registry."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import PipelinekitError
from pipelinekit.model.receipts import ChartPackaged, ChartPublished, ImagePushed
from pipelinekit.model.release import ReleasePlan
from pipelinekit.steps.artefacts import chart
from pipelinekit.steps.artefacts.image import Did
from tests import examples
from tests.doubles import Charts, Receipts, Registry, Signer, Workspace

PLAN = examples.plan()

CHART = """\
# The application's chart.
apiVersion: v2
name: orders
version: 0.0.0  # set by package
appVersion: "0.0.0"
"""
VALUES = """\
# Written by hand as well.
image:
  repository: orders
  digest: ""   # set by package
processes: {web: {env: {A: "no"}}}
"""


class Bench:
    """An application's folder with a chart, a registry, and the receipt of a pushed image."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = Workspace(root)
        self.registry = Registry()
        self.receipts = Receipts()
        self.charts = Charts()
        self.write("Chart.yaml", CHART)
        self.write("values.yaml", VALUES)
        self.write("templates/deployment.yaml", "{{ .Values.image }}")
        self.pushed()

    def write(self, name: str, text: str) -> None:
        path = self.root / "charts/orders" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.workspace.texts[f"charts/orders/{name}"] = text

    def pushed(self, content: str = "image") -> ImagePushed:
        """Push an image, and keep its receipt."""
        receipt = ImagePushed(
            key=PLAN.key,
            version=PLAN.version,
            registry=PLAN.image.registry,
            repository=PLAN.image.repository,
            digest=self.registry.store(PLAN.image, {"image": content}),
            inputs=examples.OTHER_DIGEST,
        )
        self.receipts.save(receipt)
        return receipt

    def package(self, plan: ReleasePlan = PLAN) -> tuple[ChartPackaged, Did]:
        return chart.package(plan, self.root, self.workspace, self.charts, self.registry, self.receipts)

    def publish(self, plan: ReleasePlan = PLAN, signer: Signer | None = None) -> tuple[ChartPublished, Did]:
        return chart.publish(
            plan,
            self.root,
            self.charts,
            self.registry,
            self.receipts,
            sleep=lambda _: None,
            signer=signer,
        )

    def harm(self, receipt: ChartPackaged, damage: str) -> None:
        """Have the archive be gone, or changed."""
        archive = self.root / receipt.archive
        if damage == "gone":
            archive.unlink()
        else:
            archive.write_text("{}")

    def archived(self, receipt: ChartPackaged) -> dict[str, str]:
        texts: dict[str, str] = json.loads((self.root / receipt.archive).read_text())
        return texts


def another_key(**fields: str) -> ReleasePlan:
    return replace(PLAN, key=replace(PLAN.key, **fields))


def fault_of(error: PipelinekitError) -> tuple[str, int]:
    return error.faults[0].code, error.exit_code
