"""Two who take up one promotion that was left half done, over a real repository: one of them acts."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.errors import Refused
from pipelinekit.model.ledger import Event, History
from pipelinekit.model.promotion import Request
from pipelinekit.steps.promotion import promote, rollback
from pipelinekit.steps.promotion.books import digests_of, note
from tests.doubles import Workspace
from tests.promoting import Bench
from tests.promotions import BRANCH, event
from tests.real.remotes import bare
from tests.real.signers import Signers, sign_as

MANY = 4


class Together(GitLedger):
    """A ledger whose first word of each writer waits until all of them have one."""

    gate: threading.Barrier
    waited = False

    def append(self, branch: str, events: Sequence[Event], *, after: str) -> History:
        if not self.waited:
            self.waited = True
            self.gate.wait(60)
        return super().append(branch, events, after=after)


@pytest.mark.parametrize("back", [False, True], ids=["forwards", "back"])
def test_of_several_who_take_up_one_promotion_one_acts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    signers = Signers(tmp_path / "keys")
    signers.folder.mkdir()
    sign_as(monkeypatch, signers, "ada")
    address, known = bare(tmp_path, "ledger", {}).path, signers.platform()
    made = Bench(tmp_path / "made")
    made.release("1.0.0")
    made.promote()
    made.release("1.0.1")
    if back:
        made.promote()
    books, gate = GitLedger(address, known, signed=True), threading.Barrier(MANY)
    for each in made.ledger.history(BRANCH).events:
        note(books, each)
    left = made.plan("1.0.0" if back else "1.0.1").survey
    details = {"stage": "begun", "holder": "gone", "until": 0, "live": left.live.revision}
    details |= {"back": True, "bad": "1.0.1"} if back else {}
    found = digests_of(left.release)
    note(books, event("requested", left.release.version, "staging", digests=found, details=details))
    installed = made.releases.effects.names.count("install")
    holders = [f"holder-{number}" for number in range(MANY)]

    def act(holder: str) -> str:
        ledger = Together(address, known, signed=True)
        ledger.gate = gate
        around = replace(
            made.around(),
            ledger=ledger,
            holder=holder,
            alive=lambda name: name in holders,
            workspace=Workspace(tmp_path / holder),
        )
        words = (around, "payments", "orders")
        try:
            if back:
                done = rollback.rollback(*words, around.platform.environments[1], "", "", tasks=False)[1]
            else:
                place = around.platform.environments[1]
                done = promote.promote(*words, "1.0.1", place, Request())[1]
        except Refused as error:
            return error.faults[0].problem
        return "acted" if any(each.acted for each in done) else done[0].sentence

    with ThreadPoolExecutor(MANY) as pool:
        said = list(pool.map(act, holders))
    assert said.count("acted") == 1, said
    clear = f"{left.release.version} is on its way to staging (ada has begun it)"
    there = (
        f"orders {left.release.version} runs already",
        f"orders {left.release.version} is what staging has",
    )
    assert [each for each in said if each not in ("acted", clear) and not each.startswith(there)] == []
    history = GitLedger(address, known, signed=True).history(BRANCH)
    assert history.troubled == ()
    taken = [each for each in history.events if "takes" in each.details]
    ends = [each.kind for each in history.events if each.details.get("begun")]
    assert (len(taken), ends[-1]) == (1, "rolled-back" if back else "promoted")
    assert made.releases.effects.names.count("install") == installed + 1
