"""The `nexus` section: what its schema lets through and is wrong all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.platform.nexus import Nexus
from pipelinekit.reading.platform.document import read_platform

PROXY = {"name": "hub", "format": "docker", "kind": "proxy", "remote": "https://registry-1.docker.io"}
HOSTED = {"name": "images", "format": "docker", "kind": "hosted"}
WEEK = {"name": "week", "format": "docker", "unused": 7}


def document(**nexus: Any) -> str:
    return json.dumps(
        {
            "apiVersion": "pipelinekit/v1",
            "kind": "Platform",
            "metadata": {"name": "acme"},
            "images": {"registry": "nexus.acme.example:5000"},
            "charts": {"repository": "oci://nexus.acme.example:5000/charts"},
            "clusters": [{"name": "one"}],
            "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
            "nexus": {"url": "https://nexus.acme.example/", **nexus},
        }
    )


def read(**nexus: Any) -> Nexus:
    found = read_platform(document(**nexus)).nexus
    assert found is not None
    return found


def test_a_section_becomes_values() -> None:
    nexus = read(
        acceptEula=True,
        blobStores=[{"name": "big", "quota": 1024}],
        repositories=[
            {**HOSTED, "port": 5000, "blobStore": "big"},
            {**PROXY, "cleanup": ["week"]},
            {"name": "all", "format": "docker", "kind": "group", "members": ["images", "hub"]},
        ],
        cleanup=[WEEK],
        users={"push": "ci"},
    )
    assert (nexus.url, nexus.accept_eula, nexus.push_user) == ("https://nexus.acme.example", True, "ci")
    assert (nexus.repositories[0].routing.by, nexus.repositories[0].routing.port) == ("port", 5000)
    assert nexus.repositories[1].cleanup == ("week",)
    assert nexus.repositories[2].members == ("images", "hub")


@pytest.mark.parametrize(
    ("section", "code", "path"),
    [
        ({"repositories": [HOSTED, HOSTED]}, "name-twice", "nexus.repositories[1].name"),
        (
            {"repositories": [{**HOSTED, "blobStore": "x"}]},
            "unknown-reference",
            "nexus.repositories[0].blobStore",
        ),
        ({"repositories": [{**HOSTED, "cleanup": ["week"]}], "cleanup": [WEEK]}, "cleanup-of-published", ""),
        ({"repositories": [{**PROXY, "cleanup": ["x"]}]}, "unknown-reference", ""),
        (
            {"repositories": [{**PROXY, "cleanup": ["week"]}], "cleanup": [{**WEEK, "format": "npm"}]},
            "cleanup-format",
            "",
        ),
        ({"repositories": [{**PROXY, "remote": None}]}, "bad-type", ""),
        (
            {"repositories": [{**HOSTED, "remote": "https://x"}]},
            "kind-fields",
            "nexus.repositories[0].remote",
        ),
        ({"repositories": [{"name": "p", "format": "npm", "kind": "proxy"}]}, "kind-fields", ""),
        ({"repositories": [{"name": "n", "format": "npm", "kind": "hosted", "port": 1}]}, "kind-fields", ""),
        ({"repositories": [{**HOSTED, "port": 1, "subdomain": "x"}]}, "routing-twice", ""),
        ({"repositories": [{**PROXY, "snapshots": True}]}, "kind-fields", ""),
        (
            {"repositories": [{"name": "g", "format": "docker", "kind": "group", "members": ["x"]}]},
            "unknown-reference",
            "",
        ),
        (
            {
                "repositories": [
                    {"name": "n", "format": "npm", "kind": "hosted"},
                    {"name": "g", "format": "docker", "kind": "group", "members": ["n"]},
                ]
            },
            "member-format",
            "",
        ),
        ({"cleanup": [{"name": "w", "format": "npm"}]}, "cleanup-empty", "nexus.cleanup[0]"),
    ],
)
def test_a_fault_is_named(section: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(DocumentInvalid) as error:
        read(**section)
    found = [(each.code, each.path) for each in error.value.faults]
    assert code in [each for each, _ in found], found
    if path:
        assert (code, path) in found


def test_a_policy_on_what_was_published_is_refused_and_says_what_to_do() -> None:
    with pytest.raises(DocumentInvalid) as error:
        read(repositories=[{**HOSTED, "cleanup": ["week"]}], cleanup=[WEEK])
    assert "registry prune" in error.value.faults[0].hint


def test_snapshots_may_be_cleaned() -> None:
    nexus = read(repositories=[{**HOSTED, "snapshots": True, "cleanup": ["week"]}], cleanup=[WEEK])
    assert nexus.repositories[0].cleanup == ("week",)


def test_a_teams_user_is_nobody_elses() -> None:
    text = json.loads(document(users={"push": "nexus-pay", "pull": "reader"}))
    text["applications"] = [{"name": "orders", "team": "pay", "repository": "https://g/x"}]
    with pytest.raises(DocumentInvalid, match="'nexus-pay' is a team's user"):
        read_platform(json.dumps(text))
    with pytest.raises(DocumentInvalid, match="one user would publish and read"):
        read(users={"push": "one", "pull": "one"})
