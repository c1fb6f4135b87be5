"""Whose a key is, and what OpenSSH is told of it."""

from __future__ import annotations

import pytest

from pipelinekit.model.ledger import Writer
from pipelinekit.plan.ledger.keyring import Keyring, end_of
from tests.ledgers import key_of, platform

KEYS = Keyring(platform(ada=key_of("ada", "2026-05-01")))


def writer(mark: str, user: str = "") -> Writer | None:
    return KEYS.writer(key_of(mark).fingerprint, user)


def test_a_person_is_who_has_the_key() -> None:
    assert writer("ada") == Writer(
        role="person", person="ada", groups=("release-managers",), key=key_of("ada").fingerprint
    )
    assert writer("nobody") is None


def test_what_jenkins_says_counts_from_its_release_folder_alone() -> None:
    key = key_of("release").fingerprint
    assert writer("release", "grace-j") == Writer(
        role="release",
        person="grace",
        groups=("release-managers", "others"),
        key=key,
        jenkins_user="grace-j",
    )
    assert writer("release", "eve") == Writer(role="release", key=key, jenkins_user="eve")
    assert writer("release") == Writer(role="release", key=key)
    for mark in ("ada", "payments"):
        found = writer(mark, "grace-j")
        assert found
        assert "grace" not in (found.person, found.jenkins_user)


def test_a_pipeline_is_a_team_s() -> None:
    assert writer("stock") == Writer(role="pipeline", team="stock", key=key_of("stock").fingerprint)


def test_openssh_gets_one_line_a_key_and_no_dates() -> None:
    lines = KEYS.allowed_signers().splitlines()
    assert f'ada namespaces="git" {key_of("ada").key}' in lines
    assert f'pipeline:payments namespaces="git" {key_of("payments").key}' in lines
    assert f'release:jenkins namespaces="git" {key_of("release").key}' in lines
    assert len(lines) == 5
    assert "2026" not in KEYS.allowed_signers()


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("", None),
        ("1970-01-02", 86_400),
        ("1970-01-02T01:00", 90_000),
        ("1970-01-02T01:00:07", 90_007),
        ("2027-02-28T23:59:59", 1_803_859_199),
    ],
)
def test_a_key_ends_in_utc(text: str, second: int | None) -> None:
    assert end_of(text) == second
