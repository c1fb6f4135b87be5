from __future__ import annotations

import json
from pathlib import Path

from pipelinekit.steps.rollout.render import rendered, surveyed
from tests import parts
from tests.rollouts import CRD, Bench


def test_policies_come_first_and_nothing_is_published(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    part = bench.part(policies="policies", objects=(CRD,))
    text = rendered(part, bench.shelf, parts.Components(bench.releases))
    assert text.index("# store-policies 1.0.0") < text.index("# store 1.0.0")
    assert "CustomResourceDefinition" in text
    assert not bench.registry.tags


def test_a_survey_of_one_namespace_judges_what_is_in_it() -> None:
    def thing(name: str, **more: str | None) -> dict[str, object]:
        return {"kind": "ConfigMap", "metadata": {"name": name, **more}}

    objects = [CRD, thing("mine"), thing("here", namespace="a"), thing("there", namespace="b")]
    objects += [thing("none", namespace=None), thing("empty", namespace="")]
    text = surveyed("\n---\n".join(json.dumps(each) for each in objects), "a")
    names = [json.loads(each)["metadata"]["name"] for each in text.split("\n---\n")]
    assert names == ["mine", "here", "none", "empty"]
