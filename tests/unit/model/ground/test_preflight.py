from __future__ import annotations

from pipelinekit.model.ground.preflight import Finding, Seen


def test_what_was_not_looked_at_is_said_in_those_words() -> None:
    assert str(Finding("not checked", "quota", "the quota: it may not be read")).startswith("not checked: ")


def test_nothing_seen_is_nothing_fine() -> None:
    assert (Seen().secrets, Seen().pulled) == ({}, {})
