"""Names that somebody has mistyped: no verb of releases writes one into the ledger, or does nothing of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from pipelinekit.cli.platform import ledger as ledger_verbs
from pipelinekit.cli.release import advance, changelog, evidence, promote, report, stops
from pipelinekit.cli.release.desk import Desk
from pipelinekit.errors import DocumentInvalid, UsageError
from pipelinekit.model.ledger import PLATFORM, Writer
from tests.doubles import Ledger
from tests.promoting import RITA, Bench
from tests.promotions import event

SET = "apiVersion: pipelinekit/v1\nkind: ReleaseSet\nmetadata: {name: checkout}\napplications:\n"
VERBS: dict[str, click.Command] = {
    "promote": promote.promote,
    "approve": promote.approve,
    "rollback": promote.rollback,
    "hold": stops.hold,
    "unhold": stops.unhold,
    "bar": stops.bar,
    "unbar": stops.unbar,
    "freeze": stops.freeze,
    "thaw": stops.thaw,
    "review": stops.review,
    "attest": evidence.attest,
    "advance": advance.advance,
    "changelog": changelog.changelog,
    "report": report.report,
    "log": ledger_verbs.show_log,
}
TAKES = {
    "promote": "APP@V --to ENV",
    "approve": "APP@V --to ENV",
    "rollback": "APP --env ENV --to V",
    "hold": "APP@V --env ENV --reason why",
    "unhold": "APP --env ENV",
    "bar": "APP@V --reason why",
    "unbar": "APP@V",
    "freeze": "--now --env ENV --reason why",
    "thaw": "--env ENV",
    "review": "APP --env ENV",
    "attest": "APP@V --type scan --file scan.json",
    "advance": "APP",
    "changelog": "APP@V --to ENV",
    "report": "APP",
    "log": "--app APP --env ENV",
}
"""How each verb is told its names, all of which are right in `RIGHT`."""
RIGHT = {"APP": "orders", "ENV": "staging", "V": "1.0.1"}
WRONG = {
    "APP": [("ordres", "did you mean 'orders'?"), ("payments/order", "did you mean 'payments/orders'?")],
    "ENV": [("stagin", "did you mean 'staging'?")],
    "V": [("1.0.11", "did you mean '1.0.1'?"), ("9.9.9", "its last ones are: 1.0.0, 1.0.1")],
}
CASES = [
    (verb, part, wrong, hint)
    for verb, words in TAKES.items()
    for part, wrongs in WRONG.items()
    if part in words.replace("@", " ").split()
    for wrong, hint in wrongs
]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """1.0.0 and 1.0.1, released and in dev; nobody is registered."""
    made = Bench(tmp_path / "made")
    for version in ("1.0.0", "1.0.1"):
        made.release(version)
    made.ledger.as_writer = RITA
    monkeypatch.chdir(tmp_path)
    Path("scan.json").write_text("{}")
    monkeypatch.setattr(Desk, "named", (made.platform, "p" * 40))
    monkeypatch.setattr(Desk, "ledger", made.ledger)
    monkeypatch.setattr(Desk, "around", lambda *_, **__: made.around())
    monkeypatch.setattr(ledger_verbs, "named_or_local_platform", lambda *_: made.platform)
    monkeypatch.setattr(ledger_verbs, "ledger_of", lambda _: made.ledger)
    return made


def say(verb: str, names: dict[str, str]) -> Any:
    """Run a verb as the command line does, without its last door."""
    words = TAKES[verb]
    for part in ("APP", "ENV"):
        words = words.replace(part, names[part])
    words = " ".join(
        names["V"] if word == "V" else word.replace("@V", f"@{names['V']}") for word in words.split()
    )
    return VERBS[verb].main(words.split(), standalone_mode=False)


def heads(ledger: Ledger) -> dict[str, str]:
    return {branch: ledger.history(branch).head for branch in ledger.branches()}


def test_the_table_has_every_verb_that_takes_a_name_of_a_release() -> None:
    taking = {
        each.name
        for each in vars(stops).values()
        if isinstance(each, click.Command) and {"application", "environment"} & {x.name for x in each.params}
    }
    assert taking <= VERBS.keys()
    assert {part for _, part, _, _ in CASES} == WRONG.keys()


@pytest.mark.parametrize(("verb", "part", "wrong", "hint"), CASES)
def test_a_name_that_nobody_knows_is_usage_and_leaves_nothing_in_the_ledger(
    bench: Bench, verb: str, part: str, wrong: str, hint: str
) -> None:
    before = heads(bench.ledger)
    with pytest.raises(UsageError) as caught:
        say(verb, {**RIGHT, part: wrong})
    (fault,) = caught.value.faults
    assert (
        fault.code
        == {"APP": "application-unknown", "ENV": "environment-unknown", "V": "version-unknown"}[part]
    )
    assert hint in fault.hint
    assert heads(bench.ledger) == before


def test_a_team_that_nobody_knows(bench: Bench) -> None:
    with pytest.raises(UsageError) as caught:
        advance.advance.main(["--team", "payment"], standalone_mode=False)
    assert caught.value.faults[0].hint == "did you mean 'payments'?"
    assert bench.ledger.branches() == ("apps/payments/orders",)


@pytest.mark.parametrize("words", [[], ["--team", "payments"]])
def test_advance_asks_the_ledger_once_for_its_branches(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    branches, asked = bench.ledger.branches, list[tuple[str, ...]]()

    def told() -> tuple[str, ...]:
        asked.append(branches())
        return asked[-1]

    monkeypatch.setattr(bench.ledger, "branches", told)
    advance.advance.main(["--plan", *words], standalone_mode=False)
    assert asked == [("apps/payments/orders",)]


def test_what_people_have_said_of_a_typing_error_makes_no_version_of_it(bench: Bench) -> None:
    bench.write(RITA, event("barred", "1.0.11", reason="x"), event("held", "1.0.11", "staging", reason="x"))
    for verb in ("bar", "hold", "promote"):
        with pytest.raises(UsageError):
            say(verb, {**RIGHT, "V": "1.0.11"})
    # What was barred by an older version all the same can be let go.
    say("unbar", {**RIGHT, "V": "1.0.11"})
    assert bench.ledger.history("apps/payments/orders").events[-1].kind == "unbarred"


def test_an_application_that_is_registered_or_that_the_ledger_knows_is_known(bench: Bench) -> None:
    with Desk("") as here:
        assert (
            here.application("", "orders") == here.application("payments", "orders") == ("payments", "orders")
        )
        bench.write(Writer(role="pipeline", team="shop"), event("released", "1.0.0", team="shop"))
        with pytest.raises(UsageError) as caught:
            here.application("", "orders")
        assert caught.value.faults[0].hint == "name one: payments/orders, shop/orders"
        assert here.application("shop", "orders") == ("shop", "orders")


@pytest.mark.parametrize("joined", [False, True], ids=["as it is", "unreadable"])
def test_a_branch_in_which_nothing_counts_makes_nobody_s_application_known(
    bench: Bench, capsys: pytest.CaptureFixture[str], joined: bool
) -> None:
    """Whoever may push could take the short name of an application away, or have a typing error held."""
    stranger = Writer(role="pipeline", team="evil")
    bench.write(stranger, event("released", team="shop"), event("released", name="order"))
    bench.write(stranger, event("released", team="", name="orders"))
    if joined:
        bench.ledger.joined.add("apps/shop/orders")
    bench.ledger.as_writer = RITA
    report.report.main([], standalone_mode=False)
    if not joined:
        assert capsys.readouterr().out.endswith("1 application in 3 environments, by the ledger\n")
    say("hold", RIGHT)
    assert bench.ledger.history("apps/payments/orders").events[-1].kind == "held"
    for wrong in ("order", "payments/order"):
        with pytest.raises(UsageError, match=f"nobody knows an application {wrong}") as caught:
            say("hold", {**RIGHT, "APP": wrong})
        assert caught.value.faults[0].hint == f"did you mean '{wrong}s'?"
    with pytest.raises(UsageError, match="nobody knows a component orders"):
        say("hold", {**RIGHT, "APP": "component:orders"})


@pytest.mark.parametrize("words", [["--app", ""], ["--env", ""], ["--since", ""]])
def test_a_variable_that_the_shell_does_not_know_asks_for_no_whole_log(
    bench: Bench, words: list[str]
) -> None:
    with pytest.raises(UsageError, match="is empty"):
        ledger_verbs.show_log.main(words, standalone_mode=False)
    with pytest.raises(UsageError, match="is empty"):
        report.report.main([""], standalone_mode=False)


def test_in_the_document_of_a_set_each_is_told_at_its_place(bench: Bench) -> None:
    rows = "  - {name: ordres, version: 1.0.1}\n  - {name: orders, version: 1.0.1}\n"
    Path("set.yaml").write_text(SET + rows + "  - {name: stok, version: 1.0.1}\n")
    words = ["--set", "set.yaml", "--to", "staging"]
    before = heads(bench.ledger)
    for verb in (promote.promote, promote.approve):
        with pytest.raises(DocumentInvalid) as caught:
            verb.main(words, standalone_mode=False)
        told = [(str(each.place), each.hint) for each in caught.value.faults]
        assert told == [("set.yaml:5:6", "did you mean 'orders'?"), ("set.yaml:7:6", "known are: orders")]
    Path("set.yaml").write_text(SET + "  - {name: orders, version: 1.0.11}\n")
    with pytest.raises(DocumentInvalid) as caught:
        promote.promote.main(words, standalone_mode=False)
    (fault,) = caught.value.faults
    assert (str(fault.place), fault.code, fault.hint) == (
        "set.yaml:5:20",
        "version-unknown",
        "did you mean '1.0.1'?",
    )
    assert heads(bench.ledger) == before


def test_a_platform_s_branch_that_cannot_be_read_hides_no_application(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.promote("1.0.1")
    bench.ledger.joined.add(PLATFORM)
    for words in ([], ["orders"]):
        report.report.main(words, standalone_mode=False)
        said = capsys.readouterr().out
        assert "payments/orders in staging: 1.0.1" in said
        assert (
            "  whether all is held or frozen is not known: a commit of platform joins two histories" in said
        )
