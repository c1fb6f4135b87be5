"""Who may call whom, evaluated over what charts render."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.model.app import App, Process, Reach, SecretRef, Service
from tests import examples
from tests.charts.flows import SIDECAR, Pod, authorized, enters, leaves
from tests.charts.helm import Helm, Object, pod_of, template_of, workloads
from tests.charts.rendered import chart_of
from tests.charts.test_family import GIVEN

MAIN, ADMIN, METRICS, DEBUG, OTHER = 8080, 9000, 9100, 7000, 8081
PORTS = {MAIN, ADMIN, METRICS, DEBUG, OTHER}
MONITORING = {"pipelinekit.dev/role": "monitoring"}
INGRESS = {"pipelinekit.dev/role": "ingress"}

ORDERS = examples.app(
    processes={
        "web": Process(
            name="web", port=MAIN, ports={"admin": ADMIN, "metrics": METRICS}, metrics="/metrics", host="o.x"
        ),
        "other": Process(name="other", port=OTHER),
    },
    before={"migrate": ("x",)},
    accepts=("shop", "desk:admin", "sales/till"),
)
PEERS = {
    "shop": {"name": "shop", "namespace": "shops"},
    "desk:admin": {"name": "desk", "namespace": "somewhere"},
}


def labelled(name: str, component: str = "web", **fields: Any) -> Pod:
    """A pod of an application."""
    labels = {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": name,
        "app.kubernetes.io/component": component,
    }
    return Pod(labels=labels, **{"account": name, **fields})


WEB, WORKER = labelled("orders"), labelled("orders", "other")
CALLERS: dict[str, tuple[Pod, set[int]]] = {
    "a process of its own": (WORKER, PORTS),
    "its test": (labelled("orders", "web.test"), PORTS),
    "its task": (labelled("orders", "before.job", account="orders-before"), PORTS),
    "whom it accepts": (labelled("shop", namespace="shops"), {MAIN}),
    "the task of whom it accepts": (
        labelled("shop", "before.job", namespace="shops", account="shop-before"),
        {MAIN},
    ),
    "whom it accepts at a named port": (labelled("desk"), {ADMIN}),
    "whom nobody has said where it is": (labelled("till"), {MAIN}),
    "one of that name elsewhere": (labelled("shop", namespace="elsewhere"), set()),
    "a stranger": (labelled("stranger"), set()),
    "the ingress controller": (Pod(namespace="istio-ingress", namespace_labels=INGRESS), {MAIN}),
    "Prometheus": (Pod(namespace="monitoring", namespace_labels=MONITORING), {METRICS}),
}


@pytest.fixture(scope="module")
def orders(helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    chart = chart_of(ORDERS, tmp_path_factory.mktemp("orders"))
    return helm.objects(chart, {**GIVEN, "peers": PEERS, "mesh": {"enabled": True}})


def servers() -> dict[int, Pod]:
    return {port: WORKER if port == OTHER else WEB for port in PORTS}


def path_of(port: int) -> str:
    return "/metrics" if port == METRICS else "/anything"


@pytest.mark.parametrize(("caller", "wanted"), CALLERS.values(), ids=CALLERS)
def test_labels_and_identities_open_the_same_ports(
    orders: list[Object], caller: Pod, wanted: set[int]
) -> None:
    assert {port for port, at in servers().items() if enters(orders, caller, at, port)} == wanted
    found = {p for p, at in servers().items() if authorized(orders, caller, at, p, path=path_of(p))}
    assert found == wanted


def test_in_the_mesh_a_forged_label_opens_nothing(orders: list[Object]) -> None:
    forged = replace(labelled("shop", namespace="shops"), account="default")
    assert enters(orders, forged, WEB, MAIN)
    assert not authorized(orders, forged, WEB, MAIN)


def test_prometheus_reads_metrics_and_nothing_else_of_that_port(orders: list[Object]) -> None:
    prometheus = Pod(namespace="monitoring", namespace_labels=MONITORING)
    assert not authorized(orders, prometheus, WEB, METRICS, path="/debug")
    assert not authorized(orders, prometheus, WEB, METRICS, path="/metrics", method="POST")


def test_the_sidecars_port_is_closed_to_all_but_prometheus_by_the_network_alone(orders: list[Object]) -> None:
    prometheus = Pod(namespace="monitoring", namespace_labels=MONITORING)
    assert enters(orders, prometheus, WEB, SIDECAR)
    assert not any(
        enters(orders, caller, WEB, SIDECAR)
        for caller, ports in CALLERS.values()
        if ports != PORTS and caller != prometheus
    )
    assert authorized(orders, labelled("stranger"), WEB, SIDECAR), "no identity is asked for there"


def test_without_the_mesh_the_sidecars_port_is_closed(helm: Helm, tmp_path: Path) -> None:
    objects = helm.objects(chart_of(ORDERS, tmp_path), {**GIVEN, "peers": PEERS})
    assert not enters(objects, Pod(namespace="m", namespace_labels=MONITORING), WEB, SIDECAR)
    assert not [each for each in objects if each["kind"] == "AuthorizationPolicy"]


def test_every_account_that_runs_something_is_among_its_own(orders: list[Object]) -> None:
    """Tasks and tests too: whoever the chart starts may call what it starts."""
    for each in workloads(orders):
        labels = template_of(each)["metadata"]["labels"]
        caller = Pod(labels=labels, account=pod_of(each)["serviceAccountName"])
        assert authorized(orders, caller, WEB, DEBUG), each["metadata"]["name"]


# --- ways out -------------------------------------------------------------------------------------

NAMED = {"http": 3000, "admin": 3001}


def out(helm: Helm, folder: Path, given: Mapping[str, Any], **fields: Any) -> list[Object]:
    app: App = examples.app(**fields)
    return helm.objects(chart_of(app, folder), {**GIVEN, **given})


@pytest.mark.parametrize(("word", "open_"), [("stock", {3000}), ("stock:admin", {3001})])
@pytest.mark.parametrize("task", [False, True], ids=["process", "task"])
def test_a_caller_leaves_for_the_port_that_it_names(
    helm: Helm, tmp_path: Path, word: str, open_: set[int], task: bool
) -> None:
    objects = out(helm, tmp_path, {}, calls=(word,), before={"migrate": ("x",)})
    caller = labelled("orders", "before.job" if task else "web")
    stock = replace(labelled("stock"), ports=NAMED)
    assert {port for port in (3000, 3001, 7000) if leaves(objects, caller, stock, port)} == open_
    assert not leaves(objects, caller, replace(stock, namespace="elsewhere"), 3000)


def test_a_callee_that_names_no_port_is_called_by_its_number(helm: Helm, tmp_path: Path) -> None:
    peers = {"stock": {"name": "stock", "namespace": "somewhere", "port": 3005}}
    objects = out(helm, tmp_path, {"peers": peers}, calls=("stock",))
    assert leaves(objects, WEB, labelled("stock"), 3005)
    assert not leaves(objects, WEB, labelled("stock"), 3000)


@pytest.mark.parametrize(
    ("address", "port", "open_"),
    [
        ("1.2.3.4", 443, True),
        ("1.2.3.4", 80, False),
        ("2001:db8::1", 443, True),
        ("10.2.0.7", 5432, True),
        ("10.3.0.7", 5432, False),
        *((each, 443, False) for each in ("10.2.0.7", "172.20.0.1", "192.168.1.1", "100.64.0.1")),
        *((each, 443, False) for each in ("169.254.169.254", "fd00::1", "fe80::1", "5.6.7.8")),
    ],
)
def test_the_internet_is_what_is_neither_private_nor_the_clusters(
    helm: Helm, tmp_path: Path, address: str, port: int, open_: bool
) -> None:
    reaches = (Reach(to="internet", port=443), Reach(to="10.2.0.0/16", port=5432))
    inside = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"]
    network = {"inside": [*inside, "127.0.0.0/8", "fc00::/7", "fe80::/10", "5.6.0.0/16"]}
    objects = out(helm, tmp_path, {"network": network}, reaches=reaches)
    there = Pod(namespace="nowhere", address=address)
    assert leaves(objects, WEB, there, port) is open_


@pytest.mark.parametrize(
    ("address", "ports"),
    [
        ("https://vault.example.com", {443, 8200}),
        ("http://vault.example.com/x", {80, 8200}),
        ("https://vault.example.com:8300", {8300, 8200}),
    ],
)
def test_vault_and_services_have_their_ports(
    helm: Helm, tmp_path: Path, address: str, ports: set[int]
) -> None:
    secrets = {"KEY": SecretRef(kind="vault", path="apps/x", key="key")}
    given = {"vault": {"address": address, "image": "vault:1"}, "network": {"services": {"rare": [8300]}}}
    processes = {"web": Process(name="web", secrets=secrets)}
    kinds = ("sql", "files", "rare", "unknown")
    services = tuple(Service(type=each, name=each) for each in kinds)
    objects = out(helm, tmp_path, given, processes=processes, services=services)
    asked = {80, 443, 5432, 8200, 8300, 9000}

    def found(kind: str) -> set[int]:
        there = Pod(namespace="far", namespace_labels={"pipelinekit.dev/service": kind})
        return {port for port in asked if leaves(objects, WEB, there, port)}

    assert found("vault") == ports
    assert [found(each) for each in kinds] == [{5432}, {443, 9000}, {8300}, set()]
