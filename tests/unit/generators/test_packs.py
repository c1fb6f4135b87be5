from __future__ import annotations

import re

import pytest
import yaml

from pipelinekit.adapters.folder import packaged
from pipelinekit.generators import packs
from pipelinekit.model.app import Language
from pipelinekit.model.tree import Tree
from pipelinekit.render import render
from tests import examples


def tree(language: Language) -> Tree:
    return packs.packed(render(packs.plan(language, examples.site()), packaged.templates()))


@pytest.mark.parametrize("language", packs.languages())
def test_a_pack_is_laid_out_as_classic_draft_loads_it(language: Language) -> None:
    found = tree(language)
    assert {"Dockerfile", ".dockerignore", "tasks.toml", "charts/Chart.yaml", "charts/values.yaml"} <= set(
        found
    )
    assert not [path for path in found if path.startswith("charts/app/")]
    # Helm 2 makes no folder for a template when it writes a chart.
    assert not [path for path in found if re.match("charts/templates/.*/", path)]
    assert "charts/templates/tests-http.yaml" in found
    chart = yaml.safe_load(found["charts/Chart.yaml"].text)
    assert (chart["apiVersion"], chart["name"], "type" in chart) == ("v1", "app", False)


def test_all_but_the_chart_is_what_is_generated_anyway() -> None:
    generated = render(packs.plan("go", examples.site()), packaged.templates())
    found = tree("go")
    same = {path: file for path, file in found.items() if path not in {"charts/Chart.yaml", "tasks.toml"}}
    assert same == {
        path.replace("charts/app/", "charts/").replace("templates/tests/", "templates/tests-"): file
        for path, file in generated.items()
        if not path.endswith("Chart.yaml")
    }
