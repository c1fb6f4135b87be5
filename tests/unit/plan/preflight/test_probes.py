from __future__ import annotations

import base64

import pytest

from pipelinekit.model.ground.preflight import Object
from pipelinekit.plan.preflight import probes

PODS = [
    probes.server("busybox"),
    probes.client("busybox", "10.0.0.1"),
    probes.on_node(0, "one", "busybox", ["vm.max_map_count"]),
    probes.pulling(0, "other"),
]


@pytest.mark.parametrize("pod", PODS, ids=lambda pod: pod["metadata"]["name"])
def test_every_pod_is_restricted_and_ends_by_itself(pod: Object) -> None:
    spec = pod["spec"]
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["activeDeadlineSeconds"] == probes.LIFE
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_what_comes_from_documents_is_an_argument_and_no_part_of_a_script() -> None:
    hostile = "$(touch /tmp/x); vm"
    pod = probes.on_node(0, "one", "busybox", [hostile])
    command = pod["spec"]["containers"][0]["command"]
    assert command[-1] == hostile
    assert not any("touch" in each for each in command[:-1])


def test_a_pull_is_asked_of_the_registry_and_not_of_the_nodes_store() -> None:
    assert probes.pulling(0, "other")["spec"]["containers"][0]["imagePullPolicy"] == "Always"


def test_without_a_login_there_is_no_secret() -> None:
    (account,) = probes.account("")
    assert "imagePullSecrets" not in account
    secret, with_login = probes.account('{"auths": {}}')
    assert base64.b64decode(secret["data"][".dockerconfigjson"]) == b'{"auths": {}}'
    assert with_login["imagePullSecrets"] == [{"name": probes.SECRET}]


def test_the_namespace_carries_the_mark_by_which_a_killed_run_is_tidied() -> None:
    labels = probes.namespace("x")["metadata"]["labels"]
    assert labels[probes.MARK] == "true"
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
