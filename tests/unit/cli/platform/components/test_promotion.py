"""Components on the command line: which are meant, what is signed, what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli.platform import ledger as ledger_verbs
from pipelinekit.cli.platform.components import promotion, world
from pipelinekit.cli.release import promote, report, stops
from pipelinekit.cli.release.desk import Desk
from pipelinekit.errors import Refused, UsageError
from pipelinekit.model.platform.gates import Approvals
from tests.promotedparts import ANN, RITA, Bench

TO = ["--to", "production"]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench(tmp_path)
    made.release(made.part(), made.part("web", needs=["store"]))
    made.ledger.as_writer = ANN
    monkeypatch.setattr(Desk, "named", property(lambda _: (made.platform, "p" * 40)))
    monkeypatch.setattr(Desk, "ledger", made.ledger)
    monkeypatch.setattr(Desk, "clock", lambda *_: made.clock(()))
    monkeypatch.setattr(world, "around_component", lambda _, __, name: made.around(name))
    monkeypatch.setattr(ledger_verbs, "named_or_local_platform", lambda *_: made.platform)
    monkeypatch.setattr(ledger_verbs, "ledger_of", lambda _: made.ledger)
    return made


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "component-which"),
        (["--all", "store"], "component-which"),
        (["stor"], "component-not-on"),
        (["payments/store"], "component-not-on"),
        (["store", "store@1.0.0"], "component-twice"),
        (["store@latest"], "version-form"),
        (["store@1.0.0"], "version-unknown"),
        ([""], "application-form"),
    ],
)
def test_what_is_not_on_or_says_nothing_is_usage(bench: Bench, words: list[str], code: str) -> None:
    for verb in (promotion.promote, promotion.approve):
        with pytest.raises(UsageError) as caught:
            verb.main([*words, *TO], standalone_mode=False)
        assert caught.value.faults[0].code == code
    assert bench.kinds() == []


def test_a_platform_without_a_ledger_promotes_none(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setattr(Desk, "named", (replace(bench.platform, ledger=""), "p" * 40))
    with pytest.raises(Refused, match="the platform's ledger"):
        promotion.promote.main(["--all", *TO], standalone_mode=False)


def test_the_last_line_of_a_plan_has_the_digest_that_is_approved(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.production["approvals"] = Approvals(count=1, groups=("release-managers",), requester=False)
    promotion.promote.main(["--all", *TO, "--plan"], standalone_mode=False)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("may not go to production yet: store, web, plan sha256:")
    digest = last.rpartition(" ")[2]
    bench.ledger.as_writer = RITA
    with pytest.raises(Refused, match="the plan is"):
        promotion.approve.main(["--all", *TO, "--expect", f"sha256:{0:064}"], standalone_mode=False)
    promotion.approve.main(["--all", *TO, "--expect", digest], standalone_mode=False)
    said = capsys.readouterr().out.splitlines()
    assert [each.split()[:3] for each in said[-2:]] == [
        ["rita", "approves", each] for each in ("store", "web")
    ]
    bench.ledger.as_writer = ANN
    promotion.promote.main(["--all", *TO], standalone_mode=False)
    assert "web 1.0.0+" in capsys.readouterr().out
    promotion.promote.main(["--all", *TO, "--plan"], standalone_mode=False)
    assert capsys.readouterr().out.endswith("all of it runs already in production\n")
    promotion.approve.main(["--all", *TO], standalone_mode=False)
    assert capsys.readouterr().out.endswith("nothing is to be approved\n")


@pytest.mark.parametrize("refuse", [[], ["--refuse"]], ids=["a yes", "a no"])
def test_where_nobody_is_asked_nothing_is_signed(bench: Bench, refuse: list[str]) -> None:
    before = len(bench.events())
    with pytest.raises(Refused, match="production asks for no approvals"):
        promotion.approve.main(["--all", *TO, *refuse], standalone_mode=False)
    assert len(bench.events()) == before


def test_a_component_is_named_to_the_words_that_stop_and_to_no_verb_of_applications(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["component:store", "--env", "production"]
    stops.hold.main([*words, "--reason", "move"], standalone_mode=False)
    assert bench.events()[-1].kind == "held"
    stops.unhold.main(words, standalone_mode=False)
    assert bench.events()[-1].kind == "unheld"
    version = bench.events()[0].version
    stops.bar.main([f"component:store@{version}", "--reason", "leak"], standalone_mode=False)
    capsys.readouterr()
    report.report.main(["component:store"], standalone_mode=False)
    said = capsys.readouterr().out
    assert f"component store in dev: {version}" in said
    assert "component store in production: nothing" in said
    ledger_verbs.show_log.main(["--app", "component:store"], standalone_mode=False)
    assert (
        f"component store {version} was barred: it goes no further, by ann: leak" in capsys.readouterr().out
    )
    for verb in (promote.promote, promote.approve):
        with pytest.raises(UsageError, match="store is a component") as caught:
            verb.main(["component:store", *TO], standalone_mode=False)
        assert "`pipelinekit platform promote store --to ENV`" in caught.value.faults[0].hint
    with pytest.raises(UsageError, match="nobody knows a component stor"):
        stops.hold.main(["component:stor", *words[1:], "--reason", "x"], standalone_mode=False)
