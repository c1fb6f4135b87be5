from __future__ import annotations

from pipelinekit.model.platform.drafts import Drafts


def test_half_a_day_unless_said() -> None:
    assert Drafts().idle == 12 * 3600
