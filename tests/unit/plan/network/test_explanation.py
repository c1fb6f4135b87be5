"""One question about a flow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.errors import UsageError
from pipelinekit.model.network.ends import Outside
from pipelinekit.model.network.flows import Flow
from pipelinekit.model.network.ports import Ports
from pipelinekit.plan.network.explanation import CLOSED, OPEN, UNDECIDABLE, explain, port_of
from pipelinekit.plan.network.proof import Prover
from tests.network.worlds import cluster, pod, policy

INTO = "{podSelector: {matchLabels: {app: stock}}, ingress: [{ports: [{port: 8080}]}]}"
SHOP, STOCK = pod("shop", owner="pay/shop"), pod("stock")


def prover(shop: object = SHOP) -> Prover:
    flows = (
        Flow(caller="pay/shop", server=STOCK, ports=Ports.one(8080), why="x"),
        Flow(
            caller="pay/shop",
            server=Outside(name="company", networks=("198.51.100.0/24",)),
            ports=Ports.one(443),
            why="x",
        ),
    )
    return Prover(cluster(shop, STOCK, policies=(policy(INTO),)), flows)  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["pay/shop", "shop", "shops/shop"])
def test_an_end_is_named_as_people_know_it(word: str) -> None:
    (answer,) = explain(prover(), word, "stock", "8080")
    assert (answer.caller, answer.server, answer.state, answer.declared) == (
        "shops/shop",
        "shops/stock",
        OPEN,
        True,
    )


def test_a_closed_port_is_told_with_its_layer() -> None:
    (answer,) = explain(prover(), "shop", "stock", "8080/udp")
    assert (answer.state, answer.declared) == (CLOSED, False)
    assert answer.layers[0].startswith("Ingress: 8080/UDP is closed")


def test_a_port_that_pods_do_not_declare_is_told_with_those_that_they_do() -> None:
    (answer,) = explain(prover(), "shop", "stock", "80")
    assert answer.layers[-1].startswith("pods of shops/stock declare 8080 (http): ")
    (answer,) = explain(prover(), "stock", "shop", "8080")
    assert not any("declare" in each for each in answer.layers)


@pytest.mark.parametrize(("address", "declared"), [("198.51.100.7", True), ("203.0.113.1", False)])
def test_an_address_is_an_end_and_its_network_may_be_declared(address: str, declared: bool) -> None:
    (answer,) = explain(prover(), "shop", address, "443")
    assert (answer.state, answer.declared) == (OPEN, declared)


def test_a_caller_on_the_node_is_not_decidable() -> None:
    (answer,) = explain(prover(replace(SHOP, host_network=True)), "shop", "stock", "8080")
    assert answer.state == UNDECIDABLE


def test_nobody_of_that_name_and_no_such_port() -> None:
    with pytest.raises(UsageError, match="nobody here is 'stokc'") as told:
        explain(prover(), "shop", "stokc", "80")
    assert told.value.faults[0].hint == "did you mean 'stock'?"
    for text in ("x", "0", "65536", "80/http", "", "1" * 5000, "0065535999"):
        with pytest.raises(UsageError):
            port_of(text)
