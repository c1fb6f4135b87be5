from __future__ import annotations

import json

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.editor import SCHEMA, plan
from pipelinekit.reading.schema import APP
from pipelinekit.render import render
from tests import examples


def test_the_editors_schema_is_the_readers() -> None:
    tree = render(plan(examples.app(), examples.site()), templates())
    assert json.loads(tree[SCHEMA].text) == APP
