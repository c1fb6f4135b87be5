"""What counts in a ledger, and why the rest does not: told of each commit by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from pipelinekit.model.ledger import OF_PIPELINES, PLATFORM, Entry, Event, Kind
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.ledger.commit import Commit
from pipelinekit.plan.ledger.judge import Revocation, judge, revocations, unrevoked
from pipelinekit.plan.ledger.keyring import Keyring
from tests.ledgers import BRANCH, DAY, NOW, chain, event, key_of, platform, proven

ACME = platform()
GATED = frozenset({"production"})


def judged(
    commits: list[Commit],
    known: Platform = ACME,
    *,
    branch: str = BRANCH,
    ledger: str = "acme",
    unproven: Iterable[str] = (),
    revoked: Iterable[Revocation] = (),
) -> tuple[Entry, ...]:
    good = {name: each for name, each in proven(commits, known).items() if name not in set(unproven)}
    return judge(branch, commits, good, Keyring(known), NOW, revoked=revoked, gated=GATED, ledger=ledger)


def troubles(entries: Iterable[Entry]) -> list[str]:
    return [each.trouble for each in entries]


def test_what_people_and_pipelines_sign_counts() -> None:
    entries = judged(chain(("payments", event()), ("ada", event("approved")), known=ACME))
    assert troubles(entries) == ["", ""]
    assert [str(each.writer) for each in entries] == ["the pipelines of payments", "ada"]


def test_what_jenkins_recorded_is_marked_as_such() -> None:
    (entry,) = judged(chain(("release", event("approved")), known=ACME, user="grace-j"))
    assert entry.counts
    assert entry.writer
    assert (entry.writer.role, entry.writer.person, entry.writer.jenkins_user) == (
        "release",
        "grace",
        "grace-j",
    )


def test_a_signature_that_does_not_hold_names_nobody() -> None:
    commits = chain(("ada", event()), ("ada", event("verified")), known=ACME)
    first, second = judged(commits, unproven=[commits[0].id])
    assert (first.trouble, first.writer) == (
        "its signature does not hold, though it names a key of ada",
        None,
    )
    assert second.counts


def test_a_key_of_nobody() -> None:
    (entry,) = judged(chain(("eve", event("approved")), known=ACME))
    assert "a key of nobody whom the platform knows" in entry.trouble
    assert entry.writer is None


@pytest.mark.parametrize(
    ("branch", "ledger", "words"),
    [
        ("apps/payments/other", "acme", "it is of 'apps/payments/orders'"),
        ("platform", "acme", "it is of 'apps/payments/orders'"),
        (BRANCH, "globex", "it is of the ledger 'acme'"),
    ],
)
def test_a_commit_counts_in_its_own_place_only(branch: str, ledger: str, words: str) -> None:
    (entry,) = judged(chain(("ada", event()), known=ACME), branch=branch, ledger=ledger)
    assert words in entry.trouble


@pytest.mark.parametrize("version", ["../../x", "1.0.0/../2.0.0", "1.0.0\n", "1" * 200])
def test_a_version_that_leads_elsewhere_is_none_whoever_signs_it(version: str) -> None:
    """A pipeline says it, and the release folder's job names a file after it."""
    (entry,) = judged(chain(("payments", event(version=version)), known=ACME))
    assert entry.trouble == f"its version is none: {version[:60]!r}"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (event("approved"), "no event of the kind approved"),
        (event("promoted", environment="production"), "no event of the kind promoted"),
        (event("deployed", environment="production"), "which has a gate"),
    ],
)
def test_a_pipeline_says_what_a_pipeline_may(made: Event, words: str) -> None:
    (entry,) = judged(chain(("payments", made), known=ACME))
    assert words in entry.trouble


def test_a_pipeline_says_nothing_of_another_team_s() -> None:
    (entry,) = judged(chain(("stock", event()), known=ACME))
    assert entry.trouble == "the pipelines of stock write nothing of payments"


@pytest.mark.parametrize("kind", sorted(OF_PIPELINES))
def test_a_pipeline_says_nothing_of_all_applications(kind: Kind) -> None:
    """One dated ahead would stop everybody, and one that ends a set would hide that it is underway."""
    made = event(kind, name="", version="")
    (entry,) = judged(chain(("payments", made), known=ACME), branch=PLATFORM)
    assert entry.trouble == "the pipelines of payments write nothing of the platform"


