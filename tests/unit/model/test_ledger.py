"""A ledger's event: who, what, when, with which bytes."""

from __future__ import annotations

import dataclasses

import pytest

from pipelinekit.model.ledger import Event


def test_an_event_cannot_be_changed() -> None:
    event = Event(verb="expired", team="t", name="orders", version="1.0.0", digests=("sha256:1",))
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.version = "2.0.0"  # type: ignore[misc]
