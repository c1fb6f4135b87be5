from __future__ import annotations

from pipelinekit.generators.draftpack import plan
from pipelinekit.model.app import Build
from tests import examples


def test_a_draft_pack_is_three_files_over_the_generated_chart_and_dockerfile() -> None:
    build = Build(language="go", args={"B": "2", "A": "1"})
    plans = {each.path: each.inputs for each in plan(examples.app(build=build), examples.site())}
    assert list(plans) == ["draft.toml", ".draft-tasks.toml", ".draftignore"]
    assert plans["draft.toml"] == {
        "name": "orders",
        "args": {"A": "1", "B": "2"},
    }
