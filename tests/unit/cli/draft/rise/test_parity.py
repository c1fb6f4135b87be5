from __future__ import annotations

from typing import Any, cast

import pytest

from pipelinekit.cli.draft.rise import parity
from pipelinekit.steps.difference import between

DIFFER = "differ from the pipeline's rendering"


@pytest.mark.parametrize(
    ("pipeline", "draft", "line"),
    [
        ({"Pod/a": "x: 1\n"}, {"Pod/a": "x: 1\n"}, "parity: the pipeline would install the same"),
        ({"Pod/a": "x: 1\n"}, {"Pod/a": "x: 2\n"}, f"parity: 2 lines {DIFFER} (Pod/a)"),
        ({"Pod/a": "x: 1\n"}, {}, "parity: 1 line differs from the pipeline's rendering (Pod/a)"),
        ({}, {"Pod/b": "x: 1\n"}, "parity: 1 line differs from the pipeline's rendering (Pod/b)"),
    ],
)  # fmt: skip
def test_the_line_counts_what_differs_and_names_where(
    pipeline: dict[str, str], draft: dict[str, str], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parity, "diff", lambda *_: between(pipeline, draft, parity.TITLES))
    nothing = cast("Any", None)
    (told,) = parity.told(nothing, nothing, nothing, nothing)
    assert told.partition(": draft diff")[0] == line
