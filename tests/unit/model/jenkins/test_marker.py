from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.jenkins.marker import JOB_DSL, Marker, read_marker, with_marker, without_marker
from tests.hostile.values import ALL

PLAIN = Marker(platform="acme", digest="0123456789abcdef")
MARKERS = (
    PLAIN,
    Marker(platform="acme", digest="0123456789abcdef", via=JOB_DSL),
    Marker(platform="a-b", digest="0" * 16, orphaned="2026-11-24"),
)


@pytest.mark.parametrize("marker", MARKERS, ids=str)
def test_a_marker_is_itself_again_in_any_description(marker: Marker) -> None:
    for text in ("", "one\ntwo", *ALL.values()):
        described = with_marker(text, marker)
        assert read_marker(described) == marker
        assert without_marker(described) == text.strip()


def test_a_new_marker_takes_the_place_of_the_old() -> None:
    described = with_marker(with_marker("text", PLAIN), MARKERS[2])
    assert read_marker(described) == MARKERS[2]
    assert described.count("[pipelinekit") == 1


@given(st.text())
def test_other_texts_have_no_marker(text: str) -> None:
    assert read_marker(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "[pipelinekit platform=acme]",
        "[pipelinekit platform=acme digest=xyz]",
        "[pipelinekit platform=ACME digest=0123456789abcdef]",
        "pipelinekit platform=acme digest=0123456789abcdef",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert read_marker(text) is None
