"""Variables: names, and the few values that hold everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.reading.repository.variables import given


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", 8080, [("port", "8080", "")]),
        ("PORT", "$PORT", []),
        ("DB_PASSWORD", "hunter2", [("variable", "DB_PASSWORD", "")]),
        ("API_KEY", "12345", [("variable", "API_KEY", "")]),
        ("HOST", "0.0.0.0", [("variable", "HOST", "0.0.0.0")]),
        ("NODE_ENV", "production", [("variable", "NODE_ENV", "production")]),
        ("NODE_ENV", "development", [("variable", "NODE_ENV", "")]),
        ("SERVER_PORT", "9000", [("variable", "SERVER_PORT", "9000")]),
        ("NODE_VERSION", "20.10.0", [("version", "20.10.0", "node")]),
        ("NODE_VERSION", "lts", []),
        ("A", None, [("variable", "A", "")]),
        ("A", {"b": 1}, [("variable", "A", "")]),
        ("a b", "c", []),
        ("", "c", []),
    ],
)
def test_what_is_said_of_a_variable(name: str, value: Any, said: list[tuple[str, str, str]]) -> None:
    assert [(each.what, each.value, each.name) for each in given(name, value, "f:1")] == said
