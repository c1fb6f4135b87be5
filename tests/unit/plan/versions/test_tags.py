"""Version tags: which count, and which one gives the version; held against the rule, counted by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.plan.versions.conventional import advance
from pipelinekit.plan.versions.tags import Found, Line, Rank, Tag, counting, highest, rivals


def found(*names: str, name: str = "orders") -> Found:
    """What counts of tags that are each on a commit of their own."""
    return counting(((each, f"on {each}") for each in names), name)


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["v1.2.3"], ["v1.2.3"]),
        (["1.2.3"], ["1.2.3"]),
        (["v1.9.0", "v1.10.0", "1.9.5"], ["v1.10.0", "1.9.5", "v1.9.0"]),
        (["v1.0.0", "orders/v0.1.0"], ["orders/v0.1.0"]),
        (["v1.0.0", "orders/0.1.0"], ["orders/0.1.0"]),
        (["v1.0.0", "shop/v2.0.0", "orders/x/v3.0.0", "orders-v3.0.0"], ["v1.0.0"]),
        # Pre-releases, at the top and in an application's own.
        (["v1.0.0", "v2.0.0-rc.1"], ["v1.0.0"]),
        (["v1.0.0", "orders/v2.0.0-rc.1"], ["v1.0.0"]),
        (["orders/v1.0.0", "orders/v2.0.0-rc.1"], ["orders/v1.0.0"]),
        (["v1.0.0", "v2.0.0+build.7"], ["v2.0.0+build.7", "v1.0.0"]),
        (["nightly", "v1", "v1.2", "vNext", "version-1.2.3", "v1.2.x"], []),
        # Dates without a v; and without anything that counts.
        (["v1.0.0", "2024.1.5", "2024.01.05", "20240105.1.0"], ["v1.0.0"]),
        (["v2024.1.5"], ["v2024.1.5"]),
        (["2024.1.5"], []),
        (["v1.0.0", "1.2.3.4", "1.2.3rc1"], ["v1.0.0"]),
        ([], []),
    ],
)
def test_which_tags_count(names: list[str], count: list[str]) -> None:
    assert [each.name for each in found(*names).tags] == count
    assert found(*reversed(names)) == found(*names)


def test_an_application_whose_name_has_a_hyphen_has_tags_of_its_own() -> None:
    assert [each.name for each in found("my-app/v1.0.0", "v2.0.0", name="my-app").tags] == ["my-app/v1.0.0"]


def test_of_several_tags_on_a_commit_the_highest_counts() -> None:
    tags = [("v1.2.3", "a"), ("v2.0.0", "a"), ("v1.9.9", "a"), ("v1.0.0", "b")]
    assert [each.name for each in counting(tags, "orders").tags] == ["v2.0.0", "v1.0.0"]


@pytest.mark.parametrize(
    ("names", "odd"),
    [
        (["v1.2.3.4"], "v1.2.3.4"),
        (["v01.2.3", "v1.2.2"], "v01.2.3"),
        (["orders/v1.2.3_1"], "orders/v1.2.3_1"),
        # What is above it makes it a thing of the past.
        (["v1.2.3rc1", "v1.2.3"], ""),
        (["v1.2.3.4", "v2.0.0"], ""),
        (["v1.2.3.4", "orders/v0.1.0"], ""),
        (["1.2.3.4"], ""),
    ],
)
def test_a_tag_that_is_no_version_is_named_where_it_would_be_the_highest(names: list[str], odd: str) -> None:
    assert found(*names).odd == odd


@pytest.mark.parametrize("names", [["2024.1.5"], ["v1.0.0", "2024.1.5", "2023.12.1"], ["2024.1.5", "1.0.0"]])
def test_a_date_that_does_not_count_is_named(names: list[str]) -> None:
    assert found(*names).passed == "2024.1.5"


def test_a_number_that_nothing_can_hold_is_no_version() -> None:
    assert found("v1.2." + "9" * 5000, "9" * 5000 + ".1.2") == Found()


def test_a_count_moves_the_patch_number_alone_and_a_message_any() -> None:
    those = found("v1.2.0", "v1.2.9", "v1.1.50", "v0.9.0")
    assert [each.name for each in rivals(those, conventional=False)] == ["v1.2.9", "v1.2.0"]
    assert rivals(those, conventional=True) == those.tags
    assert rivals(Found(), conventional=False) == ()


# --- against the rule ---------------------------------------------------------------------------------

Parents = dict[str, list[str]]


@st.composite
def histories(draw: st.DrawFn) -> Parents:
    """A history: each commit with its parents, which are above it; the last is the head."""
    count = draw(st.integers(1, 14))
    parents: Parents = {"0": []}
    for number in range(1, count):
        of = st.integers(max(0, number - 4), number - 1).map(str)
        parents[str(number)] = draw(st.lists(of, min_size=draw(st.integers(0, 1)), max_size=3, unique=True))
    return parents


def contained(parents: Parents, commit: str) -> set[str]:
    """The commit and all that it comes from."""
    seen: set[str] = set()
    waiting = [commit]
    while waiting:
        if (each := waiting.pop()) not in seen:
            seen.add(each)
            waiting += parents[each]
    return seen


def first_parents(parents: Parents, commit: str) -> list[str]:
    line = [commit]
    while parents[line[-1]]:
        line.append(parents[line[-1]][0])
    return line


def by_hand(parents: Parents, head: str, commit: str) -> int:
    """`git rev-list --first-parent --count commit..head`."""
    return len([each for each in first_parents(parents, head) if each not in contained(parents, commit)])


def as_asked(parents: Parents, head: str, commits: list[str]) -> Mapping[str, int]:
    """The counts as an adapter finds them, with what git lists for each of its two questions."""
    shown = {each for one in (head, *commits) for each in first_parents(parents, one)}
    line = Line(head, {each: parents[each] for each in shown})
    fork = line.fork(each for each in commits if each not in line.number)
    below = contained(parents, fork) if fork else set()
    listed = sorted({each for one in commits for each in contained(parents, one)} - below, key=int)
    return line.since(commits, {each: parents[each] for each in listed})


@given(histories(), st.data())
def test_commits_since_a_commit_are_counted_as_git_counts_them(parents: Parents, data: st.DataObject) -> None:
    head = max(parents, key=int)
    inside = sorted(contained(parents, head), key=int)
    commits = data.draw(st.lists(st.sampled_from(inside), min_size=1, unique=True))
    counts = as_asked(parents, head, commits)
    assert {each: counts[each] for each in commits} == {
        each: by_hand(parents, head, each) for each in commits
    }


RANKS = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 12))
MESSAGES = st.sampled_from(["fix: a", "feat: b", "feat!: c", "words", "chore: d\n\nBREAKING CHANGE: e"])


@given(histories(), st.data())
def test_the_tag_gives_the_highest_version_of_all(parents: Parents, data: st.DataObject) -> None:
    head = max(parents, key=int)
    inside = sorted(contained(parents, head), key=int)
    places = data.draw(st.lists(st.tuples(st.sampled_from(inside), RANKS), min_size=1))
    those = counting(((f"v{a}.{b}.{c}", commit) for commit, (a, b, c) in places), "orders")
    since = {each.commit: by_hand(parents, head, each.commit) for each in those.tags}

    def counted(tag: Tag) -> Rank:
        major, minor, patch = tag.version
        return major, minor, patch + since[tag.commit]

    best = highest(rivals(those, conventional=False), since)
    everything = [Tag("", commit, rank) for commit, rank in places]
    assert counted(best) == max(map(counted, everything))

    line = first_parents(parents, head)[::-1]
    said = {each: data.draw(MESSAGES) for each in line}

    def told(tag: Tag) -> Rank:
        count = since[tag.commit]
        return advance(tag.version, [said[each] for each in line[len(line) - count :]])

    farthest = max(since.values())
    messages = [said[each] for each in line[len(line) - farthest :]]
    assert told(highest(those.tags, since, messages)) == max(map(told, everything))


@given(histories(), st.data())
def test_every_commit_of_a_line_has_a_higher_version_than_the_one_before(
    parents: Parents, data: st.DataObject
) -> None:
    head = max(parents, key=int)
    line = first_parents(parents, head)
    tags = data.draw(st.lists(st.tuples(st.sampled_from(line), RANKS), min_size=1))

    def version(commit: str) -> Rank:
        inside = contained(parents, commit)
        here = [
            (f"v{a}.{b}.{c}", each) for each, (a, b, c) in [(line[-1], (0, 0, 0)), *tags] if each in inside
        ]
        those = rivals(counting(here, "orders"), conventional=False)
        since = {each.commit: by_hand(parents, commit, each.commit) for each in those}
        major, minor, patch = (best := highest(those, since)).version
        return major, minor, patch + since[best.commit]

    versions = [version(each) for each in line]
    assert versions == sorted(set(versions), reverse=True)
