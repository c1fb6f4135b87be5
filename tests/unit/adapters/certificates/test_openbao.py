"""What OpenBao says is a stranger's: whatever its answers hold, they end in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from pipelinekit.adapters.certificates import openbao
from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.running import process
from pipelinekit.errors import PipelinekitError, ToolFailed
from pipelinekit.model.platform.certificates import OpenBao
from pipelinekit.model.release import Target
from tests import examples

BAO = OpenBao(role="web", mount="a/pki")
AT = Target(name="certificates", environment=examples.environment("dev"), namespace="openbao", context="")
LOGIN = {"auth": {"client_token": "t"}}

Answers = Callable[[str], tuple[int, Any]]


def answering(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> openbao.PkiStore:
    """A store behind a server that says, by path, what it is told to."""

    class Connection:
        def __init__(self, *_: Any) -> None:
            self.status, self.content = 0, b""

        def request(self, _method: str, path: str, *_: Any) -> None:
            self.status, said = answers(path)
            self.content = json.dumps(said).encode()

        def getresponse(self) -> Connection:
            return self

        def read(self, _most: int) -> bytes:
            return self.content

        def close(self) -> None: ...

    @contextmanager
    def forwarded(*_: Any) -> Iterator[int]:
        yield 8200

    monkeypatch.setattr(openbao, "_Connection", Connection)
    monkeypatch.setattr(openbao, "forwarded", forwarded)
    monkeypatch.setattr(openbao, "pods_behind", lambda *_: [("bao-0", 8200)])
    done = process.Completed(0, "token", "")
    monkeypatch.setattr(kubectl, "run", lambda *_, **__: done)
    return openbao.PkiStore({})


def test_what_is_signed_comes_with_the_authorities_between(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"certificate": "one", "ca_chain": ["two", "root"]}
    store = answering(monkeypatch, lambda path: (200, LOGIN if "login" in path else {"data": data}))
    assert store.sign(AT, BAO, "root\n", "csr", 60) == "one\ntwo\n"


ODD = [5, "text", ["text"], {"data": 5}, {"data": ["text"]}, {"data": {"ca_chain": 5}}, {"auth": "text"}]


@pytest.mark.parametrize("odd", ODD, ids=json.dumps)
@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("where", ["login", "sign"])
def test_an_odd_answer_is_no_bug_of_ours(
    monkeypatch: pytest.MonkeyPatch, odd: Any, status: int, where: str
) -> None:
    def answers(path: str) -> tuple[int, Any]:
        return (status, odd) if where in path else (200, LOGIN)

    store = answering(monkeypatch, answers)
    signed = ""
    with suppress(ToolFailed):
        signed = store.sign(AT, BAO, "root", "csr", 60)
    assert signed == ""


@pytest.mark.parametrize("data", [5, {"imported_issuers": 5}, {"imported_issuers": ["a"], "mapping": [1]}])
def test_an_odd_answer_to_an_authority_is_no_bug_of_ours(monkeypatch: pytest.MonkeyPatch, data: Any) -> None:
    store = answering(monkeypatch, lambda path: (200, LOGIN if "login" in path else {"data": data}))
    store.install(AT, BAO, "root", "chain")


@pytest.mark.parametrize("errors", [5, "text", {"a": 1}, [["a"], None]])
def test_odd_words_of_a_refusal_are_told_or_left_out(monkeypatch: pytest.MonkeyPatch, errors: Any) -> None:
    store = answering(monkeypatch, lambda _: (400, {"errors": errors}))
    with pytest.raises(PipelinekitError) as caught:
        store.sign(AT, BAO, "root", "csr", 60)
    assert caught.value.faults[0].code == "store-refused"


def test_a_store_that_is_missing_is_named_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    store = answering(monkeypatch, lambda _: (404, {}))
    with pytest.raises(PipelinekitError) as caught:
        store.authority(AT, BAO, "root")
    assert "-path=a/pki pki" in caught.value.faults[0].hint


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_login_that_is_refused_is_told_as_one(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    store = answering(monkeypatch, lambda _: (status, {"errors": ["permission denied"]}))
    with pytest.raises(PipelinekitError) as caught:
        store.sign(AT, BAO, "root", "csr", 60)
    assert "a role openbao-certificates for that ServiceAccount" in caught.value.faults[0].hint


def test_a_logout_that_is_not_heard_loses_nothing_that_was_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(path: str) -> tuple[int, Any]:
        if "revoke" in path:
            raise TimeoutError("timed out")
        return 200, LOGIN if "login" in path else {"data": {"certificate": "one"}}

    assert answering(monkeypatch, answers).sign(AT, BAO, "root", "csr", 60) == "one\n"
