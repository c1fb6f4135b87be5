"""What the mesh's proxies let in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from pipelinekit.model.network.cluster import Opened
from pipelinekit.model.network.ends import Pod
from pipelinekit.model.network.ports import ALL, Ports
from pipelinekit.plan.network.mesh import Proxies
from tests.network.worlds import cluster, pod, with_sidecar

SHOP, STOCK = with_sidecar(pod("shop")), with_sidecar(pod("stock"))
PLAIN = pod("plain")
DENY_ALL = "{}"
FROM_SHOP = "{from: [{source: {principals: [cluster.local/ns/shops/sa/shop]}}]}"


def authorization(spec: str, namespace: str = "shops") -> dict[str, Any]:
    head = {"name": "auth", "namespace": namespace}
    return {"kind": "AuthorizationPolicy", "metadata": head, "spec": yaml.safe_load(spec)}


def authentication(spec: str, namespace: str = "shops") -> dict[str, Any]:
    return authorization(spec, namespace) | {"kind": "PeerAuthentication"}


def opened(caller: Pod, *mesh: dict[str, Any], server: Pod = STOCK) -> Opened:
    return Proxies(cluster(SHOP, STOCK, PLAIN, mesh=mesh)).admits(caller, server)


def at(port: int, found: Opened) -> tuple[bool, bool]:
    """Whether a port is surely open, and whether it is possibly."""
    asked = Ports.one(port)
    return asked & found.sure == asked, asked & found.possible == asked


OPEN, CLOSED, PERHAPS = (True, True), (False, False), (False, True)


def test_without_a_sidecar_no_policy_is_asked() -> None:
    assert opened(SHOP, authorization(DENY_ALL), server=PLAIN) == Opened(ALL, ALL)


@pytest.mark.parametrize(
    ("spec", "shop", "plain"),
    [
        (DENY_ALL, CLOSED, CLOSED),
        ("{rules: [{}]}", OPEN, OPEN),
        (f"{{rules: [{FROM_SHOP}]}}", OPEN, CLOSED),
        ("{rules: [{from: [{source: {namespaces: [shops]}}]}]}", OPEN, CLOSED),
        ("{rules: [{from: [{source: {notNamespaces: [far]}}]}]}", OPEN, OPEN),
        ("{rules: [{to: [{operation: {ports: ['8080']}}]}]}", OPEN, OPEN),
        ("{rules: [{to: [{operation: {ports: ['9']}}]}]}", CLOSED, CLOSED),
        ("{rules: [{to: [{operation: {paths: [/metrics]}}]}]}", OPEN, OPEN),
        ("{rules: [{when: [{key: 'request.headers[x]', values: [y]}]}]}", PERHAPS, PERHAPS),
        ("{selector: {matchLabels: {app: other}}}", OPEN, OPEN),
        ("{action: DENY, rules: [{}]}", CLOSED, CLOSED),
        ("{action: DENY}", OPEN, OPEN),
        ("{action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}]}", PERHAPS, PERHAPS),
        ("{action: AUDIT, rules: [{}]}", OPEN, OPEN),
    ],
)
def test_who_is_let_in(spec: str, shop: tuple[bool, bool], plain: tuple[bool, bool]) -> None:
    found = [at(8080, opened(each, authorization(spec))) for each in (SHOP, PLAIN)]
    assert found == [shop, plain]


def test_the_root_namespaces_policies_hold_for_everybody_and_others_do_not() -> None:
    assert at(8080, opened(SHOP, authorization(DENY_ALL, "istio-system"))) == CLOSED
    assert at(8080, opened(SHOP, authorization(DENY_ALL, "elsewhere"))) == OPEN


def test_policies_that_allow_are_alternatives_and_one_that_denies_wins() -> None:
    allow = authorization(f"{{rules: [{FROM_SHOP}]}}")
    assert at(8080, opened(SHOP, authorization(DENY_ALL), allow)) == OPEN
    assert at(8080, opened(SHOP, allow, authorization("{action: DENY, rules: [{}]}"))) == CLOSED


@pytest.mark.parametrize("port", [15020, 15021, 15090])
def test_the_proxys_own_ports_and_other_protocols_pass_by(port: int) -> None:
    found = opened(PLAIN, authorization(DENY_ALL), authentication("{mtls: {mode: STRICT}}"))
    assert at(port, found) == OPEN
    assert found.sure & Ports.one(53, "UDP")


STRICT = "{mtls: {mode: STRICT}}"


@pytest.mark.parametrize(
    ("objects", "plain"),
    [
        ([], OPEN),
        ([(STRICT, "shops")], CLOSED),
        ([(STRICT, "istio-system")], CLOSED),
        ([(STRICT, "elsewhere")], OPEN),
        ([(STRICT, "istio-system"), ("{mtls: {mode: PERMISSIVE}}", "shops")], OPEN),
        ([(STRICT, "istio-system"), ("{mtls: {mode: UNSET}}", "shops")], CLOSED),
        (
            [
                (STRICT, "shops"),
                ("{selector: {matchLabels: {app: stock}}, mtls: {mode: PERMISSIVE}}", "shops"),
            ],
            OPEN,
        ),
        (
            [
                (STRICT, "shops"),
                ("{selector: {matchLabels: {app: shop}}, mtls: {mode: PERMISSIVE}}", "shops"),
            ],
            CLOSED,
        ),
    ],
)
def test_strict_takes_nobody_without_an_identity(
    objects: list[tuple[str, str]], plain: tuple[bool, bool]
) -> None:
    mesh = [authentication(spec, namespace) for spec, namespace in objects]
    assert at(8080, opened(PLAIN, *mesh)) == plain
    assert at(8080, opened(SHOP, *mesh)) == OPEN


@pytest.mark.parametrize(
    ("spec", "plain"),
    [
        ("{selector: {matchLabels: {app: stock}}, portLevelMtls: {8080: {mode: STRICT}}}", CLOSED),
        ("{selector: {matchLabels: {app: stock}}, portLevelMtls: {80: {mode: STRICT}}}", OPEN),
        ("{portLevelMtls: {8080: {mode: STRICT}}}", OPEN),
    ],
)
def test_strict_for_a_port_needs_a_selector_and_the_containers_port(
    spec: str, plain: tuple[bool, bool]
) -> None:
    assert at(8080, opened(PLAIN, authentication(spec))) == plain


def test_a_gateway_serves_whoever_comes_however_strict_the_mesh_is() -> None:
    strict = authentication("{mtls: {mode: STRICT}}", "istio-system")
    gateway = replace(with_sidecar(pod("gate")), gateway=True)
    assert at(443, opened(PLAIN, strict, server=gateway)) == OPEN
    assert at(443, opened(PLAIN, strict)) == CLOSED
    assert at(443, opened(PLAIN, authorization(DENY_ALL), server=gateway)) == CLOSED


def test_where_mtls_is_off_nobody_has_an_identity() -> None:
    off = authentication("{selector: {matchLabels: {app: stock}}, mtls: {mode: DISABLE}}")
    assert at(8080, opened(SHOP, off, authorization(f"{{rules: [{FROM_SHOP}]}}"))) == CLOSED
    assert at(8080, opened(SHOP, off)) == OPEN
