from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled import rust
from pipelinekit.plan.detect.tables import toml_of

DIGITS = f"a = {'1' * 5000}\n"


def test_a_mark_at_the_begin_is_none_of_its_words() -> None:
    assert toml_of("\ufeffa = 1") == {"a": 1}


@pytest.mark.parametrize("text", [DIGITS, "a = " + "[" * 5000, "a = 1\na = 2", "a = 2026-13-45", "["])
def test_what_is_no_toml_is_empty(text: str) -> None:
    assert toml_of(text) == {}


def test_no_manifest_is_a_crash() -> None:
    assert rust.look({"Cargo.toml": DIGITS, "src/main.rs": "fn main() {}"}) is not None
