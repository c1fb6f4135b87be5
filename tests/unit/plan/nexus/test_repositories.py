"""A repository's settings in the API's words."""

from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.platform.nexus import Repository, Routing
from pipelinekit.plan.nexus.repositories import settings_of


def repository(**fields: Any) -> dict[str, Any]:
    return settings_of(Repository(**{"name": "x", **fields}))


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
