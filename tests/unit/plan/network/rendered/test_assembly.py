"""What releases render, as one cluster."""

from __future__ import annotations

import pytest
import yaml

from pipelinekit.errors import Refused, ToolFailed
from pipelinekit.plan.network.rendered.assembly import ROLE, SERVICE, STRANGER, Rendered, cluster_of
from tests.network.worlds import GROUNDS

CHART = """
- kind: Namespace
  metadata: {name: shops, labels: {team: shop}}
- kind: Deployment
  metadata: {name: web}
  spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
- kind: NetworkPolicy
  metadata: {name: all}
  spec: {podSelector: {}}
- kind: AuthorizationPolicy
  apiVersion: security.istio.io/v1
  metadata: {name: mesh}
  spec: {}
- kind: AuthorizationPolicy
  apiVersion: someone.else/v1
  metadata: {name: other}
  spec: {}
"""


def release(text: str = CHART) -> Rendered:
    objects = [(each, "t/all.yaml") for each in yaml.safe_load(text)]
    return Rendered(owner="team/shop", release="shop", namespace="shops", objects=objects)


def test_pods_policies_and_labels_are_those_of_the_objects() -> None:
    made = cluster_of([release()], {"shops": {"given": "yes"}}, GROUNDS)
    (own,) = (each for each in made.pods if each.owner == "team/shop")
    assert (own.name, own.release) == ("shops/web", "shops/shop")
    assert dict(made.namespaces["shops"]) == {"given": "yes", "team": "shop"}
    assert [each.origin for each in made.policies] == ["NetworkPolicy shops/all (t/all.yaml)"]
    assert len(made.mesh.authorizations) == 1


def test_whoever_the_platform_does_not_run_has_a_stand_in() -> None:
    made = cluster_of([release()], {"db": {SERVICE: "sql"}}, GROUNDS, ["sql", "cache"])
    assert {each.name for each in made.pods if each.owner.startswith("(")} >= {
        "istio-ingress/(ingress)",
        "monitoring/(monitoring)",
        "db/(sql)",
        "(cache)/(cache)",
        "kube-system/kube-dns",
        f"shops/{STRANGER}",
        f"(elsewhere)/{STRANGER}",
    }
    assert [each.name for each in made.outside] == ["API server 192.0.2.1:6443"]


def test_who_has_a_role_needs_no_stand_in() -> None:
    made = cluster_of([release()], {"shops": {ROLE: "monitoring"}}, GROUNDS)
    assert not [each for each in made.pods if each.owner == "(monitoring)"]


def test_who_is_where_a_role_usually_is_needs_no_stand_in_beside_it() -> None:
    own = Rendered(owner="prometheus", release="p", namespace="monitoring", objects=release().objects)
    made = cluster_of([own], {}, GROUNDS)
    assert not [each for each in made.pods if each.owner == "(monitoring)"]
    assert made.namespaces["monitoring"][ROLE] == "monitoring"


def test_an_ambient_namespace_is_refused() -> None:
    with pytest.raises(Refused, match="ambient"):
        cluster_of([release()], {"shops": {"istio.io/dataplane-mode": "ambient"}}, GROUNDS)


def test_a_policy_of_another_network_is_refused_with_the_rest() -> None:
    more = (
        CHART + "- {kind: NetworkPolicy, apiVersion: projectcalico.org/v3, metadata: {name: all}, spec: {}}"
    )
    with pytest.raises(Refused, match=r"NetworkPolicy all of projectcalico.org \(t/all.yaml\)"):
        cluster_of([release(more)], {}, GROUNDS)


def test_a_controller_of_replicas_makes_pods_too() -> None:
    old = release(CHART.replace("kind: Deployment", "kind: ReplicationController"))
    made = cluster_of([old], {}, GROUNDS)
    assert [each.name for each in made.pods if each.owner == "team/shop"] == ["shops/web"]


@pytest.mark.parametrize(
    "text",
    [
        "{kind: NetworkPolicy, metadata: [a]}",
        "{kind: NetworkPolicy, spec: {ingress: [{from: all}]}}",
        "{kind: NetworkPolicy, spec: {ingress: [{ports: [{port: 80.5.1, endPort: x}]}], podSelector: x}}",
        "{kind: NetworkPolicy, spec: {podSelector: {matchExpressions: [{operator: In}]}}}",
        "{kind: Deployment, spec: [x]}",
        "{kind: Pod, spec: {containers: [{ports: [{containerPort: http}]}]}}",
        "{kind: Pod, spec: {containers: [{ports: [{name: http}]}]}}",
        "{kind: Namespace, metadata: {labels: [x]}}",
        "{kind: AuthorizationPolicy, apiVersion: security.istio.io/v1, spec: {rules: x}}",
        "{kind: PeerAuthentication, apiVersion: security.istio.io/v1, spec: {portLevelMtls: {http: {}}}}",
    ],
)
def test_what_has_no_form_is_told_with_its_file(text: str) -> None:
    with pytest.raises(ToolFailed, match=r"\(t/all.yaml\): no API server takes its form"):
        cluster_of([release(f"[{text}]")], {}, GROUNDS)
