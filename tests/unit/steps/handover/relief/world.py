"""Where a controller is relieved: `store`, which runs 1.0.0, and a Job that is to bring another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipelinekit.model.rollout.component import Controller
from pipelinekit.model.rollout.part import Outcome
from pipelinekit.steps.handover import relief as steps
from tests import handing, rollouts
from tests.handing import NAME
from tests.rollouts import Bench
from tests.unit.steps.rollout.test_gate import Time


@dataclass
class World:
    """A controller `store` that runs 1.0.0, and a Job that is to bring another."""

    bench: Bench
    jobs: handing.Jobs = field(default_factory=handing.Jobs)
    builds: handing.Builds = field(default_factory=handing.Builds)
    time: Time = field(default_factory=Time)

    def relief(
        self, version: str = "1.1.0", through: Callable[[Any], Any] = lambda site: site
    ) -> steps.Relief:
        part = self.bench.part(version=version, objects=(rollouts.SET,), controller=Controller())
        return steps.Relief(
            part=part,
            shelf=self.bench.shelf,
            site=through(self.bench.site),
            quiet=self.builds,
            jobs=self.jobs,
            wait=10,
            timeout=0,
            build="platform/store #7",
        )

    def run(self, relief: steps.Relief) -> Outcome:
        return steps.relieve(relief, say=self.bench.said.append, clock=self.time.clock, sleep=self.time.sleep)

    @property
    def notes(self) -> dict[str, str]:
        return dict(self.jobs.there[NAME].notes)

    @property
    def installed(self) -> str:
        records = self.bench.cluster.records["stores", "store"]
        values: Any = records[max(records)].values
        return str(values["global"]["pipelinekit.dev/version"])
