"""What a Nexus should have, in the words of its API, and where it differs."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.nexus import BlobStore, Nexus, Repository, Routing
from pipelinekit.plan.nexus import Change, differences, missing_realms, to_send, wanted_of


def repository(**fields: Any) -> dict[str, Any]:
    nexus = Nexus(url="https://n", repositories=(Repository(**{"name": "x", **fields}),))
    found: dict[str, Any] = next(each.body for each in wanted_of(nexus) if each.subject == "repository x")
    return found


@pytest.mark.parametrize("form", ["docker", "helm", "raw", "pypi", "npm", "maven2", "go"])
def test_what_was_published_is_never_replaced_unless_it_is_a_snapshot(form: Any) -> None:
    assert repository(format=form, kind="hosted")["storage"]["writePolicy"] == "allow_once"
    assert repository(format=form, kind="hosted", snapshots=True)["storage"]["writePolicy"] == "allow"


@pytest.mark.parametrize(
    ("routing", "fields"),
    [
        (Routing(), {"pathEnabled": True}),
        (Routing(by="port", port=5000), {"httpPort": 5000}),
        (Routing(by="subdomain", subdomain="hub"), {"subdomain": "hub"}),
    ],
)
def test_docker_is_reached_in_one_way(routing: Routing, fields: dict[str, Any]) -> None:
    docker = repository(format="docker", kind="hosted", routing=routing)["docker"]
    assert docker == {"v1Enabled": False, "forceBasicAuth": True, **fields}


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
