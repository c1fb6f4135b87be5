from __future__ import annotations

import pytest

from pipelinekit.errors import Fault
from pipelinekit.reading import across
from tests import examples


def _app(name: str, more: str = "", team: str = "payments") -> across.Described:
    text = (
        "apiVersion: pipelinekit/v1\nkind: Application\n"
        f"metadata: {{name: {name}, team: {team}}}\nbuild: {{language: go}}\nrun: {{port: 8080}}\n{more}"
    )
    return across.describe(text, f"{name}.yaml")


def _said(faults: list[Fault]) -> list[str]:
    return [str(each) for each in faults]


def test_a_flow_that_both_sides_open_is_no_fault() -> None:
    orders, shop = _app("orders", "accepts: [shop]\n"), _app("shop", "calls: [orders]\n", team="sales")
    assert across.check_flows(orders, [orders, shop]) == []
    assert across.check_flows(shop, [orders, shop]) == []


@pytest.mark.parametrize(
    ("caller", "callee", "expected"),
    [
        ("calls: [ordrs]\n", "accepts: [shop]\n", "shop.yaml:6:9: calls[0]: there is no application 'ordrs'"),
        ("calls: [orders]\n", "", "shop.yaml:6:9: calls[0]: 'payments/orders' does not accept 'shop'"),
        ("accepts: [nobody]\n", "", "shop.yaml:6:11: accepts[0]: there is no application 'nobody'"),
        ("calls: [payments/orders]\n", "accepts: [other/shop]\n", "does not accept 'shop'"),
    ],
)
def test_a_flow_that_ends_in_nothing_is_told_at_its_place(caller: str, callee: str, expected: str) -> None:
    shop, orders = _app("shop", caller, team="sales"), _app("orders", callee)
    (said,) = _said(across.check_flows(shop, [shop, orders]))
    assert expected in said


def test_a_near_name_is_suggested() -> None:
    shop, orders = _app("shop", "calls: [ordrs]\n"), _app("orders")
    assert across.check_flows(shop, [shop, orders])[0].hint == "did you mean 'orders'?"


def test_a_name_of_two_teams_has_to_be_told_apart() -> None:
    everyone = [_app("shop", "calls: [orders]\n"), _app("orders", team="a"), _app("orders", team="b")]
    (fault,) = across.check_flows(everyone[0], everyone)
    assert "'orders' is ambiguous: a/orders, b/orders" in str(fault)
    assert fault.hint == "write team/name"


def test_an_environment_that_the_platform_lacks() -> None:
    orders = _app("orders", "environments: {prodution: {replicas: 2}, dev: {replicas: 1}}\n")
    (fault,) = across.check_environments(orders, examples.platform())
    assert str(fault).startswith("orders.yaml:6:16: environments.prodution: ")
    assert fault.hint == "did you mean 'production'?"


def test_one_host_for_two_applications() -> None:
    host = "environments: {production: {expose: {host: shop.example.com}}}\n"
    first, second, third = _app("a", host), _app("b", host), _app("c")
    assert across.check_hosts([first, second, third], ["dev"]) == []
    (said,) = _said(across.check_hosts([first, second, third], ["dev", "production"]))
    assert "'payments/a' exposes shop.example.com in production as well" in said


def test_all_faults_of_all_documents_come_together() -> None:
    first, second = _app("b", "calls: [x]\nenvironments: {y: {}}\n"), _app("a", "calls: [z]\n")
    said = _said(across.check_all([first, second], examples.platform()))
    assert [each.split(":", 1)[0] for each in said] == ["a.yaml", "b.yaml", "b.yaml"]
