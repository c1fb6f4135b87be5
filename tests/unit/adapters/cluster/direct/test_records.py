from __future__ import annotations

import base64
import gzip
import json
from typing import Any, cast

import pytest

from pipelinekit.adapters.cluster.direct import records
from pipelinekit.adapters.cluster.direct.way import Way
from pipelinekit.model.release import Hook, Target
from tests import examples

TARGET = Target(name="orders", environment=examples.environment("dev"), namespace="shop", context="there")


class Server:
    """What an API server says of the Secrets of a release, revision by revision."""

    def __init__(self, *statuses: str, kind: str = "PartialObjectMetadataList") -> None:
        self.statuses, self.kind = statuses, kind

    def found(self, path: str, **_: Any) -> Any:
        if "?" in path:
            return {
                "kind": self.kind,
                "items": [self._named(number) for number in range(1, len(self.statuses) + 1)],
            }
        number = int(path.rpartition(".v")[2])
        hook = {"kind": "Job", "name": "first", "events": ["pre-upgrade"], "weight": -5}
        release = {"version": number, "info": {"status": self.statuses[number - 1]}, "manifest": "a: 1"}
        release["hooks"] = [hook, {"kind": "Pod", "name": "test", "events": ["test"]}]
        packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode())))
        return {"data": {"release": packed.decode()}}

    def _named(self, number: int) -> dict[str, Any]:
        name = f"sh.helm.release.v1.orders.v{number}"
        return {"metadata": {"name": name, "labels": {"version": str(number)}}}


def newest(*statuses: str, **environment: str) -> Any:
    return records.newest(cast(Way, Server(*statuses)), TARGET, environment)


def test_the_newest_revision_counts_whatever_became_of_it() -> None:
    found = newest("superseded", *["deployed"] * 9, "pending-upgrade")
    assert (found.revision, found.status) == (11, "pending-upgrade")
    assert newest() is None


@pytest.mark.parametrize("statuses", [(), ("deployed",)])
def test_what_is_no_list_of_kubernetes_says_nothing(statuses: tuple[str, ...]) -> None:
    with pytest.raises(records.UntoldError):
        records.newest(cast(Way, Server(*statuses, kind="")), TARGET, {})


def test_a_hook_that_names_no_weight_has_none() -> None:
    assert newest("deployed").hooks == (
        Hook(object="Job/first", moments=("pre-upgrade",), weight=-5),
        Hook(object="Pod/test", moments=("test",)),
    )


@pytest.mark.parametrize(
    "name", [f"HELM_KUBE{each}" for each in ("APISERVER", "TOKEN", "ASUSER", "ASGROUPS", "CAFILE")]
)
def test_where_helm_is_told_of_another_server_or_account_it_is_asked(name: str) -> None:
    """These count for it beside a context that is named; kubectl knows none of them."""
    with pytest.raises(records.UntoldError):
        newest("deployed", **{name: "x"})
    assert newest("deployed", **{name: ""}) is not None, "as Helm sets them for its own plugins"


def test_where_its_records_are_elsewhere_helm_is_asked() -> None:
    for driver in ("sql", "configmap"):
        with pytest.raises(records.UntoldError):
            newest("deployed", HELM_DRIVER=driver)
    assert newest("deployed", HELM_DRIVER="secret") is not None
