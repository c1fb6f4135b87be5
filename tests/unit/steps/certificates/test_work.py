from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Fault, Refused, ToolFailed
from pipelinekit.model.certificate import KEY
from pipelinekit.steps.certificates import work
from tests.certifying import DAY, WEB, Town

HOME = "pipelinekit-authority/pipelinekit-authority"


def after(rival: Town) -> None:
    """A whole run of somebody else's, just before a write."""
    rival.work()


def test_what_is_missing_is_made_and_again_nothing() -> None:
    town = Town()
    assert town.work(renew=False) == ((HOME, "web/web-tls"), ())
    assert set(town.states().values()) == {"fine"}
    writes = town.secrets.writes
    assert town.work() == ((), ())
    assert town.secrets.writes == writes


def test_issue_leaves_what_is_due_and_renew_does_not() -> None:
    town = Town()
    town.work()
    before = town.serial()
    town.now += 61 * DAY
    assert town.states()["web/web-tls"] == "due"
    assert town.work(renew=False) == ((), ())
    assert town.work() == (("web/web-tls",), ())
    assert town.serial() != before
    assert "renewed, for it ends in 29 d" in town.said[-1]


@pytest.mark.parametrize("key", ["", "garbage", "key-of-another"])
def test_one_whose_key_is_not_its_own_is_told_and_renewed(key: str) -> None:
    town = Town()
    town.work()
    before = town.serial()
    town.secrets.there["web", "Secret", "web-tls"]["stringData"][KEY] = key
    assert town.states()["web/web-tls"] == "keyless"
    assert town.work(renew=False) == ((), ()), "nothing is missing"
    assert town.work() == (("web/web-tls",), ())
    assert town.serial() != before
    assert set(town.states().values()) == {"fine"}


def test_a_foreign_one_is_refused_and_stops_no_other() -> None:
    town = Town()
    town.want(replace(WEB, name="theirs"), WEB)
    foreign = {"kind": "Secret", "metadata": {"name": "theirs", "labels": {}, "resourceVersion": "7"}}
    town.secrets.there["web", "Secret", "theirs"] = foreign
    made, (error,) = town.work()
    assert made == (HOME, "web/web-tls")
    assert isinstance(error, Refused)
    assert town.secrets.there["web", "Secret", "theirs"] is foreign


def test_who_comes_second_takes_what_is_there() -> None:
    town, rival = Town(), Town()
    rival.secrets = town.secrets
    town.work()
    town.now = rival.now = town.now + 61 * DAY
    town.secrets.race = lambda: after(rival)
    made, errors = town.work()
    assert (made, errors) == ((), ())
    assert "somebody else was first" in town.said[-1]
    assert set(town.states().values()) == {"fine"}


def test_two_who_begin_at_once_end_with_one_authority() -> None:
    town, rival = Town(), Town()
    rival.secrets = town.secrets
    town.secrets.race = lambda: after(rival)
    made, errors = town.work()
    assert (made, errors) == ((), ())
    assert set(town.states().values()) == {"fine"}


def test_what_was_signed_is_held_against_what_was_asked() -> None:
    town = Town()
    town.want(replace(WEB, issuer="openbao"), openbao=True)
    town.store.names = ("another",)
    _, (error,) = town.work()
    assert isinstance(error, ToolFailed)
    assert "it was signed for another" in error.faults[0].problem
    town.store.names, town.store.most = None, 29 * DAY
    _, (error,) = town.work()
    assert isinstance(error, Refused)
    assert "due at once" in error.faults[0].problem
    town.store.most = 31 * DAY
    assert town.work()[1] == ()


def test_what_failed_comes_before_what_was_refused() -> None:
    refused, failed = Refused(Fault("a", "a")), ToolFailed(Fault("b", "b"))
    assert work.together([refused]).exit_code == 6
    assert work.together([refused, failed]).exit_code == 5
