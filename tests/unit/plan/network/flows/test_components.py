"""What component.yaml declares, at the pods behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from pipelinekit.errors import ToolFailed
from pipelinekit.model.network.ends import ContainerPort, Outside
from pipelinekit.model.network.flows import UNCLEAR
from pipelinekit.model.network.ports import Ports
from pipelinekit.model.rollout.component import Call, Component, Flows, Offer, Peer, Scrape
from pipelinekit.plan.network.flows.components import Parts
from pipelinekit.plan.network.flows.declared import Ground
from pipelinekit.plan.network.rendered.assembly import cluster_of
from tests.network.worlds import GROUNDS, pod

SERVICE = {"kind": "Service", "metadata": {"name": "vault"}, "spec": {"selector": {"app": "vault"}}}
VAULT = Component(
    name="vault",
    namespace="vault",
    offers=(Offer(name="api", service="vault", port=80, target="http"),),
    flows=Flows(accepts=("nexus", "applications", "ingress"), api_server=True, peers=(Peer(port=8201),)),
)
NEXUS = Component(
    name="nexus",
    namespace="nexus",
    flows=Flows(calls=(Call(component="vault"),), reaches=("internet:443",), scrape=(Scrape(port=8080),)),
)


def parts(*components: Component, ports: tuple[ContainerPort, ...] | None = None) -> Parts:
    made = cluster_of([], {}, GROUNDS)
    vault = pod("vault", "vault")
    pods = (vault if ports is None else replace(vault, ports=ports), pod("nexus", "nexus"))
    return Parts(components, {"vault": [SERVICE]}, Ground.of(replace(made, pods=(*made.pods, *pods))))


def test_what_is_declared_is_a_flow_to_the_container_behind_the_service() -> None:
    flows = {
        (each.caller, each.server.name, str(each.ports))
        for each in parts(VAULT, NEXUS).flows()
        if "names" not in each.why
    }
    assert flows == {
        ("nexus", "vault/vault", "8080"),
        ("applications", "vault/vault", "8080"),
        ("(ingress)", "vault/vault", "8080"),
        ("vault", "vault/vault", "8201"),
        ("vault", "API server 192.0.2.1:6443", "6443"),
        ("nexus", "internet", "443"),
        ("(monitoring)", "nexus/nexus", "8080"),
    }


def test_whoever_there_is_may_be_accepted_at_one_offer() -> None:
    component = replace(VAULT, flows=Flows(accepts=("anybody:api",)))
    (flow,) = [each for each in parts(component).flows() if "names" not in each.why]
    assert (flow.caller, flow.server.name, str(flow.ports)) == ("anybody", "vault/vault", "8080")


def test_a_webhook_is_called_by_the_api_server() -> None:
    component = replace(VAULT, flows=Flows(webhooks=(8080,)))
    calls = [each for each in parts(component).flows() if each.caller == "(API server)"]
    assert [(each.server.name, each.ports) for each in calls] == [("vault/vault", Ports.one(8080))]


def test_who_monitors_reads_the_kubelets_of_all_nodes_that_are_named() -> None:
    component = replace(VAULT, flows=Flows(monitoring=True))
    reads = [each for each in parts(component).flows() if "monitoring" in each.why]
    assert [each.server.networks for each in reads if isinstance(each.server, Outside)] == [
        (network,) for network in GROUNDS.nodes
    ]
    assert {(each.caller, each.ports) for each in reads} == {("vault", Ports.one(10250))}


def test_a_call_that_nobody_accepts_is_no_flow_and_is_told() -> None:
    (told,) = parts(replace(VAULT, flows=Flows()), NEXUS).unclear()
    assert (told.code, told.layers) == (UNCLEAR, ("nexus calls vault, and vault does not accept it",))


def test_an_offer_at_a_name_that_the_pod_has_not_is_told_with_those_it_has() -> None:
    (told,) = parts(VAULT, ports=(ContainerPort(name="web", number=80, protocol="UDP"),)).unclear()
    assert "no TCP port 'http'" in told.layers[0]
    assert "web (UDP)" in told.hint


def test_an_offer_of_a_service_that_selects_nobody_is_told() -> None:
    offers = (Offer(name="api", service="valut", port=80, target=8080),)
    (told,) = parts(replace(VAULT, offers=offers)).unclear()
    assert "no pod of vault is behind Service valut" in told.layers[0]


def test_an_offer_of_a_service_that_is_another_hosts_name_is_no_fault() -> None:
    elsewhere = {**SERVICE, "spec": {"type": "ExternalName", "externalName": "s3.example.com"}}
    known = Parts([VAULT], {"vault": [elsewhere]}, parts(VAULT).ground)
    assert list(known.unclear()) == []
    assert known.accepting() == {}


SLICE = {
    "kind": "EndpointSlice",
    "metadata": {"name": "vault-elsewhere", "labels": {"kubernetes.io/service-name": "vault"}},
    "endpoints": [{"addresses": ["192.0.2.10"]}, {"addresses": ["192.0.2.11"]}],
    "ports": [{"name": "api", "port": 9443}, {"name": "other", "port": 1}],
}
BESIDE = {
    **SERVICE,
    "spec": {
        "selector": {"app": "nobody"},
        "ports": [{"name": "api", "port": 80}, {"name": "other", "port": 2}],
    },
}


def outside(*components: Component) -> Parts:
    """The component `vault`, whose chart says that its servers are outside."""
    return Parts(components, {"vault": [SLICE, BESIDE]}, parts(*components).ground)


def test_servers_that_a_chart_names_outside_are_where_its_callers_go() -> None:
    known = outside(VAULT, NEXUS)
    flows = {(each.caller, each.server.name, str(each.ports)) for each in known.flows()}
    assert {each for each in flows if "vault at" in each[1]} == {
        (caller, f"vault at 192.0.2.{number}/32", "9443")
        for caller in ("vault", "nexus")
        for number in (10, 11)
    }
    assert list(known.unclear()) == []
    assert known.accepting() == {}


def test_servers_outside_take_applications_where_they_are_accepted() -> None:
    (ends,) = outside(VAULT).elsewhere().values()
    assert [(end.networks, str(ports)) for end, ports in ends] == [
        (("192.0.2.10/32",), "9443"),
        (("192.0.2.11/32",), "9443"),
    ]
    deaf = replace(VAULT, flows=Flows(accepts=("nexus",)))
    assert outside(deaf).elsewhere() == {}


def test_of_servers_outside_no_metrics_are_read_here() -> None:
    told = replace(VAULT, flows=Flows(scrape=(Scrape(port=1234),)))
    assert [each for each in outside(told).flows() if "scrape" in each.why] == []
    assert [each.server.name for each in parts(told).flows() if "scrape" in each.why] == ["vault/vault"]


def test_of_jobs_no_metrics_are_read() -> None:
    """A server may not say at which port it listens: one whose server is switched off has Jobs alone."""
    told = replace(VAULT, flows=Flows(scrape=(Scrape(port=1234),)))
    ground = parts(told).ground
    ending = {"vault": [replace(each, job=True) for each in ground.owned["vault"]]}
    known = Parts([told], {"vault": [SERVICE]}, replace(ground, owned=ending))
    assert [each for each in known.flows() if "scrape" in each.why] == []


def test_a_slice_of_another_service_says_nothing_of_this_one() -> None:
    other = {**SLICE, "metadata": {"labels": {"kubernetes.io/service-name": "other"}}}
    known = Parts([VAULT], {"vault": [other, BESIDE]}, parts(VAULT).ground)
    assert "no pod of vault is behind" in next(iter(known.unclear())).layers[0]


def test_ports_at_which_applications_are_accepted() -> None:
    assert parts(VAULT, NEXUS).accepting() == {"vault/vault": Ports.one(8080)}


def test_servers_that_are_named_outside_open_no_address() -> None:
    named = {**SLICE, "addressType": "FQDN", "endpoints": [{"addresses": ["s3.example.com"]}]}
    known = Parts([VAULT], {"vault": [named, BESIDE]}, parts(VAULT).ground)
    assert not [each for each in known.flows() if "vault at" in each.server.name]
    assert list(known.unclear()) == []


@pytest.mark.parametrize(
    "form",
    [
        "endpoints: 7",
        "endpoints: [{addresses: [x]}]",
        "endpoints: [{addresses: [0.0.0.0/0]}]",
        "endpoints: [{addresses: [3221225994]}]",
        "ports: [{name: api}]",
    ],
)
def test_a_slice_without_form_is_told(form: str) -> None:
    made = {**SLICE, **yaml.safe_load(form)}
    with pytest.raises(ToolFailed, match="EndpointSlice: no API server takes its form"):
        list(Parts([VAULT], {"vault": [made, BESIDE]}, parts(VAULT).ground).flows())


@pytest.mark.parametrize("form", ["spec: [x]", "spec: {selector: 7}", "metadata: vault"])
def test_a_service_without_form_is_told(form: str) -> None:
    made = {**SERVICE, **yaml.safe_load(form)}
    ground = parts(VAULT).ground
    with pytest.raises(ToolFailed, match="a Service: no API server takes its form"):
        list(Parts([VAULT], {"vault": [made]}, ground).flows())
