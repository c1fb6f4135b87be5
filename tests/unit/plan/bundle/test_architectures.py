from __future__ import annotations

import pytest

from pipelinekit.plan.bundle.architectures import chosen, matches, missing, of


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ({"os": "linux", "architecture": "amd64"}, "linux/amd64"),
        ({"os": "linux", "architecture": "arm", "variant": "v7"}, "linux/arm/v7"),
        ({"os": "unknown", "architecture": "unknown"}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_platform_as_people_write_it(platform: object, text: str) -> None:
    assert of(platform) == text


def test_without_a_variant_all_of_them_are_meant() -> None:
    assert matches("linux/arm64/v8", "linux/arm64")
    assert not matches("linux/arm64", "linux/arm64/v8")
    assert not matches("linux/arm64", "linux/arm")


def test_what_is_chosen_and_what_is_missing() -> None:
    entries = [{"platform": {"os": "linux", "architecture": each}} for each in ("amd64", "arm64", "s390x")]
    assert chosen(entries, ["linux/arm64"]) == (entries[1],)
    assert missing(["linux/amd64"], ["linux/amd64", "linux/arm64"]) == ("linux/arm64",)
