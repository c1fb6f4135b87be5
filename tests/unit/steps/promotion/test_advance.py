from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.model.ledger import Event, Writer
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.steps.promotion import advance as steps
from pipelinekit.steps.promotion.advance import FAILED, PROMOTED, SEEN, WAITS, Moved
from pipelinekit.steps.promotion.books import digests_of
from tests.counting import Effects
from tests.doubles import Killed
from tests.promoting import RITA, Bench
from tests.promotions import BRANCH, PIPELINE, event

KEY_OF_RELEASES = Writer(role="release")
HOUR = 3600


class Advancing(Bench):
    """Staging and production take by themselves what may come."""

    staging: dict[str, Any]

    @property
    def platform(self) -> Platform:
        def with_word(each: Environment) -> Environment:
            asked = {"staging": self.staging, "production": {"soak": HOUR, **self.production}}
            return replace(each, advance=True, **asked[each.name]) if each.gated else each

        known = super().platform
        return replace(known, environments=tuple(map(with_word, known.environments)))

    def advance(self, *, plan_only: bool = False, writer: Writer = KEY_OF_RELEASES) -> list[Moved]:
        self.ledger.as_writer = writer
        return list(steps.advance(self.around(), "payments", "orders", plan_only=plan_only))


@pytest.fixture
def bench(tmp_path: Path) -> Advancing:
    made = Advancing(tmp_path)
    made.staging = {}
    made.release("1.0.0")
    return made


def told(moved: list[Moved]) -> list[tuple[str, str, str]]:
    return [(each.what, each.version, each.environment) for each in moved]


def test_what_may_come_comes_and_its_soak_begins_when_the_next_run_sees_it(bench: Advancing) -> None:
    first = bench.advance()
    assert told(first) == [(PROMOTED, "1.0.0", "staging"), (WAITS, "1.0.0", "production")]
    assert "the next `advance` or `promote` begins it" in " ".join(first[1].reasons)
    second = bench.advance()
    assert told(second) == [(SEEN, "", "staging"), (WAITS, "1.0.0", "production")]
    bench.now += HOUR
    assert told(bench.advance()) == [(PROMOTED, "1.0.0", "production")]
    before = bench.ends()
    assert bench.advance() == []
    assert bench.ends() == before


def test_what_waits_leaves_nothing_in_the_ledger(bench: Advancing) -> None:
    bench.staging = {"change": "C#"}
    before = bench.ledger.history(BRANCH)
    assert told(bench.advance()) == [(WAITS, "1.0.0", "staging")]
    assert bench.ledger.history(BRANCH) == before


def test_with_plan_it_says_the_same_and_changes_nothing(bench: Advancing) -> None:
    bench.promote()
    before = bench.ledger.history(BRANCH)
    assert told(bench.advance(plan_only=True)) == [(SEEN, "", "staging"), (WAITS, "1.0.0", "production")]
    assert bench.ledger.history(BRANCH) == before
    bench.release("1.0.1")
    before = bench.ledger.history(BRANCH)
    assert (PROMOTED, "1.0.1", "staging") in told(bench.advance(plan_only=True))
    assert bench.ledger.history(BRANCH) == before


def test_an_environment_that_does_not_say_so_waits_for_somebody(bench: Advancing) -> None:
    class Quiet(Advancing):
        @property
        def platform(self) -> Platform:
            known = super().platform
            return replace(
                known, environments=tuple(replace(each, advance=False) for each in known.environments)
            )

    quiet = Quiet(bench.root / "other")
    quiet.root.mkdir()
    quiet.staging = {}
    quiet.release("1.0.0")
    quiet.promote()
    assert told(quiet.advance()) == [(SEEN, "", "staging")]
    quiet.now += 2 * HOUR
    assert quiet.advance() == []


def test_a_pipeline_s_key_and_an_unsigned_ledger_see_nothing(bench: Advancing) -> None:
    bench.promote()
    for writer in (PIPELINE, Writer(role="embedded")):
        assert SEEN not in {each.what for each in bench.advance(plan_only=True, writer=writer)}


