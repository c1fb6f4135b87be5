"""PostgreSQL's chart: what its values may say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.charts.helm import Helm, check_refused
from tests.pages.charts import CHARTS

SETTINGS: list[dict[str, Any]] = [
    {"databases": [{"name": "x'; DROP DATABASE y", "secret": "s"}]},
    {"databases": [{"name": "postgres", "secret": "s"}]},
    {"databases": [{"name": "x", "role": "pg_monitor", "secret": "s"}]},
    {"databases": [{"name": "a|b", "secret": "s"}]},
    {"settings": {"hba_file": "/tmp/x"}},
    {"settings": {"include": "/tmp/x"}},
    {"settings": {"x": "a\nb"}},
    {"restore": {"from": "../../etc"}},
    {"backup": {"schedule": "a\nb"}},
]


@pytest.mark.parametrize("wrong", SETTINGS, ids=str)
def test_it_takes_no_value_that_files_or_sql_take_for_more(
    helm: Helm, whole: Callable[[Path], Path], wrong: dict[str, Any]
) -> None:
    check_refused(helm, whole(CHARTS / "postgresql" / "chart"), wrong)
