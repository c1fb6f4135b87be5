"""Kubernetes' semantics, each trap that a checker of policies can fall into."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.network.ends import BEFORE, ContainerPort, Grounds, Outside, Pod
from pipelinekit.model.network.policies import EGRESS, INGRESS
from pipelinekit.model.network.ports import ALL, NONE, Ports
from pipelinekit.plan.network.semantics import EVERYTHING, Semantics
from tests.network.worlds import GROUNDS, cluster, pod, policy

SHOP, STOCK = pod("shop"), pod("stock")
FAR = pod("far", "elsewhere")


def between(caller: Pod, server: Pod, *texts: str, **fields: object) -> Ports:
    """What is surely open from one pod to another, with policies in the namespace `shops`."""
    policies = tuple(policy(text, f"p{at}") for at, text in enumerate(texts))
    asked = Semantics(cluster(caller, server, policies=policies, **fields))  # type: ignore[arg-type]
    out = asked.side(caller, EGRESS, server, server)
    return (out & asked.side(server, INGRESS, caller, server)).sure


def into(peers: str, caller: Pod, **fields: object) -> bool:
    """Whether `stock` is open to a caller, its policy naming these peers."""
    text = f"{{podSelector: {{matchLabels: {{app: stock}}}}, ingress: [{{from: {peers}}}]}}"
    return between(caller, STOCK, text, **fields) == ALL


def test_a_pod_that_no_policy_selects_is_open() -> None:
    assert between(SHOP, STOCK) == ALL
    assert between(SHOP, STOCK, "{podSelector: {matchLabels: {app: other}}}") == ALL


def test_a_way_out_at_80_and_a_way_in_at_443_are_closed() -> None:
    out = "{podSelector: {matchLabels: {app: shop}}, egress: [{ports: [{port: 80}]}], policyTypes: [Egress]}"
    into_443 = "{podSelector: {matchLabels: {app: stock}}, ingress: [{ports: [{port: 443}]}]}"
    assert between(SHOP, STOCK, out, into_443) == NONE
    assert between(SHOP, STOCK, out, into_443.replace("443", "80")) == Ports.one(80)


@pytest.mark.parametrize(
    ("ports", "opened"),
    [
        ((), NONE),
        ((ContainerPort(name="web", number=8080),), NONE),
        ((ContainerPort(name="http", number=8080, protocol="UDP"),), NONE),
        ((ContainerPort(name="http", number=9000),), Ports.one(9000)),
    ],
)
def test_a_name_of_a_port_is_the_called_pods(ports: tuple[ContainerPort, ...], opened: Ports) -> None:
    server = replace(STOCK, ports=ports)
    out = (
        "{podSelector: {matchLabels: {app: shop}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}"
    )
    in_ = "{podSelector: {matchLabels: {app: stock}}, ingress: [{ports: [{port: http}]}]}"
    assert between(SHOP, server, out) == between(SHOP, server, in_) == opened


def test_a_name_that_the_pod_has_not_is_told_with_the_protocols_that_it_has() -> None:
    server = replace(STOCK, ports=(ContainerPort(name="http", number=8080, protocol="UDP"),))
    rule = policy("{podSelector: {}, ingress: [{ports: [{port: http}, {port: admin}]}]}")
    asked = Semantics(cluster(SHOP, server, policies=(rule,)))
    told = asked.misnamed(asked.chosen(server, INGRESS)[0], INGRESS, SHOP, server)
    assert [(each.name, each.others) for each in told] == [("http", ("UDP",)), ("admin", ())]


@pytest.mark.parametrize(
    ("spec", "isolated"),
    [
        ("{podSelector: {}}", (True, False)),
        ("{podSelector: {}, egress: []}", (True, False)),
        ("{podSelector: {}, egress: [{}]}", (True, True)),
        ("{podSelector: {}, policyTypes: [Egress]}", (False, True)),
        ("{podSelector: {}, policyTypes: [Ingress], egress: [{}]}", (True, False)),
        ("{podSelector: {}, policyTypes: [Egress], ingress: [{}]}", (False, True)),
    ],
)
def test_ways_that_nobody_names_are_ingress_and_egress_with_rules(
    spec: str, isolated: tuple[bool, bool]
) -> None:
    asked = Semantics(cluster(SHOP, policies=(policy(spec),)))
    assert (asked.isolated(SHOP, INGRESS), asked.isolated(SHOP, EGRESS)) == isolated


@pytest.mark.parametrize(
    ("block", "sure", "possible"),
    [
        ("{cidr: 0.0.0.0/0}", True, True),
        ("{cidr: 0.0.0.0/0, except: [10.244.0.0/16]}", False, False),
        ("{cidr: 0.0.0.0/0, except: [10.0.0.0/8]}", False, False),
        ("{cidr: 10.244.0.0/16, except: [10.244.9.0/24]}", False, True),
        ("{cidr: 10.0.0.0/8, except: [10.96.0.0/12]}", True, True),
        ("{cidr: 10.96.0.0/12}", False, False),
        ("{cidr: '::/0'}", False, False),
    ],
)
def test_a_block_means_the_pods_whose_addresses_it_has(block: str, sure: bool, possible: bool) -> None:
    text = f"{{podSelector: {{}}, ingress: [{{from: [{{ipBlock: {block}}}]}}]}}"
    asked = Semantics(cluster(SHOP, STOCK, policies=(policy(text),)))
    opened = asked.side(STOCK, INGRESS, SHOP, STOCK)
    assert (opened.sure == ALL, opened.possible == ALL) == (sure, possible)


def test_excepted_networks_together_can_be_the_whole_pod_network() -> None:
    halves = "[10.244.0.0/17, 10.244.128.0/17]"
    text = (
        f"{{podSelector: {{}}, ingress: [{{from: [{{ipBlock: {{cidr: 10.0.0.0/8, except: {halves}}}}}]}}]}}"
    )
    asked = Semantics(cluster(SHOP, STOCK, policies=(policy(text),)))
    assert asked.side(STOCK, INGRESS, SHOP, STOCK).possible == NONE


def test_blocks_of_one_rule_are_one_set_of_addresses() -> None:
    halves = "[{ipBlock: {cidr: 10.244.0.0/17}}, {ipBlock: {cidr: 10.244.128.0/17}}]"
    asked = Semantics(
        cluster(SHOP, STOCK, policies=(policy(f"{{podSelector: {{}}, ingress: [{{from: {halves}}}]}}"),))
    )
    assert asked.side(STOCK, INGRESS, SHOP, STOCK).sure == ALL


def test_addresses_outside_are_meant_by_blocks_alone() -> None:
    block = "{to: [{ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: 443}]}"
    pods = "{to: [{namespaceSelector: {}}]}"
    text = f"{{podSelector: {{}}, policyTypes: [Egress], egress: [{pods}, {block}]}}"
    asked = Semantics(cluster(SHOP, policies=(policy(text),)))
    near, far = (Outside(name=each, networks=(each,)) for each in ("192.0.2.7/32", "198.51.100.0/24"))
    assert asked.side(SHOP, EGRESS, near, near).sure == Ports.one(443)
    assert asked.side(SHOP, EGRESS, far, far).possible == NONE


@pytest.mark.parametrize(
    ("peers", "near", "far"),
    [
        ("[{podSelector: {}}]", True, False),
        ("[{podSelector: {matchLabels: {app: shop}}}]", True, False),
        ("[{namespaceSelector: {}}]", True, True),
        ("[{namespaceSelector: {}, podSelector: {}}]", True, True),
        ("[{namespaceSelector: {}, podSelector: {matchLabels: {app: shop}}}]", True, False),
        ("[{namespaceSelector: {}, podSelector: {matchLabels: {app: far}}}]", False, True),
        ("[{namespaceSelector: {}}, {podSelector: {matchLabels: {app: none}}}]", True, True),
        ("[{namespaceSelector: {matchLabels: {team: far}}}]", False, True),
        ("[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shops}}}]", True, False),
        ("[{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}]", True, False),
        (
            "[{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [far]}]}}]",
            True,
            False,
        ),
        (
            "[{namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [far]}]}}]",
            False,
            True,
        ),
        ("[{namespaceSelector: {matchExpressions: [{key: team, operator: Exists}]}}]", False, True),
        ("[]", True, True),
        ("null", True, True),
    ],
)
def test_who_is_meant_by_labels(peers: str, near: bool, far: bool) -> None:
    namespaces = {"elsewhere": {"team": "far"}}
    assert (into(peers, SHOP, namespaces=namespaces), into(peers, FAR, namespaces=namespaces)) == (near, far)


def test_policies_that_select_a_pod_are_alternatives() -> None:
    one = "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}"
    two = "{podSelector: {matchLabels: {app: stock}}, ingress: [{ports: [{port: 90}]}]}"
    assert between(SHOP, STOCK, one, two) == Ports.one(80) | Ports.one(90)
    assert between(SHOP, STOCK, one, two, "{podSelector: {}, policyTypes: [Ingress]}") == Ports.one(
        80
    ) | Ports.one(90)


@pytest.mark.parametrize(
    ("ports", "opened"),
    [
        ("[]", ALL),
        ("null", ALL),
        ("[{port: 80}]", Ports.one(80)),
        ("[{port: 80, protocol: UDP}]", Ports.one(80, "UDP")),
        ("[{port: 80, endPort: 90}]", Ports.of(("TCP", 80, 90))),
        ("[{protocol: UDP}]", Ports.of(("UDP", 1, 65535))),
        ("[{}]", Ports.of(("TCP", 1, 65535))),
    ],
)
def test_ports_of_a_rule(ports: str, opened: Ports) -> None:
    assert between(SHOP, STOCK, f"{{podSelector: {{}}, ingress: [{{ports: {ports}}}]}}") == opened


def test_a_policy_for_a_hooks_pods_isolates_no_others() -> None:
    task = pod("migrate", hook=BEFORE)
    only = policy("{podSelector: {matchLabels: {app: migrate}}}")
    asked = Semantics(cluster(task, STOCK, policies=(only,)))
    assert asked.isolated(task, INGRESS)
    assert not asked.isolated(STOCK, INGRESS)


@pytest.mark.parametrize(
    ("words", "isolated"),
    [
        ({"helm.sh/hook": "pre-install"}, True),
        ({"helm.sh/hook": "pre-install", "helm.sh/hook-delete-policy": "before-hook-creation"}, True),
        ({"helm.sh/hook": "pre-install", "helm.sh/hook-delete-policy": "hook-succeeded"}, False),
        ({"helm.sh/hook": "test"}, False),
    ],
)
def test_a_policy_that_goes_with_its_hook_isolates_nobody_who_stays(
    words: dict[str, str], isolated: bool
) -> None:
    going = policy("{podSelector: {}}", annotations=words)
    assert Semantics(cluster(STOCK, policies=(going,))).isolated(STOCK, INGRESS) is isolated


def test_a_task_runs_before_its_releases_own_policies_are_there() -> None:
    task = pod("migrate", hook=BEFORE, release="shops/stock")
    asked = Semantics(cluster(task, policies=(policy("{podSelector: {}}"),)))
    assert asked.isolated(task, INGRESS), "a policy of another release is there"
    own = replace(asked.cluster.policies[0], release="shops/stock")
    asked = Semantics(replace(asked.cluster, policies=(own,)))
    assert not asked.isolated(task, INGRESS)
    opened = asked.side(task, INGRESS, SHOP, task)
    assert (opened.sure, opened.possible) == (NONE, ALL), "closed later, and open at first"


def test_nothing_is_known_of_pods_whose_network_nobody_names() -> None:
    text = "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"
    asked = Semantics(cluster(SHOP, STOCK, policies=(policy(text),), grounds=Grounds(nodes=GROUNDS.nodes)))
    assert asked.side(STOCK, INGRESS, SHOP, STOCK) != EVERYTHING