def test_what_has_failed_there_is_not_tried_again_by_itself(bench: Advancing) -> None:
    bench.write(
        RITA,
        replace(
            bench.ledger.history(BRANCH).events[1], kind="failed", environment="staging", reason="broken"
        ),
    )
    (moved,) = bench.advance()
    assert moved.what == WAITS
    assert "it failed there (broken): the next try is a person's" in moved.reasons[0]
    bench.release("1.0.1")
    assert told(bench.advance())[0] == (PROMOTED, "1.0.1", "staging")


def test_somebody_who_is_at_it_is_left_alone_and_what_was_left_half_done_goes_on(bench: Advancing) -> None:
    released = bench.ledger.history(BRANCH).events[0]
    begun = Event(
        kind="requested",
        team="payments",
        name="orders",
        version="1.0.0",
        environment="staging",
        digests=released.digests,
        at=bench.now,
        details={"stage": "begun", "holder": "them", "until": bench.now + 60, "live": 0},
    )
    bench.living.add("them")
    bench.write(RITA, begun)
    (moved,) = bench.advance()
    assert (moved.what, moved.reasons) == (WAITS, ("1.0.0 is on its way (rita has begun it)",))
    bench.living.clear()
    bench.now += 61
    assert told(bench.advance())[0] == (PROMOTED, "1.0.0", "staging")


def test_a_branch_that_cannot_be_read_is_one_line_and_a_ledger_that_is_silent_none(bench: Advancing) -> None:
    """Whoever may push to one branch must not stop the others' releases."""
    bench.ledger.joined.add(BRANCH)
    (moved,) = bench.advance()
    assert (moved.what, moved.environment, moved.refused) == (FAILED, "", True)
    assert "joins two histories" in moved.reasons[0]
    bench.ledger.silent = True
    with pytest.raises(Refused, match="does not answer"):
        bench.advance()


@pytest.mark.parametrize("version", ["latest", "x/../1.0.0"])
def test_a_version_that_a_pipeline_has_made_up_is_no_release_and_stops_nothing(
    bench: Advancing, version: str
) -> None:
    events = bench.ledger.history(BRANCH).events
    bench.write(PIPELINE, *(replace(each, version=version) for each in events))
    moved = bench.advance()
    if version == "latest":
        assert (moved[0].what, moved[0].refused) == (FAILED, True)
        assert moved[0].reasons == ("the ledger has no release latest",)
    else:
        assert told(moved)[0] == (PROMOTED, "1.0.0", "staging")


def test_refusals_alone_end_as_one() -> None:
    refused = Moved(application="a/b", environment="e", what=FAILED, refused=True)
    assert steps.trouble(()) is None
    assert steps.trouble((refused,)) is Refused
    assert steps.trouble((refused, replace(refused, refused=False))) is ToolFailed


def test_killed_at_each_effect_and_run_again_it_ends_like_an_undisturbed_run(tmp_path: Path) -> None:
    """What has changed the cluster goes on, whatever that has made of the approvals of its plan."""

    def ready(folder: str) -> Advancing:
        made = Advancing(tmp_path / folder)
        made.staging = {"approvals": Approvals(count=1, groups=("release-managers",))}
        made.release("1.0.0")
        planned = made.plan().survey
        told: dict[str, Any] = {"plan": planned.plan.digest, "details": {"parts": dict(planned.plan.parts)}}
        made.write(RITA, event("approved", "1.0.0", "staging", digests=digests_of(planned.release), **told))
        made.ledger.effects = made.releases.effects = made.effects = Effects()
        return made

    def twice(bench: Advancing) -> None:
        """The second one sees what the first one has brought."""
        for _ in range(2):
            bench.advance()

    def stands(bench: Advancing) -> object:
        # What has arrived may be seen before its tests have passed.
        runs, events, tags = bench.ends()
        return runs, sorted(events), tags

    undisturbed = ready("none")
    twice(undisturbed)
    assert undisturbed.effects.names.count("install") == 1
    for number in range(undisturbed.effects.count):
        bench = ready(f"killed-{number}")
        bench.effects.kill_at = number
        with pytest.raises(Killed):
            twice(bench)
        twice(bench)
        assert stands(bench) == stands(undisturbed), undisturbed.effects.names[number]