def test_another_author_another_date_and_a_merge_are_told() -> None:
    (one,) = chain(("ada", event()), known=ACME)
    for changed, words in (
        (replace(one, author="grace <grace@acme.ledger>"), "and ada signed it"),
        (replace(one, at=one.at + 1), "another date"),
        (replace(one, trouble="it joins two histories"), "it joins two histories"),
        (replace(one, message="merged\n"), "its message is no event"),
        (replace(one, fingerprint=""), "it has no signature"),
    ):
        (entry,) = judged([changed])
        assert words in entry.trouble


def test_what_is_missing_between_two_is_told() -> None:
    commits = chain(("ada", event()), ("ada", event("verified")), ("ada", event("held")), known=ACME)
    assert troubles(judged([commits[0], commits[2]])) == ["", "it does not follow the one before it"]
    assert troubles(judged(commits[1:]))[0] == "something stood before it that is not there any more"


# --- keys that end --------------------------------------------------------------------------------

ENDED = platform(ada=key_of("ada", "2027-01-01"))
"""Its end is some two weeks before NOW."""
END = 1_798_761_600


def test_an_expired_key_with_a_false_date_proves_nothing() -> None:
    before, after = event("approved", at=END - DAY), event("approved", at=END + 1)
    (entry,) = judged(chain(("ada", before), known=ENDED), ENDED)
    assert entry.trouble == "its key has expired, and nothing proves that it was there before"
    (entry,) = judged(chain(("ada", after), known=ENDED), ENDED)
    assert entry.trouble == "its key had expired"


def test_what_another_key_wrote_on_top_before_the_end_proves_it() -> None:
    mine = ("ada", event("approved", at=END - DAY))
    early = ("grace", event("promoted", at=END - DAY + 60))
    late = ("grace", event("promoted", at=END + 60))
    assert troubles(judged(chain(mine, early, known=ENDED), ENDED)) == ["", ""]
    assert troubles(judged(chain(mine, early, late, known=ENDED), ENDED)) == ["", "", ""]
    # Something of a later date below it says that it came later still, whatever its own date.
    assert troubles(judged(chain(late, mine, known=ENDED), ENDED))[1]
    assert troubles(judged(chain(mine, late, known=ENDED), ENDED))[0]
    # Its own key proves nothing of it.
    assert all(troubles(judged(chain(mine, mine, known=ENDED), ENDED)))


def test_a_pipeline_s_key_proves_nothing_of_a_person_s() -> None:
    mine = ("ada", event("approved", at=END - DAY))
    theirs = ("payments", event("released", at=END - DAY + 60))
    assert troubles(judged(chain(mine, theirs, known=ENDED), ENDED))[0]
    rotated = platform(payments=key_of("payments", "2027-01-01"))
    old = ("payments", event("released", at=END - DAY))
    assert troubles(judged(chain(old, known=rotated), rotated))[0]
    for other in ("stock", "grace"):
        newer = (other, event("held" if other == "grace" else "released", at=END - DAY + 60, team="payments"))
        first = judged(chain(old, newer, known=rotated), rotated)[0]
        # Another team's pipelines write nothing here, so theirs proves nothing either.
        assert first.counts == (other == "grace")


# --- keys that are revoked ------------------------------------------------------------------------


def test_what_was_there_when_a_key_was_revoked_stays() -> None:
    commits = chain(("ada", event("approved")), ("ada", event("held")), ("grace", event("held")), known=ACME)
    key = key_of("ada").fingerprint
    kept = Revocation(key=key, commit="x", kept={BRANCH: commits[0].id})
    first, second, third = judged(commits, revoked=[kept])
    assert (first.trouble, third.trouble) == ("", "")
    assert "is revoked" in second.trouble
    assert all(troubles(judged(commits, revoked=[Revocation(key=key, commit="x")]))[:2])


