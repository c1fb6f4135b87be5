from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.pointer import MISSING, at


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("/a/b", 1),
        ("/list/1/c", 2),
        ("/x~1y/m~0n", 3),
        ("/a/none", None),
        ("/a/b/c", MISSING),
        ("/list/2", MISSING),
        ("/list/one", MISSING),
        ("/nowhere", MISSING),
    ],
)
def test_what_stands_at_a_pointer(pointer: str, found: Any) -> None:
    body = {"a": {"b": 1, "none": None}, "list": [{}, {"c": 2}], "x/y": {"m~n": 3}}
    assert at(body, pointer) == found
