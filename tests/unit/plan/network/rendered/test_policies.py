"""What the API server would refuse is refused here, and says where it stands."""

from __future__ import annotations

import pytest

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.plan.network.rendered.policies import hook_of, is_policy, read_policy
from tests.network.worlds import policy


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("{podSelector: {}, policyTypes: [Inwards]}", "Inwards"),
        ("{podSelector: {matchExpressions: [{key: a, operator: Like}]}}", "Like"),
        ("{podSelector: {}, ingress: [{from: [{}]}]}", "names nobody"),
        ("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: here}}]}]}", "here"),
        ("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [x]}}]}]}", "x"),
        ("{podSelector: {}, ingress: [{ports: [{port: 1, protocol: ICMP}]}]}", "ICMP"),
    ],
)
def test_what_no_api_server_takes(spec: str, said: str) -> None:
    with pytest.raises(ToolFailed) as caught:
        read_policy(policy(spec, "rules"), "shops", "shop", "t/rules.yaml")
    assert caught.value.faults[0].problem.startswith(
        "NetworkPolicy shops/rules (t/rules.yaml): no API server"
    )
    assert said in caught.value.faults[0].problem


def test_a_policy_is_in_its_releases_namespace_unless_it_says_another() -> None:
    assert read_policy(policy("{}", namespace=""), "shops").namespace == "shops"
    assert read_policy(policy("{}", namespace="far"), "shops").namespace == "far"


@pytest.mark.parametrize(
    ("words", "hook"),
    [("", ""), ("test", "test"), ("pre-install,pre-upgrade", "before"), ("post-install", "before")],
)
def test_when_a_hook_runs(words: str, hook: str) -> None:
    assert hook_of({"annotations": {"helm.sh/hook": words}}) == hook
    assert hook_of({}) == ""


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("projectcalico.org/v3", "NetworkPolicy"),
        ("crd.projectcalico.org/v1", "NetworkPolicy"),
        ("crd.projectcalico.org/v1", "GlobalNetworkPolicy"),
        ("cilium.io/v2", "CiliumNetworkPolicy"),
        ("cilium.io/v2", "CiliumClusterwideNetworkPolicy"),
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"),
        ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy"),
        ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"),
        ("crd.antrea.io/v1beta1", "ClusterNetworkPolicy"),
        ("k8s.ovn.org/v1", "EgressFirewall"),
        ("extensions/v1beta1", "NetworkPolicy"),
    ],
)
def test_what_somebody_else_s_network_decides_by_is_refused(group: str, kind: str) -> None:
    made = {"apiVersion": group, "kind": kind, "metadata": {"name": "open"}, "spec": {}}
    with pytest.raises(Refused) as caught:
        is_policy(made, "t/open.yaml")
    fault = caught.value.faults[0]
    assert fault.problem.startswith(f"{kind} open of {group.partition('/')[0]} (t/open.yaml) decides")
    assert fault.hint


def test_kubernetes_own_is_one_and_what_decides_nothing_is_none() -> None:
    assert is_policy({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"})
    assert not is_policy({"apiVersion": "projectcalico.org/v3", "kind": "StagedNetworkPolicy"})
    assert not is_policy({"apiVersion": "projectcalico.org/v3", "kind": "NetworkSet"})
    assert not is_policy({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"})
