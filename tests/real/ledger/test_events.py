"""The ledger over path, http and ssh: real repositories, real keys."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.errors import Refused
from pipelinekit.model.ledger import MOVED, UNREACHABLE, History
from tests.ledgers import BRANCH, event
from tests.real.ledger.books import add, book
from tests.real.remotes import bare
from tests.real.signers import Signers, sign_as


@pytest.mark.parametrize("way", ["path", "http", "ssh"])
def test_events_stand_in_order_whoever_writes_and_however_it_is_reached(
    way: str,
    served: tuple[Path, dict[str, str], dict[str, str]],
    signers: Signers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root, addresses, env = served
    name = bare(root, f"ledger-{way}", {}).name
    for key, value in env.items():
        monkeypatch.setenv(key, value)
    ledger = book(f"{addresses[way]}/{name}", signers)
    assert ledger.history(BRANCH) == History()
    sign_as(monkeypatch, signers, "payments")
    first = add(ledger, event("released"), event("deployed", environment="dev", details={"revision": 1}))
    assert [each.event.kind for each in first] == ["released", "deployed"]
    sign_as(monkeypatch, signers, "ada")
    second = add(book(f"{addresses[way]}/{name}", signers), event("approved", reason="größer\n\n"))
    assert [(each.event.kind, str(each.writer), each.trouble) for each in second.entries] == [
        ("released", "the pipelines of payments", ""),
        ("deployed", "the pipelines of payments", ""),
        ("approved", "ada", ""),
    ]
    assert second.entries[2].event == event("approved", reason="größer\n\n")
    assert ledger.branches() == (BRANCH,)
    with pytest.raises(Refused) as caught:
        ledger.append(BRANCH, [event("held")], after=first.head)
    assert caught.value.faults[0].code == MOVED
    assert ledger.history(BRANCH) == second


def test_what_is_noted_waits_for_what_somebody_else_notes_and_whoever_expects_it_does_not(
    signers: Signers, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    go, waited = threading.Event(), list[bool]()
    released, deployed = event("released"), event("deployed", environment="dev", details={"revision": 1})
    for expected in (True, False):
        later = GitLedger(
            repository, signers.platform(), signed=True, first=lambda: waited.append(go.wait(30))
        )
        if expected:
            later.expect(BRANCH)
            assert waited == []
            add(book(repository, signers), released)
            go.set()
        later.note([deployed])
        assert waited.pop()
    assert [each.event.kind for each in book(repository, signers).history(BRANCH).entries] == [
        "released",
        "deployed",
    ]


def test_over_ssh_a_pipeline_s_key_is_also_what_it_is_let_in_with(
    served: tuple[Path, dict[str, str], dict[str, str]],
    signers: Signers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root, addresses, env = served
    keys = Path(re.search(r"-i (\S+)/user", env["GIT_SSH_COMMAND"])[1])  # type: ignore[index]
    with (keys / "authorized").open("a") as file:
        file.write(signers.public("payments").key + "\n")
    # An agent knows its servers; ssh looks for them at a home that no variable moves.
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nexec {shutil.which("ssh")} -F /dev/null -o UserKnownHostsFile={keys}/known "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    name = bare(root, "ledger-keyed", {}).name
    address = f"{addresses['ssh']}/{name}"
    sign_as(monkeypatch, signers, "stock")
    with pytest.raises(Refused, match="Permission denied"):
        book(address, signers).history(BRANCH)
    sign_as(monkeypatch, signers, "payments")
    assert book(address, signers).note([event("released")])
    assert len(book(address, signers).history(BRANCH).events) == 1


def test_a_repository_that_is_gone_is_told(
    signers: Signers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "ada")
    ledger = book(tmp_path / "gone.git", signers)
    for ask in (ledger.branches, lambda: ledger.history(BRANCH), lambda: ledger.note([event()])):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.faults[0].code == UNREACHABLE


def test_what_is_told_already_is_not_told_again(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    ledger = book(repository, signers)
    one, two = event("released"), event("deployed", environment="dev", details={"revision": 1})
    first = ledger.note([one])
    second = ledger.note([one, two])
    assert first != second == ledger.note([one, two]) == ledger.history(BRANCH).head
    assert ledger.note([event("failed")]) != ledger.note([event("failed")])
    assert [each.kind for each in ledger.history(BRANCH).events] == [
        "released",
        "deployed",
        "failed",
        "failed",
    ]


def test_a_proof_from_before_its_arrival_is_told_again_behind_it(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    ledger = book(repository, signers)
    where = {"environment": "dev", "details": {"revision": 1}}
    came, proven = event("deployed", **where), event("verified", **where)
    ledger.note([proven])
    head = ledger.note([came, proven])
    assert [each.kind for each in ledger.history(BRANCH).events] == ["verified", "deployed", "verified"]
    assert ledger.note([came, proven]) == head


def test_what_is_expected_is_asked_beside_other_work_and_a_rival_is_waited_for(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    one, other = book(repository, signers), book(repository, signers)
    for each in (one, other):
        each.expect(BRANCH)
    other.note([event("released", version="2.0.0")])
    one.note([event("released")])
    one.note([event("deployed", environment="dev")])
    one.close()
    other.close()
    assert len(one.history(BRANCH).events) == 3
    never = book(repository / "gone", signers)
    never.expect(BRANCH)
    with pytest.raises(Refused, match="cannot be read"):
        never.note([event()])
    never.close()
    assert list(Path(tempfile.gettempdir()).glob("pipelinekit-*/git")) == []


def test_many_who_write_at_once_all_stand_there(
    repository: Path, signers: Signers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as(monkeypatch, signers, "payments")
    known = signers.platform()
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            ledger = GitLedger(repository, known, signed=True)
            assert ledger.note([event("released", version=f"1.0.{number}")])
        except BaseException as error:  # noqa: BLE001 - a thread's errors are told below
            failures.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert failures == []
    found = book(repository, signers).history(BRANCH)
    assert {each.version for each in found.events} == {f"1.0.{number}" for number in range(8)}
    assert found.troubled == ()
