from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.rollout.part import Outcome
from pipelinekit.steps.rollout.part import Part
from pipelinekit.steps.rollout.resize import planned, resize
from tests import parts
from tests.rollouts import SET, Bench, Deadly, Killed


def server(size: str, service: str = "store") -> dict[str, Any]:
    spec = {"storageClassName": "fast", "resources": {"requests": {"storage": size}}}
    more = {"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": spec}], "serviceName": service}
    return {**SET, "spec": {**SET["spec"], **more}}


class Grown:
    """A component with two volumes of 1Gi, which are wanted larger."""

    def __init__(self, root: Path) -> None:
        self.bench = Bench(root)
        self.volumes = parts.Volumes(sizes={f"data-store-{each}": ["1Gi", "1Gi"] for each in range(2)})
        self.bench.deploy(self.bench.part(objects=(server("1Gi"),)))
        self.now = 0.0

    def part(self, size: str = "2Gi", **more: str) -> Part:
        return self.bench.part(version="1.0.1", objects=(server(size, **more),))

    def resize(self, part: Part, deadly: Deadly | None = None) -> Outcome:
        volumes = self.volumes
        let_go = volumes.let_go

        def gone(target: Any, stateful_set: str) -> None:
            let_go(target, stateful_set)
            self.bench.parts.gone.add(stateful_set)
            self.bench.releases.waiting = self.bench.parts.gone.clear

        volumes.let_go = gone  # type: ignore[method-assign]
        bench = self.bench
        return resize(
            part,
            bench.shelf,
            deadly.site(bench.site) if deadly else bench.site,
            deadly.through(volumes) if deadly else volumes,
            timeout=5,
            say=bench.said.append,
            clock=lambda: self.now,
            sleep=self.sleep,
        )

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def grown(tmp_path: Path) -> Grown:
    return Grown(tmp_path)


def test_deploying_refuses_and_names_the_verb_that_can(grown: Grown) -> None:
    with pytest.raises(Refused, match="`pipelinekit platform resize store` grows volumes"):
        grown.bench.deploy(grown.part())


def test_volumes_grow_and_the_stateful_set_is_made_anew(grown: Grown) -> None:
    assert grown.resize(grown.part()).state == "deployed"
    assert grown.volumes.sizes == {f"data-store-{each}": ["2Gi", "2Gi"] for each in range(2)}
    assert grown.volumes.let_gone == ["store"]
    assert grown.resize(grown.part()).state == "unchanged"


def test_nothing_is_done_where_something_stands_in_the_way(grown: Grown) -> None:
    grown.volumes.growing = set()
    with pytest.raises(Refused, match="'fast' do not grow"):
        grown.resize(grown.part())
    grown.volumes.growing, grown.volumes.unbound = {"fast"}, True
    with pytest.raises(Refused, match="data-store-0 is not bound"):
        grown.resize(grown.part())
    grown.volumes.unbound = False
    with pytest.raises(Refused, match="serviceName cannot be changed"):
        grown.resize(grown.part(service="other"))
    with pytest.raises(Refused, match="cannot shrink"):
        grown.resize(grown.part("500Mi"))
    assert grown.volumes.sizes["data-store-0"] == ["1Gi", "1Gi"]
    assert grown.volumes.let_gone == []


def test_a_volume_that_does_not_grow_is_named_and_its_stateful_set_stays(grown: Grown) -> None:
    grown.volumes.stuck = True
    with pytest.raises(ToolFailed, match="volume data-store-0 has 1Gi after 5 s"):
        grown.resize(grown.part())
    assert grown.volumes.let_gone == []


def test_killed_at_each_step_and_run_again_volumes_have_grown_and_the_stateful_set_is_there(
    tmp_path: Path,
) -> None:
    for calls in count(1):
        grown = Grown(tmp_path / str(calls))
        try:
            grown.resize(grown.part(), Deadly(calls))
        except Killed:
            assert grown.resize(grown.part()).state in ("deployed", "unchanged"), calls
        else:
            break
        assert grown.volumes.sizes == {f"data-store-{each}": ["2Gi", "2Gi"] for each in range(2)}, calls
        assert grown.bench.parts.gone == set(), calls
        assert grown.resize(grown.part()).state == "unchanged"
    assert calls > 12


def test_a_plan_grows_nothing(grown: Grown) -> None:
    bench = grown.bench
    (growth,) = planned(grown.part(), bench.shelf, bench.site, grown.volumes)
    assert (growth.stem, growth.before, growth.after) == ("data-store", "1Gi", "2Gi")
    assert grown.volumes.sizes["data-store-0"] == ["1Gi", "1Gi"]


def test_what_is_not_installed_has_nothing_to_grow(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(Refused, match="is not installed"):
        planned(bench.part(), bench.shelf, bench.site, parts.Volumes())
