from __future__ import annotations

from pathlib import Path

from pipelinekit.steps.rollout.render import rendered
from tests import parts
from tests.unit.steps.rollout.bench import CRD, Bench


def test_policies_come_first_and_nothing_is_published(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(policies="policies", objects=(CRD,))
    text = rendered(part, bench.shelf, parts.Components(bench.releases))
    assert text.index("# store-policies 1.0.0") < text.index("# store 1.0.0")
    assert "CustomResourceDefinition" in text
    assert not bench.registry.tags
