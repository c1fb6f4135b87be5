from __future__ import annotations

import pytest

from pipelinekit.errors import Fault
from pipelinekit.reading import across
from pipelinekit.reading.platform.document import read_platform_with_places
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


@pytest.mark.parametrize(
    ("calls", "accepts", "said"),
    [
        ("orders:admin", "shop:admin", []),
        ("orders", "shop", []),
        ("orders:admin", "shop", ["'payments/orders' does not accept 'shop:admin'"]),
        ("orders", "shop:admin", ["'payments/orders' does not accept 'shop'"]),
        ("orders:admim", "shop:admin", ["'payments/orders' has no port 'admim' for callers"]),
    ],
)
def test_both_sides_name_the_port(calls: str, accepts: str, said: list[str]) -> None:
    shop = _app("shop", f'calls: ["{calls}"]\n', team="sales")
    orders = _app("orders", f'processes: {{feed: {{ports: {{admin: 81}}}}}}\naccepts: ["{accepts}"]\n')
    found = _said(across.check_flows(shop, [shop, orders]))
    assert len(found) == len(said)
    assert all(words in text for text, words in zip(found, said, strict=True))


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


def _meetings(more: str = "", images: str = "", namespace: str = "{team}", **applications: str) -> list[str]:
    """What is said of a platform with these applications: `a__b="https://…"` is team a's b."""
    entries = "".join(
        f"- {{name: {key.split('__')[1]}, team: {key.split('__')[0]}, repository: {address!r}}}\n".replace(
            "_", "-"
        )
        for key, address in applications.items()
    )
    text = (
        "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: acme}\n"
        f"images: {{registry: r.example{images}}}\n"
        f"clusters: [{{name: one}}, {{name: two}}]\n{more or 'charts: {repository: oci://r.example/charts}'}\n"
        f"environments: [{{name: dev, cluster: one, namespace: '{namespace}'}}]\n"
        f"applications:\n{entries}"
    )
    return _said(across.check_meetings(*read_platform_with_places(text, "platform.yaml")))


ONE, TWO = "https://git.example/one", "https://git.example/two"
HTTP_CHARTS = "charts: {repository: https://n.example/repository/helm}"
JENKINS = "charts: {repository: oci://r.example/charts}\njenkins: {url: https://j.example}"


def test_applications_that_meet_nowhere_are_no_fault() -> None:
    assert _meetings(JENKINS, pay__orders=ONE, payments__orders=TWO, pay__shop=ONE) == []


@pytest.mark.parametrize(
    ("more", "images", "namespace", "where"),
    [
        ("", "", "apps", "release orders of namespace apps"),
        ("", ", path: '{name}'", "{team}", "repository r.example/orders"),
        (HTTP_CHARTS, "", "{team}", "repository https://n.example/repository/helm/orders"),
    ],
)
def test_one_name_of_two_teams_meets_where_the_team_is_left_out(
    more: str, images: str, namespace: str, where: str
) -> None:
    (said,) = _meetings(more, images, namespace, pay__orders=ONE, shop__orders=TWO)
    place = "platform.yaml:10:4: applications[1].name"
    assert said == f"{place}: 'shop/orders' and 'pay/orders' meet in {where}"


def test_names_that_are_the_same_when_joined_meet() -> None:
    (said,) = _meetings(JENKINS, ", path: '{team}-{name}'", a_b__c=ONE, a__b_c=TWO)
    assert "'a/b-c' and 'a-b/c' meet in repository r.example/a-b-c, hook hooks/a-b-c" in said


def test_one_repository_has_one_hook_whatever_its_applications_are_called() -> None:
    assert _meetings(JENKINS, a_b__c=ONE, a__b_c=ONE) == []


def test_an_image_may_not_lie_where_a_chart_of_another_does() -> None:
    (said,) = _meetings("", ", path: 'charts/{name}/{team}'", a__b=ONE, b__a=TWO)
    assert "'b/a' and 'a/b' meet in repository r.example/charts/a/b" in said


def test_two_teams_do_not_share_their_layers() -> None:
    (said,) = _meetings("", ", cache: layers", a__x=ONE, a__w=ONE, b__z=TWO)
    assert "'b/z' and 'a/x' meet in layer cache r.example/layers" in said


def test_three_that_meet_are_told_of_the_first() -> None:
    said = _meetings("", "", "apps", a__x=ONE, b__x=TWO, c__x=ONE)
    assert ["'b/x' and 'a/x'" in said[0], "'c/x' and 'a/x'" in said[1], len(said)] == [True, True, 2]


def test_all_faults_of_all_documents_come_together() -> None:
    first, second = _app("b", "calls: [x]\nenvironments: {y: {}}\n"), _app("a", "calls: [z]\n")
    said = _said(across.check_all([first, second], examples.platform()))
    assert [each.split(":", 1)[0] for each in said] == ["a.yaml", "b.yaml", "b.yaml"]
