"""What the verbs of promotions say, and refuse before anything is looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.cli.release import evidence, promote, report
from pipelinekit.cli.release.desk import Desk
from pipelinekit.errors import Refused, UsageError
from pipelinekit.model.ledger import PLATFORM, Writer
from pipelinekit.model.platform.gates import Approvals
from tests.counting import Effects
from tests.doubles import Killed
from tests.promoting import RITA, Bench
from tests.promotions import event, person
from tests.unit.cli.release.test_desk import SET, bench, heads

__all__ = ["bench"]
STAGING = ("--to", "staging")


def leave_half_done(bench: Bench, effect: int) -> None:
    """A promotion that was killed at that effect."""
    bench.effects.kill_at = effect
    with pytest.raises(Killed):
        bench.promote("1.0.0")
    bench.ledger.effects = Effects()


def test_an_emergency_without_a_reason_is_usage_and_no_refusal_in_the_ledger(bench: Bench) -> None:
    before = bench.ledger.history("apps/payments/orders").head
    for words in (["orders"], ["orders", "--reason", "  "]):
        with pytest.raises(UsageError) as caught:
            promote.promote.main([*words, *STAGING, "--emergency"], standalone_mode=False)
        assert caught.value.faults[0].code == "reason-missing"
    assert bench.ledger.history("apps/payments/orders").head == before


@pytest.mark.parametrize("what", [["orders@1.0.1"], ["--set", "set.yaml"]], ids=["one", "a set"])
def test_who_went_past_the_gates_is_told_who_has_to_look_at_it(
    bench: Bench, capsys: pytest.CaptureFixture[str], what: list[str]
) -> None:
    bench.promote("1.0.0")
    bench.production = {"emergency": ("release-managers",)}
    Path("set.yaml").write_text(SET + "  - {name: orders, version: 1.0.1}\n")
    words = [*what, "--to", "production", "--emergency", "--reason", "down"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelinekit.cli.release.desk.Desk.named", (bench.platform, "p" * 40))
        promote.promote.main(words, standalone_mode=False)
    assert "`pipelinekit review payments/orders --env production`" in capsys.readouterr().err


def test_nobody_is_told_to_review_what_was_no_emergency(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """It runs already, and only its tests were still to come: the ledger has no emergency."""
    leave_half_done(bench, 4)
    promote.promote.main(["orders@1.0.0", *STAGING, "--emergency", "--reason", "down"], standalone_mode=False)
    assert bench.kinds() == ["requested", "promoted", "verified"]
    assert "review" not in capsys.readouterr().err


@pytest.mark.parametrize("what", [["orders@1.0.1"], ["--set", "set.yaml"]], ids=["one", "a set"])
def test_whoever_names_a_digest_gets_that_plan_or_the_line_that_is_another(
    bench: Bench, capsys: pytest.CaptureFixture[str], what: list[str]
) -> None:
    Path("set.yaml").write_text(SET + "  - {name: orders, version: 1.0.1}\n")
    promote.promote.main([*what, *STAGING, "--plan", "--json"], standalone_mode=False)
    digest = json.loads(capsys.readouterr().out)["plan"]
    bench.promote("1.0.0")
    promote.promote.main([*what, *STAGING, "--plan", "--expect", digest], standalone_mode=False)
    said = capsys.readouterr().out
    assert "closed plan: the plan is sha256:" in said
    assert said.splitlines()[-1].endswith("plan")
    for verb, code in ((promote.promote, "gate-plan"), (promote.approve, "plan-moved")):
        with pytest.raises(Refused) as caught:
            verb.main([*what, *STAGING, "--expect", digest], standalone_mode=False)
        assert [each.code for each in caught.value.faults] == [code]
        line = "(live: nothing → 1.0.0, revision 1)" if what[0] != "--set" else "(which line is another"
        assert line in caught.value.faults[0].problem
    capsys.readouterr()
    promote.promote.main([*what, *STAGING, "--plan", "--json"], standalone_mode=False)
    digest = json.loads(capsys.readouterr().out)["plan"]
    promote.promote.main([*what, *STAGING, "--expect", digest], standalone_mode=False)
    assert bench.runs("orders") == "1.0.1"


def test_a_digest_is_of_a_plan_that_is_made_here_and_no_empty_word(bench: Bench) -> None:
    via = ["--via", "jenkins", "--expect", f"sha256:{0:064}"]
    for words, code in ((["--expect", ""], "value-empty"), (via, "plan-options")):
        with pytest.raises(UsageError) as caught:
            promote.promote.main(["orders", *STAGING, *words], standalone_mode=False)
        assert caught.value.faults[0].code == code
    assert bench.kinds() == []


def test_a_plan_of_what_was_left_half_done_says_that_it_goes_on_past_what_is_closed(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    leave_half_done(bench, 3)
    bench.stop("frozen")
    for words in (["orders@1.0.0"], ["--set", "set.yaml"]):
        Path("set.yaml").write_text(SET + "  - {name: orders, version: 1.0.0}\n")
        promote.promote.main([*words, *STAGING, "--plan", "--json"], standalone_mode=False)
        assert json.loads(capsys.readouterr().out)["may"] is True
    promote.promote.main(["orders@1.0.0", *STAGING, "--plan"], standalone_mode=False)
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "orders 1.0.0 was begun in staging, and would go on"
    assert not any("next for" in line for line in said)
    promote.promote.main(["orders@1.0.0", *STAGING], standalone_mode=False)
    assert bench.kinds() == ["requested", "requested", "promoted", "verified"]


def test_a_way_back_says_which_hold_follows_and_what_lifts_it(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.promote("1.0.0")
    bench.promote("1.0.1")
    words = ["orders", "--env", "staging"]
    promote.rollback.main([*words, "--plan"], standalone_mode=False)
    said = capsys.readouterr()
    assert "a hold against 1.0.1 and before would follow" in said.err
    assert "live: 1.0.1" in said.out
    promote.rollback.main(words, standalone_mode=False)
    held, _, lifts = capsys.readouterr().out.splitlines()[-1].partition(": ")
    assert held == "staging is held against 1.0.1 and before"
    assert lifts == "`pipelinekit unhold payments/orders --env staging` lifts it"


def test_a_plan_of_a_way_back_is_what_the_way_back_does(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.promote("1.0.0")
    words = ["orders", "--env", "staging"]
    promote.rollback.main([*words, "--to", "1.0.0", "--plan"], standalone_mode=False)
    said = capsys.readouterr()
    assert "orders 1.0.0 is what staging has: nothing would be done" in said.out
    assert "hold" not in said.err
    bench.effects.kill_at = bench.effects.count + 1
    with pytest.raises(Killed):
        bench.promote("1.0.1")
    bench.ledger.effects = bench.releases.effects = Effects()
    promote.rollback.main([*words, "--plan"], standalone_mode=False)
    said = capsys.readouterr()
    assert "would go back to orders 1.0.0 in staging" in said.out
    assert "a hold against 1.0.1 and before would follow" in said.err
    promote.rollback.main(words, standalone_mode=False)
    assert "staging is held against 1.0.1 and before" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "told"),
    [("nosuch", "there is no file nosuch"), ("nosuch" * 99, "the path 'nosuchno.*File name too long")],
    ids=["short", "longer than a name may be"],
)
def test_a_file_that_is_not_there_is_usage(name: str, told: str, bench: Bench) -> None:
    for verb, words in (
        (evidence.attest, ["orders@1.0.1", "--type", "scan", "--file", f"{name}.json"]),
        (promote.promote, ["--set", f"{name}.yaml", *STAGING]),
    ):
        with pytest.raises(UsageError, match=told):
            verb.main(words, standalone_mode=False)
    assert bench.ledger.branches() == ("apps/payments/orders",)


def test_a_report_that_has_nothing_in_it_is_no_evidence(bench: Bench) -> None:
    """A scan that fails leaves such a file, and `passed` would be signed of it."""
    before = heads(bench.ledger)
    Path("empty.json").write_text("")
    with pytest.raises(UsageError) as caught:
        evidence.attest.main(
            ["orders@1.0.1", "--type", "scan", "--file", "empty.json"], standalone_mode=False
        )
    (fault,) = caught.value.faults
    assert (fault.code, fault.problem) == ("report-empty", "empty.json has nothing in it")
    assert heads(bench.ledger) == before


def asking(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Production asks for an approval of release managers; staging for none."""
    bench.production = {"approvals": Approvals(count=1, groups=("release-managers",), requester=False)}
    monkeypatch.setattr(Desk, "named", (bench.platform, "p" * 40))


