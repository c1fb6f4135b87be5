from __future__ import annotations

import re
from dataclasses import replace

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.errors import Refused
from pipelinekit.model.release import Revision
from pipelinekit.plan.versions.version import explain, is_final, version_of
from tests import examples

IMAGE_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")

HEX = st.text("0123456789abcdef", min_size=40, max_size=40)
NUMBER = st.integers(0, 10**6)
TAGS = st.one_of(
    st.just(""),
    st.builds("{}v{}.{}.{}{}".format, st.sampled_from(["", "orders/"]), NUMBER, NUMBER, NUMBER, st.just("")),
    st.builds("{}.{}.{}-rc.1+build.{}".format, NUMBER, NUMBER, NUMBER, NUMBER),
)
MAIN = st.builds(
    Revision,
    commit=HEX,
    tree=HEX,
    dirty=st.just(False),
    branch=st.just("main"),
    tag=TAGS,
    since=NUMBER,
)


def parsed(revision: Revision) -> semver.Version:
    return semver.Version.parse(version_of(revision))


@pytest.mark.parametrize(
    ("facts", "version"),
    [
        ({}, "1.2.3"),
        ({"since": 0}, "1.2.0"),
        ({"tag": "", "since": 7}, "0.1.7"),
        ({"tag": "orders/v2.0.0", "since": 1}, "2.0.1"),
        ({"tag": "3.1.4", "since": 0}, "3.1.4"),
        ({"branch": "trunk", "main_branch": "trunk"}, "1.2.3"),
        ({"pull_request": "17", "branch": "PR-17"}, "1.2.3-pr.17.gc0ffeec0ff"),
        ({"pull_request": "17"}, "1.2.3-pr.17.gc0ffeec0ff"),
        ({"pull_request": "007"}, "1.2.3-pr.g007.gc0ffeec0ff"),
        ({"branch": "Feature/New_Thing!"}, "1.2.3-feature-new-thing.gc0ffeec0ff"),
        ({"branch": "0123"}, "1.2.3-g0123.gc0ffeec0ff"),
        ({"branch": ""}, "1.2.3-detached.gc0ffeec0ff"),
        ({"branch": "日本"}, "1.2.3-detached.gc0ffeec0ff"),
        ({"dirty": True}, "1.2.4-dirty.g7ee7ee7ee7"),
        ({"commit": "", "dirty": True, "tag": "", "since": 0}, "0.1.1-dirty.g7ee7ee7ee7"),
        ({"dirty": True, "pull_request": "17"}, "1.2.4-dirty.g7ee7ee7ee7"),
    ],
)
def test_versions(facts: dict[str, object], version: str) -> None:
    assert version_of(examples.revision(**facts)) == version


@given(MAIN)
def test_main_has_final_versions_that_grow_with_every_commit(revision: Revision) -> None:
    assert is_final(version_of(revision))
    assert parsed(revision) < parsed(replace(revision, since=revision.since + 1))


@given(MAIN, st.text(), st.text("0123456789abcXYZ-_/. é"))
def test_what_is_not_main_is_a_pre_release_of_the_version_that_it_would_become(
    revision: Revision, branch: str, request: str
) -> None:
    other = replace(revision, branch=branch, pull_request=request)
    if branch == revision.main_branch and not request:
        assert is_final(version_of(other))
        return
    assert not is_final(version_of(other))
    assert parsed(other) < parsed(revision)
    assert parsed(other).finalize_version() == parsed(revision)


@given(MAIN)
def test_a_changed_work_tree_lies_between_the_last_version_and_the_next(revision: Revision) -> None:
    dirty = parsed(replace(revision, dirty=True))
    assert parsed(revision) < dirty < parsed(replace(revision, since=revision.since + 1))


@given(MAIN, st.text(), st.text(), st.booleans())
def test_every_version_is_an_image_tag_and_a_chart_version(
    revision: Revision, branch: str, request: str, dirty: bool
) -> None:
    version = version_of(replace(revision, branch=branch, pull_request=request, dirty=dirty))
    assert IMAGE_TAG.fullmatch(version)
    assert str(semver.Version.parse(version)) == version


@given(MAIN, HEX)
def test_two_revisions_never_share_a_pre_release(revision: Revision, commit: str) -> None:
    one = replace(revision, branch="feature")
    other = replace(one, commit=commit)
    assert (version_of(one) == version_of(other)) == (one.commit[:10] == commit[:10])


def test_a_shallow_clone_is_refused_because_its_count_would_be_a_guess() -> None:
    with pytest.raises(Refused) as caught:
        version_of(examples.revision(shallow=True))
    assert caught.value.faults[0].code == "clone-shallow"
    assert "git fetch --unshallow" in caught.value.faults[0].hint


@pytest.mark.parametrize("tag", ["v1.2.3.4", "v1.2.3rc1", "v01.2.3", "v1.2.x3", "orders/v1.2.3_1"])
def test_a_tag_that_is_no_semantic_version_is_refused_by_its_name(tag: str) -> None:
    with pytest.raises(Refused) as caught:
        version_of(examples.revision(tag=tag))
    assert caught.value.faults[0].code == "tag-not-semantic"
    assert tag in caught.value.faults[0].problem
    assert "MAJOR.MINOR.PATCH" in caught.value.faults[0].hint


def test_a_pipeline_refuses_what_a_clone_without_tags_cannot_know() -> None:
    facts = examples.revision(tag="", tagless=True, elsewhere="v1.4.0")
    with pytest.raises(Refused) as caught:
        version_of(replace(facts, pipeline=True))
    assert caught.value.faults[0].code == "tags-missing"
    assert "v1.4.0" in caught.value.faults[0].problem
    assert "git fetch --tags" in caught.value.faults[0].hint
    # A person is told, and may go on.
    explained = explain(facts)
    assert explained.version == "0.1.3"
    assert any("v1.4.0" in each and "git fetch --tags" in each for each in explained.reasons)


@pytest.mark.parametrize("pipeline", [True, False])
def test_a_remote_that_did_not_answer_is_a_word_and_no_refusal(pipeline: bool) -> None:
    explained = explain(
        examples.revision(tag="", tagless=True, unanswered="no route to host", pipeline=pipeline)
    )
    assert explained.version == "0.1.3"
    assert any("no route to host" in each for each in explained.reasons)


def test_a_date_that_does_not_count_is_told() -> None:
    assert any("2024.1.5" in each for each in explain(examples.revision(passed="2024.1.5")).reasons)


@pytest.mark.parametrize(
    ("version", "final"), [("1.2.3", True), ("1.2.3-pr.1.gabc", False), ("1.2.3-0", False)]
)
def test_only_final_versions_may_be_promoted(version: str, final: bool) -> None:
    assert is_final(version) is final


def test_a_version_says_which_facts_made_it() -> None:
    explained = explain(examples.revision(tag="v1.2.3", since=4))
    assert explained.version == "1.2.7"
    assert len(explained.reasons) == 3
    assert "v1.2.3" in explained.reasons[0]
    assert "4 first-parent commits" in explained.reasons[1]
    assert "final" in explained.reasons[2]


def test_conventional_commits_decide_when_asked() -> None:
    revision = examples.revision(tag="v1.2.3", since=2, messages=("feat: a", "fix: b"))
    assert version_of(revision, conventional=True) == "1.3.1"
    assert version_of(revision) == "1.2.5"
