"""Who may write the ledger."""

from __future__ import annotations

import base64

import pytest

from pipelinekit.model.platform.people import SigningKey


def test_a_key_has_the_fingerprint_that_openssh_gives_it() -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"
    assert SigningKey(key=key).fingerprint == "SHA256:mKqU+0K8OhKmA8bBQi9Rz0Q5l7/g160hIP+rJYSTNj4"


def test_a_key_that_is_none_has_no_fingerprint() -> None:
    assert SigningKey(key="ssh-ed25519 AAA").fingerprint == ""


SK = "@openssh.com"
FIELDS = {
    "ssh-ed25519": [b"x" * 32],
    "ssh-rsa": [b"\1\0\1", b"n" * 257],
    "ecdsa-sha2-nistp256": [b"nistp256", b"p" * 65],
    "ecdsa-sha2-nistp521": [b"nistp521", b"p" * 133],
    f"sk-ssh-ed25519{SK}": [b"x" * 32, b"ssh:"],
    f"sk-ecdsa-sha2-nistp256{SK}": [b"nistp256", b"p" * 65, b"ssh:"],
}


@pytest.mark.parametrize("kind", FIELDS)
def test_a_key_of_each_kind_is_whole_and_no_part_of_it_is(kind: str) -> None:
    fields = [kind.encode(), *FIELDS[kind]]
    body = base64.b64encode(b"".join(len(each).to_bytes(4, "big") + each for each in fields)).decode()
    assert SigningKey(key=f"{kind} {body}").is_whole
    assert [end for end in range(len(body)) if SigningKey(key=f"{kind} {body[:end]}").is_whole] == []
