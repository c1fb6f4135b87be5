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


def test_a_file_called_as_the_list_of_sums_makes_no_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        imported(HAVING[0], monkeypatch) as programs,
        pytest.raises(SystemExit, match="as the list of sums is"),
    ):
        programs("copies").kept([("SHA256SUMS", tmp_path / "x")], tmp_path / "work", None)
