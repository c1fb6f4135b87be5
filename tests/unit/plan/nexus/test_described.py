"""What is told of a Nexus inside the cluster is read as the platform's own document is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pipelinekit.model.platform.document import Charts, Images, Platform, Registration
from pipelinekit.model.platform.nexus import BlobStore, Cleanup, Nexus, Repository, Routing
from pipelinekit.plan.nexus.described import described
from pipelinekit.plan.nexus.tenants import tenants_of
from pipelinekit.reading.platform.document import read_platform
from tests import examples

WHOLE = Nexus(
    url="https://nexus.acme.example",
    credentials="nexus-admin",
    accept_eula=True,
    anonymous=True,
    blob_stores=(BlobStore(name="images", path="/x", quota=7), BlobStore(name="other")),
    repositories=(
        Repository(name="all", format="docker", kind="group", members=("images",)),
        Repository(name="images", format="docker", kind="hosted", blob_store="images"),
        Repository(
            name="hub",
            format="docker",
            kind="proxy",
            remote="https://hub.example",
            routing=Routing(by="port", port=5001),
            cleanup=("old",),
        ),
        Repository(
            name="quay",
            format="docker",
            kind="proxy",
            remote="https://quay.example",
            routing=Routing(by="subdomain", subdomain="quay"),
        ),
        Repository(name="raw", format="raw", kind="hosted", snapshots=True),
    ),
    cleanup=(Cleanup(name="old", format="docker", unused=3), Cleanup(name="gone", format="raw", age=9)),
    push_user="in",
    pull_user="out",
)


def platform(nexus: Nexus) -> Platform:
    return examples.platform(
        nexus=nexus,
        images=Images(registry="r.example:5000", path="x/{team}/{name}", cache="c/{team}", credentials="r"),
        charts=Charts(repository="https://nexus.acme.example/repository/helm/"),
        applications=(
            Registration(name="orders", team="pay", repository="https://g/o", credentials="git"),
            Registration(name="shop", team="shop", repository="https://g/s", path="sub"),
        ),
    )


@pytest.mark.parametrize("nexus", [WHOLE, Nexus(url="https://nexus.acme.example")], ids=["all", "nothing"])
def test_it_is_read_as_what_it_was(nexus: Nexus) -> None:
    wanted = platform(nexus)
    found = read_platform(json.dumps(described(wanted, nexus)))
    assert found.nexus == replace(nexus, credentials="")
    assert tenants_of(found) == tenants_of(wanted)


def test_nothing_else_of_the_platform_is_told() -> None:
    wanted = platform(WHOLE)
    other = replace(wanted, environments=wanted.environments[:1], ledger="https://elsewhere")
    assert described(wanted, WHOLE) == described(other, WHOLE)
    text = json.dumps(described(wanted, WHOLE))
    assert not [each for each in ("nexus-admin", "kube-nonprod", '"git"') if each in text]
