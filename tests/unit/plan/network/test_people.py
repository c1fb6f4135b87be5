"""Who a peer means, found by labels, is whom Kubernetes' semantics mean, asked one by one."""

from __future__ import annotations

import pytest

from pipelinekit.model.network.policies import INGRESS
from pipelinekit.plan.network.people import People
from pipelinekit.plan.network.semantics import Match, Semantics
from tests.network.worlds import cluster, pod, policy

PODS = (pod("shop"), pod("stock"), pod("far", "elsewhere"), pod("other", "elsewhere", labels={}))
NAMESPACES = {"elsewhere": {"team": "far"}}


@pytest.mark.parametrize(
    "peers",
    [
        "[{podSelector: {}}]",
        "[{podSelector: {matchLabels: {app: shop}}}]",
        "[{namespaceSelector: {}}]",
        "[{namespaceSelector: {}, podSelector: {}}]",
        "[{namespaceSelector: {matchLabels: {team: far}}}]",
        "[{namespaceSelector: {matchLabels: {team: far}}, podSelector: {matchLabels: {app: far}}}]",
        "[{namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}]",
        "[{podSelector: {matchLabels: {app: none}}}, {namespaceSelector: {matchLabels: {team: far}}}]",
        "[{ipBlock: {cidr: 192.0.2.0/24}}]",
    ],
)
def test_the_index_finds_whom_the_semantics_mean(peers: str) -> None:
    made = cluster(
        *PODS,
        policies=(policy(f"{{podSelector: {{}}, ingress: [{{from: {peers}}}]}}"),),
        namespaces=NAMESPACES,
    )
    (rule,) = made.policies[0].ingress
    asked = Semantics(made)
    meant = {
        number
        for number, each in enumerate(PODS)
        if asked.match(rule, made.policies[0].namespace, each) is not Match.NO
    }
    assert People(made).let_in(made.policies, INGRESS) == (meant, False)


@pytest.mark.parametrize(
    "peers", ["[]", "[{ipBlock: {cidr: 0.0.0.0/0}}]", "[{ipBlock: {cidr: 10.244.9.0/24}}]"]
)
def test_everybody_is_told_apart(peers: str) -> None:
    made = cluster(*PODS, policies=(policy(f"{{podSelector: {{}}, ingress: [{{from: {peers}}}]}}"),))
    assert People(made).let_in(made.policies, INGRESS) == (set(), True)
