from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.folder import chartcopy
from pipelinekit.errors import Refused


@pytest.mark.parametrize(
    ("applications", "folder", "hint"),
    [
        (["loaves"], ".", "there is one below: `draft up loaves`"),
        (["a b"], ".", "there is one below: `draft up 'a b'`"),
        (["x", "y"], ".", "there is one below: `draft up x` (2 applications: x, y)"),
        (["."], "src", "run it there, or with `draft up ..`"),
        (["."], ".", "`draft create` makes one"),
        ([], ".", "`draft create` makes one"),
    ],
)
def test_without_a_chart_the_application_that_is_meant_is_named(
    tmp_path: Path, applications: list[str], folder: str, hint: str
) -> None:
    (tmp_path / "src").mkdir()
    for each in applications:
        (tmp_path / each).mkdir(exist_ok=True)
        (tmp_path / each / "app.yaml").touch()
    with pytest.raises(Refused, match="there is no chart in") as caught:
        chartcopy.find((tmp_path / folder).resolve(), "")
    assert hint in caught.value.faults[0].hint
