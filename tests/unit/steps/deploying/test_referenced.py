from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.model.app import App, Process, SecretRef
from pipelinekit.model.receipts import ChartPublished
from pipelinekit.model.release import ReleaseState
from pipelinekit.steps.deploying.deployment import Prepared
from pipelinekit.steps.deploying.referenced import secrets_of, with_versions, without_read
from tests import examples
from tests.doubles import Cluster

DEV = examples.target()
OURS = ("", json.dumps({"digest": examples.DIGEST}))


def app(**secrets: str) -> App:
    """An application with a Secret for each variable, and one in Vault."""
    found = {name: SecretRef(kind="secret", path=path, key="k") for name, path in secrets.items()}
    found["V"] = SecretRef(kind="vault", path="apps/x", key="k")
    return examples.app(processes={"web": Process(name="web", secrets=found)})


def marks(cluster: Cluster, of: App) -> dict[str, str]:
    below, top = with_versions(OURS, of, DEV, cluster, print)
    assert (below, json.loads(top)["digest"]) == (OURS[0], examples.DIGEST)
    found: dict[str, str] = json.loads(top)["secretVersions"]
    return found


def test_secrets_of_kubernetes_are_named_once() -> None:
    assert secrets_of(app(A="one", B="two", C="one"), "dev") == ["one", "two"]


def test_a_mark_is_another_one_after_a_change_and_the_version_is_not_in_it() -> None:
    cluster, of = Cluster(secrets={"one": "u/17", "two": "u/18", "other": "u/19"}), app(A="one", B="two")
    before = marks(cluster, of)
    assert before.keys() == {"one", "two"}
    assert marks(cluster, of) == before
    cluster.secrets = {"one": "u/20", "two": "u/18"}
    after = marks(cluster, of)
    assert (after["one"] != before["one"], after["two"] == before["two"]) == (True, True)
    assert "u/20" not in json.dumps(after)


def test_a_secret_that_is_not_there_yet_has_no_mark() -> None:
    assert marks(Cluster(), app(A="one")) == {}


def test_where_it_may_not_be_asked_that_is_said() -> None:
    said: list[str] = []
    assert with_versions(OURS, app(A="one"), DEV, Cluster(secrets=None), said.append) == OURS
    (text,) = said
    assert "one" in text
    assert "may not be asked" in text


def test_without_secrets_or_with_a_chart_of_ones_own_nobody_asks() -> None:
    said: list[str] = []
    own = ("", json.dumps({"image": {}}))
    assert with_versions(OURS, app(), DEV, Cluster(secrets=None), said.append) == OURS
    assert with_versions(own, app(A="one"), DEV, Cluster(secrets=None), said.append) == own
    assert said == []


# --- those that came late -------------------------------------------------------------------------


def prepared(**marks: str) -> Prepared:
    values: dict[str, Any] = {"digest": examples.DIGEST, "secretVersions": marks}
    return Prepared(
        plan=examples.plan(),
        chart=next(each for each in examples.RECEIPTS if isinstance(each, ChartPublished)),
        target=DEV,
        archive=Path("x.tgz"),
        layers=("", json.dumps(values)),
        values=values,
        autoscales=False,
    )


def installed(digest: str = examples.DIGEST, **marks: str) -> ReleaseState:
    values = {"digest": digest, "secretVersions": marks}
    return ReleaseState(revision=1, status="deployed", values=values, manifest="")


def test_a_secret_that_the_pods_have_waited_for_needs_no_mark() -> None:
    kept = without_read(prepared(a="1", late="2"), installed(a="1"), Cluster(read={"late"}))
    assert kept.values == installed(a="1").values
    assert json.loads(kept.layers[1])["secretVersions"] == {"a": "1"}


@pytest.mark.parametrize(
    ("state", "read"),
    [
        (None, {"late"}),
        (installed(a="1"), set()),
        (installed(a="0"), {"late"}),
        (installed(digest=examples.OTHER_DIGEST, a="1"), {"late"}),
        (installed(a="1", late="2"), {"late"}),
        (installed(a="1", late="0"), {"late"}),
    ],
)
def test_otherwise_the_mark_stays(state: ReleaseState | None, read: set[str]) -> None:
    given = prepared(a="1", late="2")
    assert without_read(given, state, Cluster(read=read)) is given
