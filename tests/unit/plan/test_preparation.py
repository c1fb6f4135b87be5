from __future__ import annotations

import base64
from typing import Any

import pytest

from pipelinekit.errors import Refused, UsageError
from pipelinekit.model.deployment import Look
from pipelinekit.model.ground.preparation import Place
from pipelinekit.model.platform.document import Environment, Platform, Registration
from pipelinekit.model.platform.quota import Quota
from pipelinekit.plan.preflight.rights import DEPLOYER, role_rules
from pipelinekit.plan.preparation import lines, objects_of, places_of, preparation
from tests import examples


def registered(*titles: str) -> tuple[Registration, ...]:
    pairs = (each.split("/") for each in titles)
    return tuple(Registration(name=name, team=team, repository="https://g/x") for team, name in pairs)


def platform(*titles: str, **fields: Any) -> Platform:
    return examples.platform(applications=registered(*(titles or ("payments/orders",))), **fields)


def place(on: Platform | None = None, environment: str = "dev") -> Place:
    return places_of(on or platform(), environment)[0]


def spaces(on: Platform, *words: str) -> list[str]:
    return [each.target.namespace for each in places_of(on, *words)]


# --- which ----------------------------------------------------------------------------------------


def test_each_namespace_is_there_once_however_many_applications_it_has() -> None:
    on = platform("payments/orders", "payments/bills", "shop/web")
    first = on.environments[0].name
    assert spaces(on, first) == ["payments-dev", "shop-dev"]
    assert places_of(on, first)[0].applications == ("bills", "orders")
    assert len(places_of(on)) == 2 * len(on.environments)
    assert spaces(on, first, "web") == spaces(on, first, "shop/web") == ["shop-dev"]


def test_what_there_is_not_is_said_with_what_there_is() -> None:
    with pytest.raises(UsageError, match="no environment 'nowhere'"):
        places_of(platform(), "nowhere")
    with pytest.raises(UsageError, match="no application 'other' is registered") as told:
        places_of(platform(), "", "other")
    assert told.value.faults[0].hint == "registered are: payments/orders"


def test_two_environments_never_share_a_namespace() -> None:
    both = tuple(Environment(name=each, cluster="nonprod", namespace="{team}") for each in ("dev", "test"))
    with pytest.raises(Refused, match="namespace payments is that of dev and of test"):
        places_of(platform(environments=both))


def deployers(on: Platform) -> dict[str, tuple[str, ...]]:
    return {each.target.namespace: each.deployers for each in places_of(on)}


def test_a_teams_account_reaches_its_ungated_namespaces_and_no_gated_one() -> None:
    places = (
        Environment(name="dev", cluster="nonprod", namespace="{team}-dev"),
        Environment(name="try", cluster="nonprod", namespace="{team}-{name}-try"),
        Environment(name="staging", cluster="nonprod", namespace="{team}-{name}", after="dev"),
    )
    found = deployers(platform("a/one", "a/two", "b/three", environments=places))
    mine = ("a-dev", "a-one-try", "a-two-try")
    assert [found[each] for each in mine] == [mine] * 3
    assert found["a-one"] == found["a-two"] == ("a-one", "a-two")
    assert found["b-dev"] == ("b-dev", "b-three-try")


def test_a_shared_namespace_lets_nobody_into_a_teams_own() -> None:
    places = (
        Environment(name="dev", cluster="nonprod", namespace="{team}-dev"),
        Environment(name="play", cluster="nonprod", namespace="play"),
    )
    found = deployers(platform("a/one", "b/two", environments=places))
    assert found == {
        "a-dev": ("a-dev",),
        "b-dev": ("b-dev",),
        "play": ("a-dev", "b-dev", "play"),
    }


# --- what -----------------------------------------------------------------------------------------


def made(where: Place, **more: str) -> dict[str, Any]:
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in objects_of(where, **more)}


def test_all_of_it_is_marked_as_the_platforms_and_the_namespace_comes_first() -> None:
    found = objects_of(place(), "pull", "{}")
    assert [each["kind"] for each in found] == [
        "Namespace",
        "NetworkPolicy",
        "NetworkPolicy",
        "Secret",
        "ServiceAccount",
        "Role",
        "RoleBinding",
    ]
    for each in found:
        labels = each["metadata"]["labels"]
        assert labels["pipelinekit.dev/platform"] == "acme"
        assert labels["app.kubernetes.io/managed-by"] == "pipelinekit"
    assert found[0]["metadata"]["labels"]["pipelinekit.dev/team"] == "payments"
    assert base64.b64decode(found[3]["data"][".dockerconfigjson"]) == b"{}"


def test_quota_and_level_are_the_environments() -> None:
    quota = Quota(hard={"pods": "40"}, container={"max": {"memory": "4Gi"}})
    dev = Environment(name="dev", cluster="nonprod", namespace="x", quota=quota, pod_security="baseline")
    found = made(place(platform(environments=(dev,))))
    assert found["ResourceQuota/pipelinekit"]["spec"] == {"hard": {"pods": "40"}}
    limits = [{"type": "Container", "max": {"memory": "4Gi"}}]
    assert found["LimitRange/pipelinekit"]["spec"] == {"limits": limits}
    labels = found["Namespace/x"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"


def test_all_is_denied_both_ways_and_names_are_opened() -> None:
    found = made(place())
    deny = found["NetworkPolicy/pipelinekit-default-deny"]["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    dns = found["NetworkPolicy/pipelinekit-dns"]["spec"]["egress"]
    assert [each["port"] for each in dns[0]["ports"]] == [53, 53]


def test_the_role_is_what_a_deployment_needs_and_touches_nothing_that_guards() -> None:
    found = made(place())
    rules = found["Role/pipelinekit-deployer"]["rules"]
    assert rules == role_rules(DEPLOYER)
    writes = {
        resource
        for each in rules
        if set(each["verbs"]) - {"get", "list", "watch"}
        for resource in each["resources"]
    }
    assert not writes & {"roles", "rolebindings", "resourcequotas", "limitranges", "namespaces", "*"}
    assert not any("/" in each for each in writes)
    assert found["ServiceAccount/pipelinekit-deployer"]["automountServiceAccountToken"] is False


# --- what would be done ---------------------------------------------------------------------------


def test_a_plan_names_what_comes_what_changes_and_what_goes_but_no_secret() -> None:
    where = place()
    wanted = objects_of(where, "pull", "word")
    secret = next(each for each in wanted if each["kind"] == "Secret")
    live = [{**secret, "data": {".dockerconfigjson": "before"}}]
    found = preparation(where, wanted, Look(live=live, applied=[secret]), ["LimitRange/x"], ("something",))
    told = list(lines(found))
    assert told[0] == "change: Secret/pull data[.dockerconfigjson]: (secret) → (secret)"
    assert told[1] == "create: Namespace/payments-dev"
    assert told[-2:] == ["remove: LimitRange/x", "note: something"]
    assert "before" not in str(found)
    assert found.acts