@pytest.mark.parametrize("refuse", [[], ["--refuse"]], ids=["a yes", "a no"])
@pytest.mark.parametrize("what", [["orders@1.0.1"], ["--set", "set.yaml"]], ids=["one", "a set"])
def test_where_nobody_is_asked_nothing_is_signed(bench: Bench, what: list[str], refuse: list[str]) -> None:
    Path("set.yaml").write_text(SET + "  - {name: orders, version: 1.0.1}\n")
    before = heads(bench.ledger)
    with pytest.raises(Refused) as caught:
        promote.approve.main([*what, *STAGING, *refuse], standalone_mode=False)
    (fault,) = caught.value.faults
    assert (fault.code, fault.problem) == ("approvals-unasked", "staging asks for no approvals")
    assert heads(bench.ledger) == before
    promote.approve.main([*what, *STAGING, *refuse, "--plan"], standalone_mode=False)


@pytest.mark.parametrize("what", [["orders@1.0.1"], ["--set", "set.yaml"]], ids=["one", "a set"])
def test_what_runs_there_already_is_not_approved_any_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: list[str]
) -> None:
    Path("set.yaml").write_text(SET + "  - {name: orders, version: 1.0.1}\n")
    bench.promote("1.0.1")
    bench.promote("1.0.1", to="production")
    asking(bench, monkeypatch)
    before = heads(bench.ledger)
    promote.approve.main([*what, "--to", "production"], standalone_mode=False)
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.endswith("in production already: nothing is to be approved")
    assert heads(bench.ledger) == before


