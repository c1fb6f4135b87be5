from __future__ import annotations

import pytest

from pipelinekit.model.ground.preflight import Rule
from pipelinekit.plan.preflight.needs import needs_of
from pipelinekit.plan.preflight.rights import DEPLOYER, KINDS, lacking, may, resource_of, role_rules
from tests.manifests import hook, thing

STAR = frozenset("*")
INGRESS = thing("Ingress", api="networking.k8s.io/v1")


def rule(verbs: str, group: str, *resources: str, names: str = "") -> Rule:
    return Rule(frozenset(verbs.split()), frozenset((group,)), frozenset(resources), frozenset(names.split()))


ENOUGH = (
    rule("get list create update patch delete", "", "secrets"),
    rule("get list watch", "", "pods"),
    rule("get list watch", "apps", "replicasets"),
    rule("get list watch create patch", "networking.k8s.io", "ingresses"),
)


def test_whoever_may_do_all_lacks_nothing() -> None:
    assert lacking(needs_of([INGRESS]), [Rule(STAR, STAR, STAR)]) == {}


def test_what_a_deployment_needs_and_no_more_is_enough() -> None:
    assert lacking(needs_of([INGRESS]), ENOUGH) == {}


@pytest.mark.parametrize("without", range(4))
def test_each_right_that_is_missing_is_named(without: int) -> None:
    rules = [each for number, each in enumerate(ENOUGH) if number != without]
    (group,), (resource,) = ENOUGH[without].groups, ENOUGH[without].resources
    assert list(lacking(needs_of([INGRESS]), rules)) == [(group, resource)]


def test_a_hook_is_deleted_as_well() -> None:
    assert lacking(needs_of([hook(INGRESS)]), ENOUGH) == {("networking.k8s.io", "ingresses"): ("delete",)}


def test_a_right_to_one_object_is_none_to_all() -> None:
    rules = (
        *ENOUGH[:3],
        rule("get list watch create patch", "networking.k8s.io", "ingresses", names="orders"),
    )
    assert lacking(needs_of([INGRESS]), rules)


def test_what_is_done_to_one_object_may_be_allowed_for_that_one() -> None:
    def rules(name: str) -> tuple[Rule, ...]:
        named = rule("get patch", "networking.k8s.io", "ingresses", names=name)
        return (*ENOUGH[:3], rule("list watch create", "networking.k8s.io", "ingresses"), named)

    assert lacking(needs_of([INGRESS]), rules("orders")) == {}
    assert lacking(needs_of([INGRESS]), rules("shop")) == {
        ("networking.k8s.io", "ingresses"): ("get", "patch")
    }


@pytest.mark.parametrize(
    ("api", "kind", "expected"),
    [
        ("v1", "Service", ("", "services")),
        ("networking.k8s.io/v1", "NetworkPolicy", ("networking.k8s.io", "networkpolicies")),
        ("networking.k8s.io/v1", "Ingress", ("networking.k8s.io", "ingresses")),
        ("gateway.networking.k8s.io/v1", "Gateway", ("gateway.networking.k8s.io", "gateways")),
    ],
)
def test_a_resource_is_its_kind_in_the_plural(api: str, kind: str, expected: tuple[str, str]) -> None:
    assert resource_of(thing(kind, api=api)) == expected


def test_a_deployer_may_do_what_any_chart_of_the_known_kinds_needs() -> None:
    kinds = (
        ("Deployment", "apps/v1"),
        ("StatefulSet", "apps/v1"),
        ("CronJob", "batch/v1"),
        ("Service", "v1"),
        ("ServiceAccount", "v1"),
        ("ConfigMap", "v1"),
        ("NetworkPolicy", "networking.k8s.io/v1"),
        ("Ingress", "networking.k8s.io/v1"),
        ("HorizontalPodAutoscaler", "autoscaling/v2"),
        ("PodDisruptionBudget", "policy/v1"),
        ("AuthorizationPolicy", "security.istio.io/v1"),
        ("PeerAuthentication", "security.istio.io/v1"),
        ("ExternalSecret", "external-secrets.io/v1"),
    )
    needs = needs_of([*(thing(kind, api=api) for kind, api in kinds), hook(thing("Job", api="batch/v1"))])
    assert lacking(needs, DEPLOYER) == {}


def test_no_rule_of_a_deployer_is_about_everything() -> None:
    assert all("*" not in each.verbs | each.groups | each.resources for each in DEPLOYER)
    assert len(role_rules(DEPLOYER)) == len(KINDS) + 3
    assert may(DEPLOYER, "get", "", "resourcequotas")
    assert not may(DEPLOYER, "patch", "", "resourcequotas")
