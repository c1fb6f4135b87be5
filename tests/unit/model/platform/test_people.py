"""Who may write the ledger."""

from __future__ import annotations

from pipelinekit.model.platform.people import SigningKey


def test_a_key_has_the_fingerprint_that_openssh_gives_it() -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
    assert SigningKey(key=key).fingerprint == "SHA256:mKqU+0K8OhKmA8bBQi9Rz0Q5l7/g160hIP+rJYSTNj4"


def test_a_key_that_is_none_has_no_fingerprint() -> None:
    assert SigningKey(key="ssh-ed25519 AAA").fingerprint == ""
