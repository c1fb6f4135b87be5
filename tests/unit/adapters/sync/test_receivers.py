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
