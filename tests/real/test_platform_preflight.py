"""A cluster is looked over before components go there; the testbed's network enforces policies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.cluster.ground.inspection import Inspector
from pipelinekit.adapters.cluster.ground.trial import Trial
from pipelinekit.model.ground.inspection import Facts, Wants
from pipelinekit.model.release import Target
from pipelinekit.plan.preflight import addresses, probes
from pipelinekit.reading.platform.document import read_platform
from tests import examples
from tests.real.app import Said
from tests.real.platform import TestPlatform, made_platform
from tests.testbed import network

_PODS, _NODE = IPv4Network(network.POD_NETWORK), IPv4Network(f"{network.HOST_ADDRESS}/32")
NETWORK: dict[str, Any] = {
    "apiServers": [f"{network.HOST_ADDRESS}:{network.API_PORT}"],
    "nodes": [str(_NODE)],
    "pods": [str(each) for each in _PODS.address_exclude(_NODE)],
    "services": [network.SERVICE_NETWORK],
    "namespaces": {"kube-system": {"kubernetes.io/metadata.name": "kube-system"}},
}
"""What is true of the testbed."""


@pytest.fixture(scope="module")
def platform(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPlatform]:
    with made_platform(tmp_path_factory.mktemp("platform"), testbed) as made:
        gone = f"{made.registry}/library/not-there:1"
        made.component("search", images=[gone], node={"sysctls": {"vm.max_map_count": 2_000_000_000}})
        made.on("search")
        describe(made)
        yield made


def describe(made: TestPlatform) -> None:
    """Have the document say what is true of the testbed."""
    document = json.loads((made.folder / "platform.yaml").read_text())
    document["images"]["mirror"] = made.registry
    document["clusters"][0]["network"] = NETWORK
    (made.folder / "platform.yaml").write_text(json.dumps(document))


@pytest.fixture(scope="module")
def said(platform: TestPlatform) -> Said:
    return platform.verb("preflight", "--json")


def left(platform: TestPlatform) -> list[str]:
    """Our namespaces that nobody is taking away."""
    words = ("get", "namespaces", "--selector", f"{probes.MARK}=true", "--output", "json")
    items = json.loads(platform.kubectl(*words))["items"]
    return [each["metadata"]["name"] for each in items if "deletionTimestamp" not in each["metadata"]]


def test_all_that_is_found_comes_together_and_nothing_stays(platform: TestPlatform, said: Said) -> None:
    assert said.code == 1
    checks = {each["name"]: each for each in said.json()}
    states = {name: each["state"] for name, each in checks.items()}
    node, image = f"node {platform.env['PK_TESTBED_NODE']}", f"image {platform.registry}/library/not-there:1"
    assert states.pop(node) == states.pop(image) == "fails"
    assert "search needs vm.max_map_count 2000000000, it is " in checks[node]["reason"]
    assert "not found" in checks[image]["reason"]
    assert set(states.values()) == {"ok"}, checks
    assert "a deny closed what was open" in checks["network policies"]["reason"]
    assert left(platform) == []


def test_a_cluster_that_can_be_a_platform_passes(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with made_platform(tmp_path, testbed) as made:
        made.component("search")
        made.on("search")
        describe(made)
        checks = made.must("preflight", "--env", "dev", "--json").json()
        assert {each["state"] for each in checks} == {"ok"}


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("apiServers", ["192.0.2.1:6443"], "192.0.2.1:6443 is named and not there"),
        ("nodes", ["192.0.2.0/24"], f"{network.HOST_ADDRESS}: not in 192.0.2.0/24"),
        ("pods", ["10.0.0.0/30"], "a pod has "),
        ("services", ["10.96.0.0/12"], f"Services get theirs from {network.SERVICE_NETWORK}"),
        ("namespaces", {"default": {"team": "a"}}, "default has not team=a"),
    ],
)
def test_addresses_that_are_named_wrongly_are_told_with_those_that_there_are(
    platform: TestPlatform, facts: Facts, key: str, value: Any, reason: str
) -> None:
    document = json.loads((platform.folder / "platform.yaml").read_text())
    document["clusters"][0]["network"] = {**NETWORK, key: value}
    grounds = read_platform(json.dumps(document)).clusters[0].network
    bad = [each for each in addresses.judged(facts, grounds) if each.state == "fails"]
    assert [each.name for each in bad] == [f"addresses: {key}"]
    assert reason in bad[0].reason


@pytest.fixture(scope="module")
def facts(platform: TestPlatform) -> Facts:
    """What the testbed says of itself."""
    target = Target(name="p", environment=examples.platform().environments[0], namespace="d", context="")
    env = {**os.environ, **platform.env}
    return Inspector(env).look(target, Wants(access=(), image=platform.image))


def test_addresses_that_nobody_names_are_told(facts: Facts) -> None:
    (only,) = addresses.judged(facts, None)
    assert f'apiServers: ["{NETWORK["apiServers"][0]}"]' in only.hint
    assert f'services: ["{network.SERVICE_NETWORK}"]' in only.hint


def test_a_policy_that_closes_nothing_is_found_out(platform: TestPlatform) -> None:
    """What a network does that knows no policies: it takes them, and nothing changes."""
    idle = {**probes.DENY, "spec": {**probes.DENY["spec"], "podSelector": {"matchLabels": {"no": "body"}}}}
    target = Target(name="p", environment=examples.platform().environments[0], namespace="d", context="")
    wants = Wants(access=(), image=platform.image, timeout=12)
    tried = Trial(dict(platform.env), target, wants, deny=idle).run()
    assert (tried.unready, tried.open, tried.closed) == ("", True, False)


def test_ctrl_c_leaves_nothing_behind(platform: TestPlatform) -> None:
    words = [*platform._words("preflight")]
    with subprocess.Popen(
        words,
        env={**os.environ, **platform.env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert "trying network" in process.stderr.readline()
        while not left(platform):
            assert process.poll() is None
        # As a terminal does it: everybody in front hears it.
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
    assert left(platform) == []


def test_an_account_that_may_little_is_told_what_could_not_be_looked_at(
    platform: TestPlatform, tmp_path: Path
) -> None:
    config = json.loads(platform.kubectl("config", "view", "--raw", "--output", "json"))
    for each in config["users"]:
        each["user"]["as"] = "nobody-at-all"
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    few = TestPlatform(
        platform.folder, platform.prefix, {**platform.env, "KUBECONFIG": str(path)}, platform.registry
    )
    done = few.verb("preflight", "--json")
    checks = {each["name"]: each for each in done.json()}
    assert (done.code, checks["rights"]["state"]) == (1, "fails")
    unseen = {name for name, each in checks.items() if each["state"] == "not checked"}
    assert {"rbac", "kubelets", "storage", "network policies", "nodes", "clock", "images"} <= unseen
    assert {f"addresses: {each}" for each in NETWORK} <= unseen
    assert "nobody-at-all" in checks["network policies"]["reason"]
