from __future__ import annotations

from tests.derived import outdated


def test_derived_files_are_current() -> None:
    assert outdated() == [], "run `python -m tests.derived`"