def test_whoever_approves_a_set_is_told_of_the_set(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asking(bench, monkeypatch)
    Path("set.yaml").write_text(SET + "  - {name: orders, version: 1.0.1}\n")
    promote.approve.main(["--set", "set.yaml", "--to", "production"], standalone_mode=False)
    assert "rita approves the set checkout to production" in capsys.readouterr().out
    assert bench.ledger.history(PLATFORM).events[-1].details["set"] == "checkout"
    promote.approve.main(["--set", "set.yaml", "--to", "production", "--refuse"], standalone_mode=False)
    said = capsys.readouterr()
    assert "rita refuses the set checkout to production" in said.out
    assert "that takes back your own approval of it, and stops nobody else" in said.err


def test_a_plan_tells_beside_each_closed_gate_what_to_do_about_it(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.write(RITA, event("barred", "1.0.1", reason="leak"))
    promote.promote.main(["orders@1.0.1", *STAGING, "--plan"], standalone_mode=False)
    said = capsys.readouterr().out
    assert "closed bar: 1.0.1 was barred by rita: leak" in said
    assert "next for bar: release a later version, or lift it: `pipelinekit unbar orders@1.0.1`" in said
    assert said.count("next for") == 1


def test_whoever_approves_a_plan_is_told_whether_it_counts_and_who_refuses_that_it_stands(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asking(bench, monkeypatch)
    bench.ledger.as_writer = person("dan", "developers")
    words = ["orders@1.0.1", "--to", "production"]
    promote.approve.main(words, standalone_mode=False)
    approved = capsys.readouterr().out.splitlines()[-1]
    assert approved.startswith("dan approves orders 1.0.1 to production (sha256:")
    assert ", which does not count: " in approved
    promote.approve.main([*words, "--refuse"], standalone_mode=False)
    said = capsys.readouterr()
    refused = said.out.splitlines()[-1]
    assert "that takes back your own approval of it, and stops nobody else" in said.err
    assert "`pipelinekit bar payments/orders@1.0.1 --reason TEXT`" in said.err
    assert refused == approved.partition(",")[0].replace("approves", "refuses")
    given, objection = bench.ledger.history("apps/payments/orders").events[-2:]
    assert (given.kind, objection.kind) == ("approved", "refused")
    assert given.plan == objection.plan
    assert (given.reason, objection.reason) == ("", "was not approved")
    assert objection.details["parts"] == given.details["parts"]
    assert objection.details["answer"] == "no"


def test_an_answer_says_as_json_whether_it_counts_and_a_no_to_a_plan_says_only_to_which(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.promote("1.0.0")
    asking(bench, monkeypatch)

    def say(who: Writer, *words: str) -> dict[str, Any]:
        bench.ledger.as_writer = who
        promote.approve.main(["orders@1.0.0", "--to", "production", "--json", *words], standalone_mode=False)
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    dan, rita, no = say(person("dan", "developers")), say(RITA), say(RITA, "--refuse")
    assert (dan["counts"], rita["counts"]) == (False, True)
    assert "which does not count" in dan["sentence"]
    assert rita["sentence"] == f"rita approves orders 1.0.0 to production ({rita['plan']})"
    assert no == {"sentence": rita["sentence"].replace("approves", "refuses"), "plan": rita["plan"]}


@pytest.mark.parametrize("what", [["orders@1.0.0"], ["--set", "set.yaml"]], ids=["one", "a set"])
def test_whoever_looks_at_what_they_have_approved_has_not_asked_for_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: list[str]
) -> None:
    bench.promote("1.0.0")
    asking(bench, monkeypatch)
    Path("set.yaml").write_text(SET + "  - {name: orders, version: 1.0.0}\n")
    bench.ledger.as_writer = person("ann")
    words = [*what, "--to", "production"]
    promote.approve.main(words, standalone_mode=False)
    capsys.readouterr()
    promote.approve.main([*words, "--plan"], standalone_mode=False)
    assert "open   approvals: 1 of 1 from release-managers (ann)" in capsys.readouterr().out
    promote.promote.main([*words, "--plan"], standalone_mode=False)
    assert "ann's does not count: has asked for it" in capsys.readouterr().out
    if what[0] != "--set":
        report.report.main(["orders"], standalone_mode=False)
        assert "1.0.0 would come next, and may\n" in capsys.readouterr().out
