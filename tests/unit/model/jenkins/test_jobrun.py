from __future__ import annotations

import dataclasses

import pytest

from pipelinekit.model.jenkins.jobrun import Ticket


def test_a_ticket_knows_which_run_of_the_controller_gave_it() -> None:
    ticket = Ticket(path="a", item=7, next_number=1, session="s")
    with pytest.raises(dataclasses.FrozenInstanceError):
        ticket.item = 8  # type: ignore[misc]
    assert ticket != dataclasses.replace(ticket, session="t")
