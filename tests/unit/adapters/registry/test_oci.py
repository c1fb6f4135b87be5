"""Whether a registry is there, asked once."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.errors import ToolFailed

HOST = "registry.example"


def registry(monkeypatch: pytest.MonkeyPatch, answer: requests.Response | Exception) -> OciRegistry:
    def request(*_: Any, **__: Any) -> requests.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    made = OciRegistry(lambda _: None, sleep=lambda _: pytest.fail("it is asked once"))
    monkeypatch.setattr(type(made.connection), "session", type("", (), {"request": staticmethod(request)}))
    return made


def says(status: int) -> requests.Response:
    made = requests.Response()
    made.status_code, made.url = status, f"https://{HOST}/v2/"
    made._content = b""
    return made


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says(503), "registry-failed"),
        (says(401), "registry-denied"),
        (says(403), "registry-denied"),
        (requests.exceptions.ConnectionError("Connection refused"), "registry-unreachable"),
        (requests.exceptions.ReadTimeout("timed out"), "registry-unreachable"),
    ],
)
def test_one_that_does_not_answer_is_told_from_one_that_lets_nobody_in(
    monkeypatch: pytest.MonkeyPatch, answer: Any, code: str
) -> None:
    with pytest.raises(ToolFailed) as caught:
        registry(monkeypatch, answer).require_answer(HOST)
    assert caught.value.faults[0].code == code


@pytest.mark.parametrize("status", [200, 404])
def test_any_other_answer_is_one(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    registry(monkeypatch, says(status)).require_answer(HOST)
