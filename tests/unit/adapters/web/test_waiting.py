from __future__ import annotations

import threading

import pytest

from pipelinekit.adapters.web import waiting


def test_who_does_not_answer_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told, said = threading.Event(), list[str]()

    def tell(line: str) -> None:
        said.append(line)
        told.set()

    monkeypatch.setattr(waiting, "tell", tell)
    monkeypatch.setattr(waiting, "SILENT", 0.0)
    with waiting.for_answer("jenkins.example"):
        assert told.wait(30)
    assert said == ["waiting for jenkins.example"]


def test_who_answers_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(waiting, "tell", said.append)
    monkeypatch.setattr(waiting, "SILENT", 3600.0)
    before = {*threading.enumerate()}
    with pytest.raises(KeyError), waiting.for_answer("jenkins.example"):
        raise KeyError
    begun = {*threading.enumerate()} - before
    for each in begun:
        each.join(30)
    assert (said, [each for each in begun if each.is_alive()]) == ([], [])
