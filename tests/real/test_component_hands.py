"""What hands take from a component that runs: status and plan say so, and a deployment gives it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.real.platform import TestPlatform, made_platform

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def platform(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPlatform]:
    with made_platform(tmp_path_factory.mktemp("hands"), testbed) as made:
        made.component("store", policies=True)
        made.component("web", needs=("store",))
        made.on("store", "web")
        made.must("deploy")
        yield made


def test_one_that_is_scaled_to_no_pods_is_not_ready_until_it_is_deployed_again(
    platform: TestPlatform,
) -> None:
    platform.must("status", "--env", "dev")
    platform.kubectl("scale", "deployment/store", "--replicas=0", component="store")
    said = platform.verb("status", "--env", "dev")
    assert said.code == 1, said
    assert "store" in said.out
    assert "no pods" in said.out
    assert platform.states("--only", "store") == {"store": "deployed"}
    platform.must("status", "--env", "dev")


def test_a_policy_that_is_gone_is_told_and_made_again(platform: TestPlatform) -> None:
    platform.kubectl("delete", "networkpolicies", "--all", component="store")
    said = platform.verb("status", "--env", "dev")
    assert said.code == 1, said
    assert "NetworkPolicy/" in said.out
    assert platform.states("--only", "store") == {"store": "deployed"}
    assert platform.kubectl("get", "networkpolicies", "--output", "name", component="store")
    platform.must("status", "--env", "dev")


def test_a_namespace_that_goes_is_told_before_anything_is_done(platform: TestPlatform) -> None:
    namespace = f"{platform.prefix}-web"
    held = ("patch", "configmap", "kube-root-ca.crt", "--type=merge", "--patch")
    platform.kubectl(*held, '{"metadata":{"finalizers":["example.com/held"]}}', component="web")
    platform.kubectl("delete", "namespace", namespace, "--wait=false")
    try:
        for verb in ("plan", "deploy"):
            said = platform.verb(verb, "--only", "web")
            assert (said.code, namespace in said.err) == (6, True), said
        assert platform.verb("status", "--env", "dev").code == 1
    finally:
        platform.kubectl(*held, '{"metadata":{"finalizers":[]}}', component="web")
        platform.kubectl("wait", "--for=delete", f"namespace/{namespace}", "--timeout=120s")
    assert platform.states("--only", "web") == {"web": "deployed"}
