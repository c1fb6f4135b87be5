from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from pipelinekit.model.rollout.handover import Standing
from tests.handing import GIVEN


def test_a_job_is_at_work_until_it_says_otherwise() -> None:
    assert not Standing(name="jenkins-handover", uid="1", notes={}).ended


def test_what_is_handed_over_cannot_be_changed_behind_its_digest() -> None:
    assert not GIVEN.rules, "it may do nothing that nobody has granted"
    with pytest.raises(FrozenInstanceError):
        GIVEN.content = b"another"  # type: ignore[misc]
