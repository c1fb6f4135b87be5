"""Rolling out components: order, gates, definitions, upgrades and removal, with real workloads."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests import matrix
from tests.real.platform import TestPlatform, made_platform

pytestmark = pytest.mark.story

HEALTH = {"http": {"service": "store", "port": 80, "path": "/health", "json": {"/sealed": False}}}
VERSION = {"service": "store", "port": 80, "path": "/health", "pointer": "/version"}


@pytest.fixture(scope="module")
def platform(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPlatform]:
    with made_platform(tmp_path_factory.mktemp("platform"), testbed) as made:
        yield made


def store(platform: TestPlatform, version: str = "1.0.0", **values: object) -> None:
    """A server of three that only its pods' deletion replaces, with a definition among its templates."""
    group = f"{platform.prefix}.example.com"
    more = {"kind": "StatefulSet", "strategy": "OnDelete", "replicas": 3, "definition": group, "backup": True}
    platform.component(
        "store",
        policies=True,
        values={**more, **values},
        chart={"version": version, "appVersion": version},
        crds=[f"widgets.{group}"],
        gates=[HEALTH],
        version=VERSION,
        backup={"cronjob": "store-backup"},
        data="every widget",
        replace={"leader": "role=leader"},
    )


def web(platform: TestPlatform, version: str = "1.0.0", size: object = 2) -> None:
    """What has an object of the store's definition."""
    widget = {"group": f"{platform.prefix}.example.com", "size": size}
    chart = {"version": version, "appVersion": version}
    # One of its objects is in the store's namespace.
    values = {"widget": widget, "elsewhere": f"{platform.prefix}-store"}
    platform.component("web", needs=("store",), values=values, chart=chart)


def test_a_plan_on_an_empty_cluster_holds_objects_against_definitions_of_the_same_plan(
    platform: TestPlatform,
) -> None:
    store(platform)
    web(platform, size="large")
    platform.on("store", "web")
    said = platform.verb("plan")
    assert said.code == 6
    assert "web: Widget/one: spec.size is no integer" in said.reason
    web(platform)
    rows = platform.must("plan", "--env", "dev", "--json").json()
    plans = {each["component"]: each for each in rows}
    assert plans["store"]["definitions"] == [f"widgets.{platform.prefix}.example.com"]
    assert plans["web"]["after"] == ["store"]
    (alone,) = platform.must("plan", "--only", "store", "--json").json()
    assert alone["component"] == "store"
    assert "created: Widget/one" in plans["web"]["lines"]
    assert platform.kubectl("get", "namespaces", "--output", "name").count(platform.prefix) == 0


def test_a_branch_that_fails_keeps_the_others_going_and_who_waits_says_for_whom(
    platform: TestPlatform,
) -> None:
    platform.component("bad", values={"broken": True})
    platform.component("after", needs=("bad",))
    platform.component("upstream", needs=("store",))
    platform.wrap("upstream")
    platform.on("store", "web", "bad", "after", "upstream")
    platform.must("vendor")
    said = platform.verb("deploy", "--timeout", "60")
    assert said.code == 5
    assert f"upstream: 1.0.0 runs in {platform.prefix}-upstream" in said.out
    assert "after: waits for bad, which failed" in said.err
    assert "bad: dev: pod bad-" in said.reason
    platform.on("store", "web")
    assert platform.states() == {"store": "unchanged", "web": "unchanged"}
    manifest = platform.kubectl("get", "secret", "--selector", "owner=helm,name=store", component="store")
    assert "sh.helm.release.v1.store.v1" in manifest
    assert "store-policies" in platform.kubectl("get", "networkpolicies", component="store")


def test_another_archive_than_the_one_that_was_looked_at_is_refused(platform: TestPlatform) -> None:
    platform.component("other")
    platform.wrap("other", digest="sha256:" + "0" * 64)
    platform.on("store", "web", "other")
    said = platform.verb("deploy", "--only", "other")
    assert (said.code, "not the archive that component.yaml names" in said.reason) == (6, True)
    platform.on("store", "web")


def test_the_charts_tests_verify_what_was_deployed(platform: TestPlatform) -> None:
    assert "store 1.0.0 is verified in dev" in platform.must("verify").out
    assert "nothing was done" in platform.must("verify", "--only", "store").out


def test_who_needs_what_is_upgraded_waits_for_its_new_pods_in_the_second_run_as_well(
    platform: TestPlatform,
) -> None:
    """Helm is content with a StatefulSet whose pods are all of the revision before."""
    platform.kubectl("label", "pod", "store-1", "role=leader", component="store")
    before = platform.pods("store")
    store(platform, "1.1.0", slow=3)
    web(platform, "1.1.0")
    said = platform.killed_when("only its deletion replaces it", "deploy", "--timeout", "120")
    assert "backup store-backup-" in said
    assert "web:" not in said.replace("web: waits", "")
    # The release is as it is wanted, and the server is not.
    red = platform.verb("status", "--only", "store")
    assert red.code == 1
    assert "pods are new" in red.out
    assert platform.verb("deploy", "--only", "web").reason.startswith("error: store is needed and not ready")
    assert "store 1.1.0 in " in platform.must("deploy", "--plan").out
    second = platform.must("deploy", "--env", "dev", "--timeout", "120")
    deleted = [line.split()[2] for line in (said + second.err).splitlines() if "its deletion" in line]
    assert deleted[-1] == "store-1"
    assert (
        "pod store-1 is of the revision before, and only its deletion replaces it (the leader" in second.err
    )
    assert not set(before.values()) & set(platform.pods("store").values())
    ready = max(moments(platform, "store", "Ready"))
    assert min(moments(platform, "web", "PodScheduled")) >= ready
    assert platform.states() == {"store": "unchanged", "web": "unchanged"}
    assert platform.must("deploy", "--from", "store").out.endswith("nothing was done\n")
    platform.must("status", "--env", "dev")