def test_of_the_newest_part_of_a_branch_what_is_kept_below_it_keeps_nothing() -> None:
    commits = chain(
        ("payments", event()), ("payments", event("verified")), ("ada", event("held")), known=ACME
    )
    key = key_of("payments").fingerprint
    kept = Revocation(key=key, commit="x", kept={BRANCH: commits[0].id})
    assert unrevoked(BRANCH, commits, [kept]) == (commits[0], commits[2])
    assert unrevoked(BRANCH, commits[1:], [kept]) == (commits[2],)
    assert unrevoked(BRANCH, commits, [Revocation(key=key, commit="x")]) == (commits[2],)
    assert unrevoked(BRANCH, commits, []) == tuple(commits)


def test_a_revoked_key_revokes_no_other_one() -> None:
    ada, grace = key_of("ada").fingerprint, key_of("grace").fingerprint
    first = Event(kind="revoked", at=NOW, details={"key": ada, "kept": {}})
    second = Event(kind="revoked", at=NOW, details={"key": grace, "kept": {"platform": "c"}})
    entries = judged(chain(("grace", first), ("ada", second), known=ACME), branch="platform")
    assert [each.key for each in revocations(entries)] == [ada]


# --- what is seen, and what nobody signs ----------------------------------------------------------


def test_a_pipeline_has_seen_nothing() -> None:
    arrival = ("payments", event("deployed", environment="dev"))
    (deployed,) = chain(arrival, known=ACME)
    told = event("seen", at=NOW, details={"commits": [deployed.id]})
    entries = judged(chain(arrival, ("payments", told), known=ACME))
    assert [each.seen for each in entries] == [None, None]
    assert "writes no event of the kind seen" in entries[1].trouble


def test_an_event_is_seen_when_somebody_says_so() -> None:
    (deployed,) = chain(("payments", event("deployed", environment="dev")), known=ACME)
    told = event("seen", at=NOW, details={"commits": [deployed.id]})
    entries = judged(chain(("payments", event("deployed", environment="dev")), ("release", told), known=ACME))
    assert [each.seen for each in entries] == [NOW, None]


@pytest.mark.parametrize("odd", [5, "x", None, True, {"a": 1}, [[1], {}, None]])
def test_details_of_no_form_stop_no_reader(odd: object) -> None:
    written = (
        ("ada", event("seen", details={"commits": odd})),
        ("ada", event("revoked", details={"key": odd, "kept": odd})),
        ("grace", event("revoked", details={"key": key_of("ada").fingerprint, "kept": {BRANCH: odd}})),
    )
    commits = chain(*written, known=ACME)
    found = revocations(judged(commits))
    assert len(found) == 2
    assert "is revoked" in troubles(judged(commits, revoked=found))[0]


def test_nobody_sees_what_came_before_it_came() -> None:
    (deployed,) = chain(("payments", event("deployed", environment="dev")), known=ACME)
    told = event("seen", at=NOW - 9 * DAY, details={"commits": [deployed.id]})
    entries = judged(chain(("payments", event("deployed", environment="dev")), ("ada", told), known=ACME))
    assert entries[0].seen == entries[0].event.at


def test_what_is_dated_far_ahead_has_seen_nothing_and_holds_nobody_s_sight_up() -> None:
    """A pipeline whose clock is wrong, or that lies, must not keep what is there from ever having soaked."""
    (deployed,) = chain(("payments", event("deployed", environment="dev")), known=ACME)
    odd = event("failed", environment="dev", at=NOW + 90 * DAY)
    wrong = event("seen", at=NOW + 30 * DAY, details={"commits": [deployed.id]})
    told = event("seen", at=NOW - 60, details={"commits": [deployed.id]})
    first = ("payments", event("deployed", environment="dev"))
    entries = judged(chain(first, ("payments", odd), ("grace", wrong), known=ACME))
    assert entries[0].seen is None
    entries = judged(chain(first, ("payments", odd), ("grace", wrong), ("ada", told), known=ACME))
    assert [each.trouble for each in entries] == ["", "", "", ""]
    assert entries[0].seen == NOW - 60


def test_in_an_embedded_ledger_nobody_signs() -> None:
    (one,) = chain(("ada", event()), known=ACME)
    unsigned = replace(one, fingerprint="")
    (entry,) = judge(BRANCH, [unsigned], {}, None, NOW, ledger="acme")
    assert entry.counts
    assert entry.writer
    assert entry.writer.role == "embedded"
    (entry,) = judge(BRANCH, [one], {}, None, NOW, ledger="acme")
    assert entry.trouble == "it is signed, in a ledger where nobody signs"
