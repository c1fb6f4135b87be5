"""An image from its sources to the registry, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipelinekit.errors import PipelinekitError
from pipelinekit.model import receipts
from pipelinekit.model.receipts import ImageBuilt, ImagePushed
from pipelinekit.model.release import ReleasePlan
from pipelinekit.model.testing import Totals
from pipelinekit.steps.artefacts import image, pushing, testing
from pipelinekit.steps.artefacts.image import Did
from tests import examples
from tests.doubles import Engine, Receipts, Registry, Reports, Secrets, Signer, Sources

PLAN = examples.plan()
CONTEXT = Path("unused")


class Bench:
    """An engine, a registry, receipts and reports of one application."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.engine = Engine(self.registry)
        self.receipts = Receipts()
        self.reports = Reports(left=Totals(passed=3))
        self.sources = Sources()
        self.secrets = Secrets()
        self.said: list[str] = []
        self.signer: Signer | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        """What others do while the version settles."""

    def test(self, plan: ReleasePlan = PLAN) -> tuple[receipts.Tested, Did]:
        return testing.test(
            plan,
            CONTEXT,
            self.sources,
            self.engine,
            self.registry,
            self.reports,
            self.receipts,
            self.secrets,
            self.said.append,
        )

    def build(self, plan: ReleasePlan = PLAN, *, oldest: int = 0) -> tuple[ImageBuilt, Did]:
        return image.build(
            plan,
            CONTEXT,
            self.sources,
            self.engine,
            self.registry,
            self.receipts,
            self.secrets,
            self.said.append,
            oldest=oldest,
            verifier=self.signer,
        )

    def wait(self, _: float) -> None:
        self.meanwhile()

    def push(self, plan: ReleasePlan = PLAN) -> tuple[ImagePushed, Did]:
        return pushing.push(
            plan,
            self.engine,
            self.registry,
            self.receipts,
            None,
            self.said.append,
            sleep=self.wait,
            signer=self.signer,
        )

    def elsewhere(self) -> Bench:
        """A second agent, which starts empty, with the same sources and registry."""
        other = Bench()
        other.registry = other.engine.registry = self.registry
        other.engine.builds = 100
        other.sources = replace(self.sources)
        other.signer = self.signer
        return other

    def receipts_inputs(self) -> str:
        built = self.receipts.load(ImageBuilt)
        assert built
        return built.inputs


def another_revision(**key: str) -> ReleasePlan:
    """The plan of a key that differs."""
    return replace(PLAN, key=replace(PLAN.key, **key))


def code_of(error: PipelinekitError) -> str:
    return error.faults[0].code