def test_what_a_hand_has_changed_is_told_by_the_plan_and_put_back(platform: TestPlatform) -> None:
    platform.kubectl("scale", "deployment/web", "--replicas=2", component="web")
    assert "spec.replicas" in platform.must("plan", "--only", "web").out
    assert platform.states("--only", "web") == {"web": "deployed"}
    replicas = ("get", "deployment", "web", "--output", "jsonpath={.spec.replicas}")
    assert platform.kubectl(*replicas, component="web") == "1"
    assert platform.states("--only", "web") == {"web": "unchanged"}


def moments(platform: TestPlatform, component: str, condition: str) -> list[str]:
    """When each pod of a component came into a condition, as its API says it."""
    items = json.loads(platform.kubectl("get", "pods", "--output", "json", component=component))["items"]
    return [
        each["lastTransitionTime"]
        for pod in items
        for each in pod["status"]["conditions"]
        if each["type"] == condition
    ]


def test_what_cannot_be_done_is_refused_before_anything_is_done(platform: TestPlatform) -> None:
    store(platform, "3.0.0")
    said = platform.verb("deploy")
    assert (said.code, "must not skip major 2" in said.reason) == (6, True)
    store(platform, "1.2.0", claim="1Gi")
    said = platform.verb("plan")
    assert said.code == 6
    assert "StatefulSet/store: the volume claim data comes, which cannot be done in place" in said.err
    store(platform, "1.1.0", slow=3)
    web(platform, "1.1.0")
    assert "nothing would be done" in platform.must("plan").out


def test_removal_goes_backwards_and_leaves_definitions_and_their_objects(platform: TestPlatform) -> None:
    said = platform.verb("remove", "--only", "store")
    assert (said.code, "store is needed by web" in said.reason) == (6, True)
    definition = f"widgets.{platform.prefix}.example.com"
    platform.kubectl("get", definition, "one", component="web")
    body = {"apiVersion": f"{platform.prefix}.example.com/v1", "kind": "Widget", "spec": {"size": 1}}
    made = platform.folder / "kept.json"
    made.write_text(json.dumps({**body, "metadata": {"name": "kept"}}))
    platform.kubectl("apply", "--filename", str(made), component="store")
    refused = platform.verb("remove", "--from", "store", "--plan")
    assert (refused.code, "store is needed by upstream" in refused.reason) == (6, True), "off, and it runs"
    platform.must("remove", "--only", "upstream")
    planned = platform.must("remove", "--from", "store", "--plan")
    assert "web: would be removed" in planned.out
    removed = platform.must("remove", "--from", "store")
    assert removed.out.index("web") < removed.out.index("store")
    platform.kubectl("get", definition, "kept", component="store")
    used = platform.verb("remove", "--from", "store", "--definitions")
    assert (used.code, f"{definition} has 1 object" in used.reason) == (6, True)
    platform.kubectl("delete", definition, "kept", component="store")
    platform.must("remove", "--from", "store", "--definitions")
    assert definition not in platform.kubectl("get", "crds", "--output", "name")


def test_a_release_of_bare_helm_takes_no_definition_along(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with made_platform(tmp_path, testbed) as platform:
        group = f"{platform.prefix}.example.com"
        platform.component("store", values={"definition": group}, crds=[f"widgets.{group}"])
        platform.on("store")
        chart = platform.folder / "platform-charts" / "store"
        words = ["helm", "install", "store", f"{chart}/chart", "--values", f"{chart}/values.yaml"]
        where = ["--namespace", f"{platform.prefix}-store", "--create-namespace"]
        subprocess.run([*words, *where], env={**os.environ, **platform.env}, capture_output=True, check=True)
        platform.kubectl("wait", "--for=condition=Established", f"crd/widgets.{group}")
        made = tmp_path / "kept.json"
        body = {"apiVersion": f"{group}/v1", "kind": "Widget", "spec": {"size": 1}}
        made.write_text(json.dumps({**body, "metadata": {"name": "kept"}}))
        platform.kubectl("apply", "--filename", str(made), component="store")
        said = platform.verb("remove", "--only", "store")
        assert (said.code, f"has widgets.{group} in its release" in said.reason) == (6, True)
        platform.must("deploy", "--timeout", "120")
        platform.must("remove", "--only", "store")
        platform.kubectl("get", f"widgets.{group}", "kept", component="store")


def killed(platform: TestPlatform, words: str) -> None:
    platform.killed_when(words, "deploy", "--timeout", "120")


STEPS = ("definitions: ", "store-policies 1.0.0 to dev", "store 1.0.0 to dev", "web 1.0.0 to dev")


@pytest.mark.parametrize("words", matrix.sampled("rollout", STEPS, 1))
def test_killed_at_a_step_and_run_again(words: str, testbed: Mapping[str, str], tmp_path: Path) -> None:
    with made_platform(tmp_path, testbed) as platform:
        store(platform)
        web(platform)
        platform.on("store", "web")
        killed(platform, words)
        assert platform.states("--timeout", "120")["web"] == "deployed"
        assert set(platform.states().values()) == {"unchanged"}
        assert "web" in platform.must("remove", "--only", "web").out
