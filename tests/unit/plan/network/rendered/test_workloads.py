"""Rendered objects to pods."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from pipelinekit.errors import Refused
from pipelinekit.model.network.ends import Pod
from pipelinekit.plan.network.rendered.workloads import pods_of, require_no_ambient

TEMPLATE = """
metadata: {labels: {app: a}}
spec:
  serviceAccountName: sa
  containers: [{ports: [{name: http, containerPort: 80}, {containerPort: 53, protocol: UDP}]}]
"""


def made(kind: str, template: str = TEMPLATE, **metadata: Any) -> dict[str, Any]:
    inner: dict[str, Any] = yaml.safe_load(template)
    head: dict[str, Any] = {"kind": kind, "metadata": {"name": "a", **metadata}}
    if kind == "Pod":
        return head | inner | {"metadata": {**inner["metadata"], **head["metadata"]}}
    spec = {"template": inner}
    return head | {"spec": {"jobTemplate": {"spec": spec}} if kind == "CronJob" else spec}


def one(found: dict[str, Any], namespaces: Any = None) -> Pod:
    (pod,) = pods_of([found, {"kind": "Service"}], "shops", "owner", "rel", namespaces or {})
    return pod


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"])
def test_whatever_makes_pods(kind: str) -> None:
    pod = one(made(kind))
    assert (pod.name, pod.labels, pod.account) == ("shops/a", {"app": "a"}, "sa")
    assert [(each.name, each.number, each.protocol) for each in pod.ports] == [
        ("http", 80, "TCP"),
        ("", 53, "UDP"),
    ]
    assert (pod.owner, pod.release, pod.origin) == ("owner", "shops/rel", f"{kind} shops/a")


def test_what_an_operator_makes_pods_of() -> None:
    sets = [{"name": name, "podTemplate": yaml.safe_load(TEMPLATE)} for name in ("hot", "cold")]
    resource = {"kind": "Elasticsearch", "metadata": {"name": "logs"}, "spec": {"nodeSets": sets}}
    hot, cold = pods_of([resource], "shops", "owner", "rel", {})
    assert (hot.name, cold.name) == ("shops/logs", "shops/logs-1")
    assert (hot.labels, hot.account, hot.origin) == ({"app": "a"}, "sa", "Elasticsearch shops/logs")
    definition = {**resource, "kind": "CustomResourceDefinition"}
    assert list(pods_of([definition, {"kind": "Kibana", "spec": None}], "shops", "o", "r", {})) == []


def test_hooks_and_the_nodes_network() -> None:
    assert one(made("Job", annotations={"helm.sh/hook": "pre-upgrade"})).hook == "before"
    on_node = one(
        made("DaemonSet", "spec: {hostNetwork: true, containers: []}"),
        {"shops": {"istio-injection": "enabled"}},
    )
    assert (on_node.host_network, on_node.sidecar) == (True, False)


@pytest.mark.parametrize(
    ("label", "namespace", "sidecar"),
    [
        ("", {}, False),
        ("", {"istio-injection": "enabled"}, True),
        ("", {"istio.io/rev": "stable"}, True),
        ("", {"istio-injection": "disabled", "istio.io/rev": "stable"}, False),
        ('"true"', {}, True),
        ('"false"', {"istio-injection": "enabled"}, False),
    ],
)
def test_who_has_a_sidecar(label: str, namespace: dict[str, str], sidecar: bool) -> None:
    labels = f"sidecar.istio.io/inject: {label}" if label else ""
    template = f"{{metadata: {{labels: {{{labels}}}}}, spec: {{}}}}"
    assert one(made("Deployment", template), {"shops": namespace}).sidecar is sidecar


def test_ports_that_pass_by_the_sidecar() -> None:
    template = (
        '{metadata: {annotations: {traffic.sidecar.istio.io/excludeInboundPorts: "80, 90,x"}}, spec: {}}'
    )
    assert one(made("Deployment", template)).past == (80, 90)


def test_an_ambient_mesh_is_refused_with_its_reason() -> None:
    with pytest.raises(Refused, match="ambient"):
        one(made("Deployment", "{metadata: {labels: {istio.io/dataplane-mode: ambient}}, spec: {}}"))
    with pytest.raises(Refused) as caught:
        require_no_ambient("namespace shops", {"istio.io/dataplane-mode": "ambient"})
    assert "15008" in caught.value.faults[0].hint
    require_no_ambient("namespace shops", {"istio.io/dataplane-mode": "none"})


@pytest.mark.parametrize("value", ["true", "True", "false", ""])
def test_programs_that_serve_an_ambient_mesh_are_refused_likewise(value: str) -> None:
    env = f"{{name: istiod, env: [{{name: PILOT_ENABLE_AMBIENT, value: '{value}'}}]}}"
    istiod = made("Deployment", f"{{metadata: {{}}, spec: {{containers: [{env}]}}}}")
    nodes = {"kind": "ConfigMap", "metadata": {"name": "cni"}, "data": {"AMBIENT_ENABLED": value}}
    for each in (istiod, nodes):
        if value.lower() == "true":
            with pytest.raises(Refused, match="serves an ambient mesh"):
                list(pods_of([each], "istio-system", "istiod", "istiod", {}))
        else:
            list(pods_of([each], "istio-system", "istiod", "istiod", {}))


@pytest.mark.parametrize("templates", ["gateway", "sidecar"])
def test_a_gateway_is_a_proxy_alone(templates: str) -> None:
    annotations = f"inject.istio.io/templates: {templates}"
    labels = 'sidecar.istio.io/inject: "true"'
    template = f"{{metadata: {{labels: {{{labels}}}, annotations: {{{annotations}}}}}, spec: {{}}}}"
    found = one(made("Deployment", template))
    assert (found.sidecar, found.gateway) == (True, templates == "gateway")
