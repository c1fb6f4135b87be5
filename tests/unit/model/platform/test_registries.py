from __future__ import annotations

import dataclasses

import pytest

from pipelinekit.model.platform.registries import MirrorLogin, Retention, Signing

DAY = 86_400


def test_what_nobody_says_is_kept_long_and_signed_quietly() -> None:
    assert Retention() == Retention(last=10, audit=400 * DAY, development=30 * DAY)
    assert Signing(credentials="key") == Signing(
        credentials="key", password="", public_key="", log="", timestamps=""
    )
    assert not MirrorLogin(credentials="reader").pull_requests


def test_nobody_changes_them_on_the_way() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Signing(credentials="key").public_key = "other"  # type: ignore[misc]
