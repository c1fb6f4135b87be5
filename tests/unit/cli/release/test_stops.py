"""What stops releases, said again or lifted where nothing stands."""

from __future__ import annotations

import json

import pytest

from pipelinekit.errors import Refused, UsageError
from pipelinekit.model.ledger import Kind, branch_of
from pipelinekit.plan.ledger.words import sentence
from tests.doubles import Ledger
from tests.promoting import RITA, Bench
from tests.promotions import event, person
from tests.unit.cli.release.test_desk import RIGHT, VERBS, bench, say

__all__ = ["bench"]


@pytest.mark.parametrize(
    ("stop", "lift", "told"),
    [
        ("hold", "unhold", "there is no hold of orders in staging: nothing is to be lifted"),
        ("bar", "unbar", "orders 1.0.1 is not barred: nothing is to be lifted"),
        ("freeze", "thaw", "there is no freeze of staging by hand: nothing is to be lifted"),
    ],
)
def test_where_nothing_stands_nothing_is_lifted_and_that_is_said(
    bench: Bench, capsys: pytest.CaptureFixture[str], stop: str, lift: str, told: str
) -> None:
    before = {branch: bench.ledger.history(branch).head for branch in bench.ledger.branches()}
    say(lift, RIGHT)
    assert capsys.readouterr().out.strip() == told
    assert {branch: bench.ledger.history(branch).head for branch in bench.ledger.branches()} == before
    say(stop, RIGHT)
    say(lift, RIGHT)
    assert told not in capsys.readouterr().out
    say(lift, RIGHT)
    assert capsys.readouterr().out.strip() == told


def test_a_freeze_over_all_is_not_lifted_by_a_thaw_of_one_and_that_is_said(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    VERBS["freeze"].main(["--now", "--reason", "incident"], standalone_mode=False)
    say("thaw", RIGHT)
    said = capsys.readouterr()
    assert "there is no freeze of staging by hand" in said.out
    assert "every environment is frozen all the same" in said.err
    VERBS["thaw"].main([], standalone_mode=False)
    assert "the freezes by hand of every environment are lifted" in capsys.readouterr().out


def test_who_cannot_review_an_emergency_is_told_why_and_what_is_next(bench: Bench) -> None:
    bench.write(RITA, event("emergency", "1.0.1", "staging", reason="down"))
    with pytest.raises(Refused, match="rita cannot review it: the emergency was their own") as caught:
        say("review", RIGHT)
    assert caught.value.faults[0].hint.endswith("`pipelinekit review payments/orders --env staging`")


def test_of_several_emergencies_one_is_reviewed_that_was_somebody_else_s(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.write(person("bob"), event("emergency", "1.0.0", "staging", reason="fire"))
    bench.write(RITA, event("emergency", "1.0.1", "staging", reason="flood"))
    say("review", RIGHT)
    said = capsys.readouterr()
    assert "the emergency of orders 1.0.0 in staging is reviewed (rita)" in said.out
    assert "the emergency of 1.0.1 by rita waits all the same: flood" in said.err
    with pytest.raises(Refused, match="rita cannot review it: the emergency was their own"):
        say("review", RIGHT)


def test_of_several_emergencies_of_others_each_takes_a_review_of_its_own(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    for version in ("1.0.0", "1.0.1"):
        bench.write(person("bob"), event("emergency", version, "staging", reason="fire"))
    bench.ledger.as_writer = RITA
    say("review", RIGHT)
    told = "the emergency of 1.0.0 by bob waits all the same: fire; `pipelinekit review payments/orders"
    assert f"{told} --env staging` once more\n" in capsys.readouterr().err
    say("review", RIGHT)
    assert "the emergency of orders 1.0.0 in staging is reviewed" in capsys.readouterr().out


def test_an_own_emergency_of_the_version_that_is_reviewed_waits_on_and_the_next_step_is_said(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.write(RITA, event("emergency", "1.0.1", "staging", reason="flood"))
    bench.write(person("bob"), event("emergency", "1.0.1", "staging", reason="fire"))
    bench.ledger.as_writer = RITA
    say("review", RIGHT)
    told = "the emergency of 1.0.1 by rita waits all the same: flood; `pipelinekit review payments/orders"
    assert f"{told} --env staging` by somebody else\n" in capsys.readouterr().err


def test_an_emergency_that_comes_while_another_is_reviewed_waits_for_its_own(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the same version: nobody has looked at it."""
    bench.write(person("bob"), event("emergency", "1.0.1", "staging", reason="fire"))
    bench.ledger.as_writer = RITA

    def quicker(ledger: Ledger) -> None:
        ledger.as_writer = person("bob")
        ledger.add(event("emergency", "1.0.1", "staging", reason="flood"))
        ledger.as_writer = RITA

    bench.ledger.meddler = quicker
    say("review", RIGHT)
    assert "the emergency of 1.0.1 by bob waits all the same: flood" in capsys.readouterr().err
    told = sentence(bench.ledger.history(branch_of("payments", "orders")).events[-1])
    assert told.startswith("the emergency of payments/orders 1.0.1 in staging was reviewed (by bob at 20")


def test_of_several_emergencies_the_one_that_is_named_is_reviewed(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    for version in ("1.0.0", "1.0.1"):
        bench.write(person("bob"), event("emergency", version, "staging", reason="fire"))
    bench.ledger.as_writer = RITA
    words = ["--env", "staging", "--json"]
    VERBS["review"].main(["orders@1.0.0", *words], standalone_mode=False)
    said = json.loads(capsys.readouterr().out)
    assert said["sentence"].startswith("the emergency of orders 1.0.0 in staging is reviewed")
    assert [each["by"] for each in said["emergencies"]] == ["bob"]
    with pytest.raises(Refused, match=r"no emergency of orders 1\.0\.0 in staging waits"):
        VERBS["review"].main(["orders@1.0.0", *words], standalone_mode=False)
    with pytest.raises(UsageError):
        VERBS["review"].main(["orders@9.9.9", *words], standalone_mode=False)


@pytest.mark.parametrize(
    ("stop", "kind", "lift"),
    [("hold", "held", "unhold"), ("bar", "barred", "unbar"), ("freeze", "frozen", "thaw")],
)
def test_what_somebody_has_stopped_meanwhile_is_not_lifted_unseen(
    bench: Bench, stop: str, kind: Kind, lift: str
) -> None:
    say(stop, RIGHT)

    def quicker(ledger: Ledger) -> None:
        place, of_all = "" if kind == "barred" else "staging", {"team": "", "name": "", "version": ""}
        more = of_all if kind == "frozen" else {}
        ledger.as_writer = person("ann")
        ledger.add(event(kind, environment=place, reason="second incident", **{"version": "1.0.1", **more}))
        ledger.as_writer = RITA

    bench.ledger.meddler = quicker
    with pytest.raises(Refused) as caught:
        say(lift, RIGHT)
    (fault,) = caught.value.faults
    assert fault.code == "stopped-meanwhile"
    assert "by ann: second incident" in fault.problem
    say(lift, RIGHT)


def test_what_else_is_written_meanwhile_is_no_stop(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    say("bar", RIGHT)

    def quicker(ledger: Ledger) -> None:
        ledger.add(event("attested", "1.0.1"))

    bench.ledger.meddler = quicker
    say("unbar", RIGHT)
    assert "orders 1.0.1 may go on (rita)" in capsys.readouterr().out
