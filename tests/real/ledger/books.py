"""A ledger as somebody opens it, and what they add."""

from __future__ import annotations

from pathlib import Path

from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.model.ledger import Event, History
from tests.ledgers import NOW
from tests.real.signers import Signers


def book(address: str | Path, signers: Signers, **until: str) -> GitLedger:
    return GitLedger(address, signers.platform(**until), signed=True, clock=lambda: NOW)


def add(ledger: GitLedger, *events: Event) -> History:
    known = ledger.history(events[0].branch)
    return ledger.append(events[0].branch, events, after=known.head)
