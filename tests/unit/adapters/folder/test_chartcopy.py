from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelinekit.adapters.folder import chartcopy
from pipelinekit.errors import DocumentInvalid, Refused


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


def test_a_name_that_is_no_text_counts_in_a_charts_digest(tmp_path: Path) -> None:
    chart = tmp_path / "charts" / "orders"
    chart.mkdir(parents=True)
    (chart / "Chart.yaml").touch()
    before = chartcopy.digest_of(chart, tmp_path)
    name = os.fsdecode(b"\xff\xfe")
    (chart / name).write_text("x")
    assert chartcopy.copied(chart, tmp_path, tmp_path / "copy") != before
    assert (tmp_path / "copy" / name).read_text() == "x"


def test_values_that_are_no_text_are_told_where_they_stand(tmp_path: Path) -> None:
    copied, chart = tmp_path / "copy", tmp_path / "charts" / "orders"
    copied.mkdir()
    assert chartcopy.text(copied, "values.yaml", chart) == ""
    (copied / "values.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(DocumentInvalid) as caught:
        chartcopy.text(copied, "values.yaml", chart)
    assert str(caught.value) == f"{chart}/values.yaml: byte 0xff is not UTF-8"
