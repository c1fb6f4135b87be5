from __future__ import annotations

import pytest

from pipelinekit.model.platform.gates import kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [("2026-01-01", "moment"), ("01-31", "year"), ("Mon 08:00", "week"), ("08:00", "day"), ("8", "")],
)
def test_kinds(text: str, kind: str) -> None:
    assert kind_of(text) == kind
