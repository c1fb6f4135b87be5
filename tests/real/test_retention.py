"""`registry usage` and `registry prune` against a real registry and a real cluster."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.model.ledger import Digests, Event, Kind
from pipelinekit.model.release import ImageRef
from pipelinekit.reading.platform.document import read_platform
from tests.real.app import Application
from tests.real.remotes import bare
from tests.real.signers import Signers, sign_as
from tests.real.transport.bench import attach, client, image, index
from tests.testbed import registry
from tests.testbed.registry import Registry


@pytest.fixture
def served(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Registry]:
    with registry.serve(tmp_path / "registry") as one:
        yield one


@pytest.fixture
def namespace(testbed: Mapping[str, str]) -> Iterator[str]:
    name = f"prune-{uuid4().hex[:8]}"
    kubectl(testbed, "create", "namespace", name)
    yield name
    # What runs by tag counts in every registry: the next test's has the same names.
    kubectl(testbed, "--namespace", name, "delete", "cronjobs,pods", "--all", "--grace-period=0", "--force")
    kubectl(testbed, "delete", "namespace", name, "--wait=false")


def kubectl(testbed: Mapping[str, str], *words: str, stdin: str = "") -> None:
    env = {**os.environ, **testbed}
    argv = ["kubectl", *words]
    subprocess.run(argv, env=env, input=stdin, text=True, check=True, capture_output=True)


def platform(
    folder: Path, address: str, *contexts: str, gated: bool = False, more: Mapping[str, object] | None = None
) -> str:
    environment: dict[str, object] = {"name": "dev", "cluster": "c0", "namespace": "{team}-dev"}
    later = {"name": "production", "cluster": "c0", "namespace": "{team}", "after": "dev"}
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": address},
        "charts": {"repository": f"oci://{address}/charts"},
        "clusters": [{"name": f"c{number}", "context": each} for number, each in enumerate(contexts)],
        "environments": [environment, later] if gated else [environment],
        "retention": {"last": 1, "development": "0s"},
        **(more or {}),
    }
    path = folder / "platform.yaml"
    path.write_text(json.dumps(document))
    return str(path)


def versions(served: Registry) -> set[str]:
    return set(client().manifests.tags(served.address, "team/orders"))


def test_only_what_nothing_needs_goes(
    testbed: Mapping[str, str], served: Registry, namespace: str, tmp_path: Path
) -> None:
    oci = client()
    for number in range(5):
        made = image(oci, ImageRef(served.address, "team/orders", tag=f"1.0.{number}"), b"%d" % number)
        if number == 0:
            attach(oci, ImageRef(served.address, "team/orders"), made, b"a note")
        if number == 1:
            running = made.digest
    index(oci, ImageRef(served.address, "team/orders", tag="0.9.0"))
    image(oci, ImageRef(served.address, "cache/team/orders/deep", tag="last"), b"cache")
    pod = {"image": f"{served.address}/team/orders@{running}", "name": "x"}
    spec = {"containers": [pod], "restartPolicy": "Never"}
    meta = {"name": "runs-one", "namespace": namespace}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}
    kubectl(testbed, "apply", "-f", "-", stdin=json.dumps(body))
    by_tag = {"image": "mirror.example.com/team/orders:1.0.2", "name": "x"}
    job = {"template": {"spec": {"containers": [by_tag], "restartPolicy": "Never"}}, "suspend": True}
    cron = {"schedule": "0 0 1 1 *", "suspend": True, "jobTemplate": {"spec": job}}
    body = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": cron}
    kubectl(testbed, "apply", "-f", "-", stdin=json.dumps(body))
    here = Application(tmp_path, "orders", "team", testbed)
    document = platform(tmp_path, served.address, testbed["PK_TESTBED_CONTEXT"])
    usage = here.must("registry", "usage", "--platform", document, "--json").json()
    assert usage["tags"] == 7, "six versions, and the list of what refers to the first"
    planned = here.must("registry", "prune", "--plan", "--platform", document)
    assert "not by this" in planned.out
    assert len(versions(served)) == 6 + 1, "a plan deletes nothing"
    plan = here.must("registry", "prune", "--plan", "--platform", document, "--json").json()
    assert {each["tags"][0] for each in plan["goes"]} == {"1.0.0", "1.0.3", "0.9.0"}
    moved = here.verb("registry", "prune", "--apply", "--platform", document, "--expect", "000000000000")
    assert moved.code == 6
    words = ("registry", "prune", "--apply", "--platform", document)
    done = here.must(*words, "--expect", plan["plan"], "--json").json()
    assert {each["digest"] for each in done["goes"]} == {each["digest"] for each in plan["goes"]}
    assert done["deleted"] == {"manifests": 3, "referrers": 1, "tags": 3}
    assert done["stayedAfterAll"] == 0
    assert versions(served) == {"1.0.1", "1.0.2", "1.0.4"}
    nothing = here.must(*words).out
    assert "deleted: 0 manifests, 0 that referred to them, 0 tags; the disk is freed by" in nothing
    again = here.must("registry", "prune", "--plan", "--platform", document, "--json").json()
    assert again["goes"] == []


def test_nothing_goes_while_a_cluster_or_the_ledger_is_silent(
    testbed: Mapping[str, str], served: Registry, tmp_path: Path
) -> None:
    oci = client()
    for number in range(3):
        image(oci, ImageRef(served.address, "team/orders", tag=f"1.0.{number}"), b"%d" % number)
    here = Application(tmp_path, "orders", "team", testbed)
    document = platform(tmp_path, served.address, testbed["PK_TESTBED_CONTEXT"], "nowhere")
    said = here.verb("registry", "prune", "--apply", "--platform", document)
    assert said.code == 6
    assert "cluster c1 cannot be asked" in said.reason
    document = platform(tmp_path, served.address, testbed["PK_TESTBED_CONTEXT"], gated=True)
    said = here.verb("registry", "prune", "--apply", "--platform", document)
    assert said.code == 6
    assert "stands in no ledger that everybody writes" in said.reason
    away = {"ledger": {"repository": str(tmp_path / "gone.git")}}
    document = platform(tmp_path, served.address, testbed["PK_TESTBED_CONTEXT"], gated=True, more=away)
    said = here.verb("registry", "prune", "--apply", "--platform", document)
    assert said.code == 6
    assert "cannot be read" in said.reason
    assert len(versions(served)) == 3


def test_what_reached_a_gate_stays_and_what_goes_is_told_first(
    testbed: Mapping[str, str], served: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    oci, signers = client(), Signers(tmp_path)
    made = [
        image(oci, ImageRef(served.address, "team/orders", tag=f"1.0.{number}"), b"%d" % number)
        for number in range(4)
    ]
    repository = bare(tmp_path, "ledger", {}).path
    more = {
        "ledger": {"repository": str(repository)},
        "people": [{"name": "ada", "keys": [signers.public("ada").key]}],
    }
    document = platform(tmp_path, served.address, testbed["PK_TESTBED_CONTEXT"], gated=True, more=more)
    sign_as(monkeypatch, signers, "ada")
    ledger = GitLedger(repository, read_platform(Path(document).read_text()), signed=True)
    now = int(time.time())

    def told(kind: Kind, number: int, environment: str = "") -> Event:
        digests = Digests(image=made[number].digest)
        return Event(
            kind=kind,
            team="team",
            name="orders",
            version=f"1.0.{number}",
            environment=environment,
            digests=digests,
            at=now,
        )

    ledger.note([told("released", 0), told("released", 1), told("promoted", 1, "production")])
    here = Application(tmp_path, "orders", "team", testbed)
    words = ("registry", "prune", "--platform", document)
    plan = here.must(*words, "--plan", "--json").json()
    assert {each["tags"][0] for each in plan["goes"]} == {"1.0.0", "1.0.2"}
    nobody = {"PIPELINEKIT_LEDGER_KEY": "", "SSH_AUTH_SOCK": "", "HOME": str(tmp_path)}
    said = here.verb(*words, "--apply", env=nobody)
    assert (said.code, "no key is known" in said.reason) == (6, True)
    assert len(versions(served)) == 4
    assert here.must(*words, "--apply", "--json").json()["deleted"]["manifests"] == 2
    assert versions(served) == {"1.0.1", "1.0.3"}
    found = ledger.history("apps/team/orders")
    assert [(each.kind, each.version) for each in found.events][-1] == ("expired", "1.0.0")
    assert here.must(*words, "--plan", "--json").json()["goes"] == []
