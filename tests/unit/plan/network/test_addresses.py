"""Sets of addresses."""

from __future__ import annotations

import pytest

from pipelinekit.plan.network.addresses import block, minus, networks, text


def test_what_is_left_of_a_network() -> None:
    left = block("10.0.0.0/29", ("10.0.0.0/31", "10.0.0.4/32"))
    assert minus(left, block("10.0.0.5/32")) == block("10.0.0.2/31") + block("10.0.0.6/31")
    assert minus(left, networks(("10.0.0.0/8",))) == ()
    assert minus(left, block("::/0")) == left


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (block("10.0.0.1/32"), "10.0.0.1"),
        (block("10.0.0.0/31"), "10.0.0.0-10.0.0.1"),
        (networks(("10.0.0.1/32", "10.0.0.3/32")), "10.0.0.1 and more"),
        (block("::1/128"), "::1"),
    ],
)
def test_as_text(found: tuple[tuple[int, int, int], ...], said: str) -> None:
    assert text(found) == said


def test_what_is_no_network() -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        block("elsewhere")
