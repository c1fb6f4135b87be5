"""What a Nexus should have, in the words of its API, and where it differs."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.platform.nexus import BlobStore, Nexus, Repository, Tenant
from pipelinekit.plan.nexus.wanted import (
    Change,
    differences,
    missing_realms,
    password_variable,
    to_send,
    users,
    wanted_of,
)


def test_groups_come_after_their_members() -> None:
    nexus = Nexus(
        url="https://n",
        blob_stores=(BlobStore(name="b"),),
        repositories=(
            Repository(name="all", format="npm", kind="group", members=("one",)),
            Repository(name="one", format="npm", kind="hosted"),
        ),
    )
    subjects = [each.subject for each in wanted_of(nexus)]
    assert subjects.index("repository one") < subjects.index("repository all")
    assert subjects.index("blob store b") < subjects.index("repository one")
    assert subjects[-1] == "role pipelinekit-pull"


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, ()),
        ({"a": {"b": True}}, {"a": {"b": False}}, ("a.b is false, wanted true",)),
        ({"a": 1}, {}, ("a is nothing, wanted 1",)),
        ({"a": "https://x"}, {"a": "https://x/"}, ()),
        ({"storage": {"writePolicy": "allow_once"}}, {"storage": {"writePolicy": "ALLOW_ONCE"}}, ()),
        ({"privileges": ["a", "b"]}, {"privileges": ["b", "a"]}, ()),
        ({"privileges": ["a"]}, {"privileges": ["a", "b"]}, ("privileges is ['a', 'b'], wanted ['a']",)),
        ({"members": ["a", "b"]}, {"members": ["b", "a"]}, ("members is ['b', 'a'], wanted ['a', 'b']",)),
    ],
)
def test_only_what_was_asked_for_counts(wanted: Any, there: Any, found: tuple[str, ...]) -> None:
    assert differences(wanted, there) == found


def test_a_change_keeps_what_nobody_asked_for() -> None:
    wanted = next(iter(wanted_of(Nexus(url="https://n"))))
    there = {"enabled": True, "extra": {"kept": 1}, "readOnly": False, "url": "x"}
    body = to_send(Change(wanted=wanted, new=False, there=there))
    assert body["extra"] == {"kept": 1}
    assert body["enabled"] is False
    assert not {"readOnly", "url"} & body.keys()


def test_realms_that_are_missing_are_named() -> None:
    assert missing_realms(["NexusAuthenticatingRealm"]) == ["DockerToken"]
    assert missing_realms(["DockerToken", "X", "NexusAuthenticatingRealm"]) == []


TEAMS = Nexus(
    url="https://n",
    repositories=(
        Repository(name="images", format="docker", kind="hosted"),
        Repository(name="docker.images", format="docker", kind="hosted"),
        Repository(name="charts", format="helm", kind="hosted"),
        Repository(name="files", format="raw", kind="hosted"),
        Repository(name="hub", format="docker", kind="proxy", remote="https://registry-1.docker.io"),
    ),
    tenants=(
        Tenant(team="pay", folders=("pay/",), charts=("orders",)),
        Tenant(team="pay-docker", folders=("pay-docker/",), charts=("shop",)),
    ),
)


def test_a_team_writes_where_its_selectors_say_and_reads_everything() -> None:
    wanted = {each.subject: each for each in wanted_of(TEAMS)}
    privileges = wanted["role nexus-pay"].body["privileges"]
    assert [each for each in privileges if not each.endswith(("-read", "-browse"))] == [
        "nexus-pay.docker.docker.images",
        "nexus-pay.docker.images",
        "nexus-pay.helm.charts",
    ]
    assert "nx-repository-view-raw-files-read" in privileges
    assert wanted["privilege nexus-pay.helm.charts"].body["contentSelector"] == "nexus-pay.helm"
    assert {each.body["repository"] for each in wanted.values() if each.subject.startswith("privilege")} == {
        "images",
        "docker.images",
        "charts",
    }


def test_selectors_come_before_privileges_and_those_before_roles() -> None:
    kinds = [each.subject.split(" ")[0] for each in wanted_of(TEAMS)]
    assert kinds.index("repository") < kinds.index("content") < kinds.index("privilege") < kinds.index("role")


def test_no_two_teams_have_a_name_in_common() -> None:
    names = [each.read for each in wanted_of(TEAMS)]
    assert len(names) == len(set(names))


def test_each_user_has_a_role_and_a_password_of_its_own() -> None:
    assert [(user, role) for user, role, _ in users(TEAMS)][2:] == [
        ("nexus-pay", "nexus-pay"),
        ("nexus-pay-docker", "nexus-pay-docker"),
    ]
    hostile = Nexus(
        url="https://n", tenants=tuple(Tenant(team=each) for each in ("push", "initial", "a-b", "a--b"))
    )
    variables = [password_variable(hostile, user) for user, *_ in users(hostile)]
    assert variables == [
        "PK_NEXUS_PUSH_PASSWORD",
        "PK_NEXUS_PULL_PASSWORD",
        "PK_NEXUS_TEAM_PUSH_PASSWORD",
        "PK_NEXUS_TEAM_INITIAL_PASSWORD",
        "PK_NEXUS_TEAM_A_B_PASSWORD",
        "PK_NEXUS_TEAM_A__B_PASSWORD",
    ]
