"""The proof, in the traps that checkers of policies fall into: each is found, and told by its layer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import Refused
from pipelinekit.model.network.ends import BEFORE, ContainerPort, Grounds, Outside, Pod
from pipelinekit.model.network.flows import CLOSED, OPEN, Flow, Proof
from pipelinekit.model.network.ports import Ports
from pipelinekit.model.rollout.component import ANYBODY
from pipelinekit.plan.network.proof import Prover, require_grounds
from pipelinekit.plan.network.rendered.assembly import ROLE, STRANGER
from tests.network.worlds import GROUNDS, cluster, pod, policy, with_sidecar

SHUT = "{podSelector: {}, policyTypes: [Ingress, Egress]}"
OUT = """
{podSelector: {matchLabels: {app: shop}}, policyTypes: [Egress],
 egress: [{to: [{podSelector: {matchLabels: {app: stock}}}], ports: [%s]}]}
"""
INTO = """
{podSelector: {matchLabels: {app: stock}}, policyTypes: [Ingress],
 ingress: [{from: [%s], ports: [%s]}]}
"""
FROM_SHOP = "{podSelector: {matchLabels: {app: shop}}}"
HTTP, FAR = "{port: 8080}", "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: far}}}"
OPENED = (SHUT, OUT % HTTP, INTO % (FROM_SHOP, HTTP))
SHOP, STOCK = pod("shop"), pod("stock")
STRANGERS = tuple(
    Pod(name=f"{each}/{STRANGER}", namespace=each, owner=STRANGER) for each in ("(elsewhere)", "shops", "far")
)


def proof(
    *policies: str,
    ends: tuple[Pod, ...] = (SHOP, STOCK),
    flow: bool = True,
    more: tuple[Flow, ...] = (),
    **fields: object,
) -> Proof:
    declared = Flow(caller=ends[0].owner, server=ends[1], ports=Ports.one(8080), why="shop calls stock")
    objects = tuple(policy(text, f"p{at}") for at, text in enumerate(policies))
    made = cluster(*ends, *STRANGERS, policies=objects, **fields)  # type: ignore[arg-type]
    return Prover(made, [*([declared] if flow else ()), *more]).prove()


def found(said: Proof) -> list[tuple[str, str, str, str]]:
    return [(each.code, each.caller, each.server, str(each.ports)) for each in said.findings]


def test_what_is_declared_and_open_on_both_ends_is_no_finding() -> None:
    said = proof(*OPENED)
    assert (said.findings, said.flows, said.pods) == ((), 1, 2)


@pytest.mark.parametrize(
    ("policies", "layers"),
    [
        pytest.param(
            (SHUT, OUT % "{port: 80}", INTO % (FROM_SHOP, "{port: 443}")),
            ["Egress", "Ingress"],
            id="egress 80 with ingress 443",
        ),
        pytest.param((SHUT, OUT % HTTP), ["Ingress"], id="only the way out"),
        pytest.param((SHUT, INTO % (FROM_SHOP, HTTP)), ["Egress"], id="only the way in"),
        pytest.param(
            (SHUT, OUT % "{port: web}", INTO % (FROM_SHOP, HTTP)), ["Egress"], id="a name that the pod lacks"
        ),
        pytest.param(
            (SHUT, OUT % HTTP, INTO % (FROM_SHOP, "{port: http, protocol: UDP}")),
            ["Ingress"],
            id="a name with another protocol",
        ),
        pytest.param((SHUT, OUT % HTTP, INTO % (FAR, HTTP)), ["Ingress"], id="a namespace that is another's"),
        pytest.param(
            (
                SHUT,
                OUT % HTTP,
                INTO % ("{ipBlock: {cidr: 10.0.0.0/8, except: [10.244.0.0/16]}}", HTTP),
            ),
            ["Ingress"],
            id="a block without the pod network",
        ),
    ],
)
def test_a_declared_flow_that_is_closed_is_told_by_layer(
    policies: tuple[str, ...], layers: list[str]
) -> None:
    closed = [each for each in proof(*policies).findings if each.code == CLOSED]
    assert [(each.caller, each.server, str(each.ports)) for each in closed] == [
        ("shops/shop", "shops/stock", "8080")
    ]
    assert [line.partition(":")[0] for line in closed[0].layers] == ["declared", *layers]


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        pytest.param(
            (*OPENED, INTO % (FROM_SHOP, "{port: 9000}"), OUT % "{port: 9000}"),
            ("shops/shop", "shops/stock", "9000"),
            id="a union of policies opens more than each",
        ),
        pytest.param(
            (*OPENED, INTO % ("{namespaceSelector: {}}", HTTP)),
            (ANYBODY, "shops/stock", "8080"),
            id="namespaceSelector {} alone is everybody",
        ),
        pytest.param(
            (*OPENED[1:], INTO % ("{podSelector: {}}", "{port: 9000}")),
            ("shops/(stranger)", "shops/stock", "9000"),
            id="podSelector {} is everybody of the namespace",
        ),
        pytest.param(
            (*OPENED, INTO % ("{ipBlock: {cidr: 0.0.0.0/0}}", HTTP)),
            (ANYBODY, "shops/stock", "8080"),
            id="a block over the pod network",
        ),
        pytest.param(
            (*OPENED, "{podSelector: {}, ingress: [{}]}"),
            (ANYBODY, "shops/stock", "all ports"),
            id="a rule without peers",
        ),
        pytest.param(
            (OPENED[1], OPENED[2], "{podSelector: {}, egress: []}"),
            ("shops/stock", ANYBODY, "all ports"),
            id="policyTypes missing with an empty egress",
        ),
    ],
)
def test_what_is_open_and_declared_by_nobody_is_told(
    policies: tuple[str, ...], expected: tuple[str, str, str]
) -> None:
    assert (OPEN, *expected) in found(proof(*policies))


@pytest.mark.parametrize(
    ("policies", "there", "hint"),
    [
        pytest.param(
            (OUT % HTTP,),
            "shops/stock",
            "a policy that selects Deployment shops/stock, with policyTypes [Ingress, Egress]",
            id="nothing closes it yet",
        ),
        pytest.param(
            (*OPENED, INTO % ("{namespaceSelector: {}}", HTTP)),
            "shops/stock",
            "narrow the policy of stock that opens it",
            id="a policy lets anybody in",
        ),
        pytest.param(
            (*OPENED, OUT % "{port: 9000}", "{podSelector: {}, egress: [{to: [{namespaceSelector: {}}]}]}"),
            ANYBODY,
            "narrow the policy of shop that opens it",
            id="a way out to whoever there is, who accepts nothing",
        ),
    ],
)
def test_the_next_step_is_at_the_policy_that_is_there_or_that_there_is_none(
    policies: tuple[str, ...], there: str, hint: str
) -> None:
    shop, stock = (replace(each, origin=f"Deployment {each.name}") for each in (SHOP, STOCK))
    said = proof(*policies, ends=(shop, stock))
    assert hint in [each.hint for each in said.findings if each.server == there]
    assert not any("(stranger)" in each.hint for each in said.findings)


def test_namespaceselector_empty_with_a_pod_selector_means_those_pods_alone() -> None:
    narrow = INTO % ("{namespaceSelector: {}, podSelector: {matchLabels: {app: shop}}}", HTTP)
    assert found(proof(SHUT, OUT % HTTP, narrow)) == []


def test_a_caller_with_the_nodes_network_is_not_decidable_and_never_closed() -> None:
    said = proof(SHUT, ends=(replace(SHOP, host_network=True), STOCK))
    assert said.findings == ()
    (note,) = said.notes
    assert note.server == "shops/shop"
    assert "not decidable by pod policies" in note.layers[0]


def test_a_policy_that_selects_only_hook_pods_closes_nobody_who_stays() -> None:
    task = pod("migrate", hook=BEFORE)
    only = "{podSelector: {matchLabels: {app: migrate}}, policyTypes: [Ingress, Egress]}"
    said = proof(only, ends=(SHOP, STOCK, task))
    assert (OPEN, ANYBODY, "shops/stock", "all ports") in [
        (code, caller, server, "all ports") for code, caller, server, _ in found(said)
    ]


STRICT = {"kind": "PeerAuthentication", "metadata": {"name": "it", "namespace": "shops"}}
STOCK_ONLY = {"selector": {"matchLabels": {"app": "stock"}}}


@pytest.mark.parametrize(
    ("spec", "closed"),
    [
        pytest.param({"mtls": {"mode": "STRICT"}}, True, id="for all ports"),
        pytest.param({"portLevelMtls": {8080: {"mode": "STRICT"}}}, False, id="per port without a selector"),
        pytest.param(
            {**STOCK_ONLY, "portLevelMtls": {80: {"mode": "STRICT"}}}, False, id="at the Service's port"
        ),
        pytest.param(
            {**STOCK_ONLY, "portLevelMtls": {8080: {"mode": "STRICT"}}}, True, id="at the container's port"
        ),
    ],
)
def test_strict_per_port_needs_a_selector_and_the_containers_port(
    spec: dict[str, object], closed: bool
) -> None:
    said = proof(*OPENED, ends=(SHOP, with_sidecar(STOCK)), mesh=({**STRICT, "spec": spec},))
    closings = [each for each in said.findings if each.code == CLOSED]
    assert bool(closings) is closed
    assert not closed or closings[0].layers[1].startswith("mesh: 8080 is closed")


def test_a_role_may_be_played_by_whoever_is_in_its_namespace_and_by_nobody_elsewhere() -> None:
    watcher = pod("prometheus", "far", owner="(monitoring)")
    namespaces = {"far": {ROLE: "monitoring"}}
    scrape = Flow(caller="(monitoring)", server=STOCK, ports=Ports.one(9100), why="x", role="monitoring")
    policies = (*OPENED, INTO % (FAR, "{port: 9100}"))
    ends = (SHOP, STOCK, watcher)
    assert found(proof(*policies, ends=ends, more=(scrape,), namespaces=namespaces)) == []
    for more, labels in (((), namespaces), ((replace(scrape, role=""),), {})):
        assert (OPEN, f"far/{STRANGER}", "shops/stock", "9100") in found(
            proof(*policies, ends=ends, more=more, namespaces=labels)
        )


def test_addresses_that_a_rule_opens_and_nobody_declares() -> None:
    there = "{to: [{ipBlock: {cidr: %s}}], ports: [{port: 443}]}"
    way = f"{{podSelector: {{matchLabels: {{app: shop}}}}, egress: [{there}]}}"
    out = Flow(
        caller="shop",
        server=Outside(name="company", networks=("198.51.100.0/24",)),
        ports=Ports.one(443),
        why="reaches",
    )
    assert found(proof(*OPENED, way % "198.51.100.0/24", more=(out,))) == []
    (wider,) = proof(*OPENED, way % "198.51.100.0/23", more=(out,)).findings
    assert (wider.code, wider.server) == (OPEN, "198.51.101.0-198.51.101.255")


def test_blocks_are_not_judged_where_nobody_says_which_addresses_are_pods() -> None:
    block = "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}"
    with pytest.raises(Refused, match="nobody has said which of them are pods'"):
        proof(block, grounds=Grounds())
    require_grounds(cluster(SHOP, policies=(policy(block),), grounds=GROUNDS))


def test_a_port_that_is_declared_by_name_is_the_containers() -> None:
    named = replace(STOCK, ports=(ContainerPort(name="web", number=8080),))
    web = "{port: web}"
    assert found(proof(SHUT, OUT % web, INTO % (FROM_SHOP, web), ends=(SHOP, named))) == []


@pytest.mark.parametrize(
    ("peer", "port", "findings"),
    [
        ("", "8080", []),
        ("from: [{ipBlock: {cidr: 0.0.0.0/0}}], ", "8080", []),
        ("", "9000", [(CLOSED, "(elsewhere)/(stranger)", "8080"), (OPEN, ANYBODY, "9000")]),
        (
            f"from: [{FROM_SHOP}], ",
            "8080",
            [(CLOSED, "(elsewhere)/(stranger)", "8080")],
        ),
    ],
)
def test_what_is_declared_for_anybody_is_open_to_whoever_comes_and_nothing_else_is(
    peer: str, port: str, findings: list[tuple[str, str, str]]
) -> None:
    gate = f"{{podSelector: {{matchLabels: {{app: stock}}}}, ingress: [{{{peer}ports: [{{port: {port}}}]}}]}}"
    flow = Flow(caller=ANYBODY, server=STOCK, ports=Ports.one(8080), why="accepts of stock")
    said = proof(SHUT, gate, flow=False, more=(flow,))
    assert [(each.code, each.caller, str(each.ports)) for each in said.findings] == findings
