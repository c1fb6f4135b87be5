"""Backups as folders of files: what charts have of it word for word, as none can read another's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.charts.programs import imported
from tests.pages.charts import CHARTS

HAVING = sorted(each.parent for each in CHARTS.glob("*/chart/files/copies.py"))


@pytest.mark.parametrize("name", ["archive.py", "copies.py"])
def test_what_charts_have_alike_is_one_text(name: str) -> None:
    assert len(HAVING) > 1
    assert len({(each / name).read_text() for each in HAVING}) == 1


@pytest.mark.parametrize("name", ["a\nb", "SHA256SUMS"])
def test_a_name_that_no_list_of_sums_can_hold_makes_no_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with (
        imported(HAVING[0], monkeypatch) as programs,
        pytest.raises(SystemExit, match="which no list of sums can hold"),
    ):
        programs("copies").kept([(name, tmp_path / name)], tmp_path / "work", None)
