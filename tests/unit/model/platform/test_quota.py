from __future__ import annotations

from pipelinekit.model.platform.quota import Quota


def test_nothing_is_limited_at_first() -> None:
    assert Quota() == Quota(hard={}, container={})
