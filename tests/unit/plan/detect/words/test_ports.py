"""Which port it is."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.signs import UNSERVED, Detected
from pipelinekit.plan.detect.words.ports import port


def said(value: int | str, place: str = "fly.toml:1", **more: Any) -> Word:
    return Word(what="port", value=str(value), place=place, **more)


@pytest.mark.parametrize(
    ("found", "number", "doubted"),
    [
        (Detected(language="go", asks_port=True), 9000, False),
        (Detected(language="python", server=False, doubts=(f"nothing: {UNSERVED}",)), 9000, False),
        (Detected(language="go", port=9000), 9000, False),
        (Detected(language="go", port=8080), 9000, True),
        (
            Detected(language="node", port=3000, evidence=("a.js: the variable PORT, else port 3000",)),
            9000,
            False,
        ),
        (Detected(language="go", port=8080, keeps_dockerfile=True), 8080, True),
        (Detected(language="python", port=5000, their_command=True), 5000, True),
        (Detected(language="python", port=8000, their_command=True, takes_port=True), 9000, False),
        (Detected(language="python", port=8000, takes_port=True, keeps_dockerfile=True), 8000, True),
        (Detected(language="static", package="public", port=8080), 8080, False),
        (Detected(language="node", package="dist", port=8080), 8080, False),
    ],
)
def test_the_port_that_is_said(found: Detected, number: int, doubted: bool) -> None:
    settled = port(found, [said(9000)])
    assert (settled.port, settled.server, settled.asks_port) == (number, True, False)
    assert bool(settled.doubts) is doubted
    assert "fly.toml:1" in "\n".join((*settled.doubts, *settled.evidence))


def test_a_command_of_ours_moves_along() -> None:
    ours = Detected(language="python", port=8000, command=("uvicorn", "--port=8000", "a1.8000:b", "80001"))
    found = port(ours, [said(9000)])
    assert found.command == ("uvicorn", "--port=9000", "a1.8000:b", "80001")
    assert (found.port, found.doubts) == (9000, ())


def test_two_that_disagree_are_told() -> None:
    words = [said(9000), said(9100, "compose.yml:4"), said(9000, "render.yaml:2"), said(9100, "x:1")]
    found = port(Detected(language="go", asks_port=True), words)
    assert found.doubts == ("compose.yml:4 says port 9100; 9000 is served",)


@pytest.mark.parametrize("value", ["0", "70000", "a", "-1", "٣"])
def test_what_is_no_port_is_none(value: str) -> None:
    found = Detected(language="go", port=1)
    assert port(found, [said(value)]) == found


def test_what_a_workplace_forwards_counts_only_where_nothing_else_does() -> None:
    word = said(9000, weak=True)
    asked = port(Detected(language="go", asks_port=True), [word])
    assert (asked.port, asked.asks_port, len(asked.doubts)) == (9000, False, 1)
    assert port(Detected(language="go", port=1), [word]).port == 1
    assert port(Detected(language="go", server=False), [word]).port is None


def test_a_process_that_is_said_to_serve_nothing_gets_no_port() -> None:
    worker = [Word(what="worker", value="no service", place="fly.toml")]
    asked = port(Detected(language="go", asks_port=True), worker)
    assert (asked.port, asked.server, asked.asks_port) == (None, False, False)
    seen = port(Detected(language="go", port=8080), worker)
    assert (seen.port, len(seen.doubts)) == (8080, 1)
