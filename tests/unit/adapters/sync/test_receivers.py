"""What a pod may answer: whoever runs in it, an answer is taken for no more than what was asked."""

import json
from typing import Any

import pytest

from pipelinekit.adapters.sync.receivers import PodReceivers
from pipelinekit.adapters.sync.streams import Streams
from pipelinekit.errors import ToolFailed
from pipelinekit.model.sources import Applied, Entry, Sending
from tests import examples

TARGET = examples.target()
TREE = {"app.py": Entry("f", "-", "0")}


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Receivers whose pod answers what a test says: a real one does not lie when it should."""

    def made(answer: str) -> PodReceivers:
        monkeypatch.setattr(Streams, "ask", lambda *_: answer.encode().split(b"\n"))
        return PodReceivers({}, "python", "/app")

    return made


def test_a_pod_lacks_nothing_that_it_was_not_asked_for(answering: Any) -> None:
    told = {"known": True, "lacking": ["app.py", "../../.ssh/id"], "extra": ["old.py"]}
    found = answering(json.dumps(told)).compare(TARGET, "p", "c", TREE)
    assert (found.known, found.lacking, found.extra) == (True, ("app.py",), ("old.py",))


@pytest.mark.parametrize(
    "answer",
    [
        *("", "[]", "7", "null", "{}", '{"known": 1}', '{"known": 1, "lacking": 2, "extra": []}', "no JSON"),
        '{"known": true, "lacking": [], "extra": []}\n{"digest": "d"}',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_what_is_no_answer_is_a_failure(answering: Any, answer: str) -> None:
    with pytest.raises(ToolFailed):
        answering(answer).compare(TARGET, "p", "c", TREE)
    with pytest.raises(ToolFailed):
        answering(answer).apply(TARGET, "p", "c", Sending(contents={}))


@pytest.mark.parametrize(
    "more",
    [
        *({"state": "splendid"}, {"state": []}, {"state": "ended", "code": "x"}),
        {"state": "ended", "code": float("inf")},
        {"state": "ended", "code": 10**4000},
        {"state": "ended", "code": -1},
    ],
)
def test_no_state_is_taken_for_running(answering: Any, more: dict[str, Any]) -> None:
    with pytest.raises(ToolFailed):
        answering(json.dumps({"digest": "d"} | more)).apply(TARGET, "p", "c", Sending(contents={}))


def test_what_came_of_a_batch(answering: Any) -> None:
    sending = Sending(contents={})
    told = {"digest": "d", "state": "ended", "code": 3}
    assert answering(json.dumps(told)).apply(TARGET, "p", "c", sending) == Applied(
        digest="d", state="ended", code=3
    )
    assert answering('{"lost": true}').apply(TARGET, "p", "c", sending) == Applied(state="lost")


def test_of_what_a_pod_says_a_line_is_told(answering: Any) -> None:
    with pytest.raises(ToolFailed) as caught:
        answering(json.dumps({"failed": "x" * 5_000_000})).compare(TARGET, "p", "c", TREE)
    assert len(caught.value.faults[0].problem) < 1000
    found = answering(json.dumps({"known": True, "lacking": ["app.py"] * 1000, "extra": []}))
    assert found.compare(TARGET, "p", "c", TREE).lacking == ("app.py",)
