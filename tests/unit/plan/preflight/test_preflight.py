from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from pipelinekit.model.ground.preflight import AWAITED, REFUSED, UNCHECKED, Finding, Pull, Rule, Seen
from pipelinekit.plan.preflight import judged
from pipelinekit.plan.preflight.needs import needs_of
from pipelinekit.plan.preflight.rights import DEPLOYER
from tests.manifests import deployment, hook, thing, variable

STAR = frozenset("*")
IMAGE = "host/orders@sha256:aa"
FINE = Seen(rules=(Rule(STAR, STAR, STAR),), pulled={Pull(IMAGE): ""})


def found(seen: Seen, *objects: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    findings = judged(needs_of(objects or (deployment(),)), seen, "dev")
    return [(each.verdict, each.code, each.problem) for each in findings]


def test_a_target_where_all_is_well_has_no_findings() -> None:
    assert found(FINE) == []


def test_all_findings_come_together_and_what_stands_in_the_way_first() -> None:
    seen = Seen(
        rules=(),
        absent=frozenset(("late", "gone")),
        kept=frozenset(("late",)),
        pulled={Pull(IMAGE): "no such image"},
        quotas={"": None},
    )
    made = deployment(variable("late", "k"), variable("gone", "k"))
    verdicts = [(verdict, code) for verdict, code, _ in found(seen, made)]
    assert verdicts == [
        (REFUSED, "rights"),
        (REFUSED, "secret-missing"),
        (REFUSED, "pull"),
        (AWAITED, "secret-late"),
        (UNCHECKED, "quota"),
    ]


# --- rights ---------------------------------------------------------------------------------------


def test_rights_that_are_missing_are_one_finding() -> None:
    seen = replace(FINE, rules=(Rule(frozenset(("get", "list", "watch")), STAR, STAR),))
    assert found(seen) == [
        (
            REFUSED,
            "rights",
            "the account may not create, update, patch, delete secrets; create, patch deployments.apps",
        )
    ]


def test_what_the_server_refuses_for_lack_of_rights_counts_as_that() -> None:
    said = (
        'widgets "a" is forbidden: User "u" cannot patch resource "widgets" in API group "x" in the namespace'
    )
    assert found(replace(FINE, applied=(said,))) == [(REFUSED, "rights", "the account may not patch widgets")]


def test_what_is_allowed_at_home_says_nothing_of_another_namespace() -> None:
    """A deployer who may make Roles there, and none at home, was refused."""
    role = thing("Role", api="rbac.authorization.k8s.io/v1")
    there = {**role, "metadata": {"name": "orders", "namespace": "more"}}
    seen = replace(FINE, rules=DEPLOYER)
    codes = [each.code for each in judged(needs_of([role], "shop"), seen, "dev")]
    assert codes == ["rights"]
    assert judged(needs_of([there], "shop"), seen, "dev") == ()
    said = 'roles "orders" is forbidden: User "u" cannot patch resource "roles" in API group "x"'
    (finding,) = judged(needs_of([there], "shop"), replace(seen, applied=(said,)), "dev")
    assert (finding.verdict, finding.problem) == (REFUSED, "the account may not patch roles")


def test_rights_that_are_not_told_are_never_fine() -> None:
    assert [each[:2] for each in found(replace(FINE, rules=None))] == [(UNCHECKED, "rights")]


# --- objects and pods -----------------------------------------------------------------------------


def test_an_api_that_the_cluster_does_not_have_is_named() -> None:
    said = (
        '[unable to recognize no matches for kind "A" in version "policy/v1beta1", '
        'unable to recognize no matches for kind "B" in version "x/v1"]'
    )
    assert [each[2] for each in found(replace(FINE, applied=(said,)))] == [
        "the cluster has no A in policy/v1beta1",
        "the cluster has no B in x/v1",
    ]


def test_any_other_refusal_is_told_in_the_servers_words() -> None:
    said = 'Service "s" is invalid: spec.ports[0].port: Invalid value: 99999'
    assert found(replace(FINE, applied=(said,))) == [(REFUSED, "object-refused", said)]


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ('admission webhook "a.example.com" denied the request: unsigned', "a rule of the cluster's"),
        ('failed calling webhook "a.example.com": connection refused', "a webhook of the cluster's does not"),
        ("ValidatingAdmissionPolicy 'a' with binding 'b' denied request: no", "a rule of the cluster's"),
    ],
)
def test_what_admission_says_of_an_object_or_of_its_pods_has_a_next_step(said: str, step: str) -> None:
    for seen in (replace(FINE, applied=(said,)), replace(FINE, admitted=(said,))):
        (told,) = judged(needs_of((deployment(),)), seen, "dev")
        assert said in told.problem
        assert told.hint.startswith(step)


def test_a_volume_that_a_hand_has_grown_is_told_with_what_helps() -> None:
    said = (
        'The PersistentVolumeClaim "data" is invalid: spec.resources.requests.storage: Forbidden: '
        "field can not be less than status.capacity"
    )
    (finding,) = judged(needs_of([deployment()]), replace(FINE, applied=(said,)), "dev")
    assert finding.hint == "a volume never shrinks: let the chart ask for what it has"


def test_a_webhook_that_answers_no_dry_run_stands_in_nobody_s_way() -> None:
    said = 'admission webhook "a.example.com" does not support dry run'
    seen = replace(FINE, applied=(said,), admitted=(f'pods "orders-deployment-preflight" is: {said}',))
    assert [each[:2] for each in found(seen)] == [(UNCHECKED, "object"), (UNCHECKED, "admission")]


def test_what_a_namespace_that_is_not_there_admits_is_not_known() -> None:
    said = 'namespaces "x" not found'
    assert [each[:2] for each in found(replace(FINE, applied=(said,), admitted=(said,)))] == [
        (UNCHECKED, "namespace")
    ]


def test_what_pods_of_another_namespace_need_is_not_looked_for_at_home() -> None:
    more = deployment(variable("api", "key"), replicas=9, imagePullSecrets=[{"name": "pull"}])
    more["metadata"]["namespace"] = "more"
    needs = needs_of([more], "shop")
    quota = {"status": {"hard": {"pods": "1"}, "used": {"pods": "0"}}, "metadata": {"name": "q"}, "spec": {}}
    told = judged(needs, replace(FINE, quotas={"shop": (quota,)}), "dev")
    assert [(each.verdict, each.problem.partition(":")[0]) for each in told] == [
        (UNCHECKED, "secret api (namespace more)"),
        (UNCHECKED, "secret pull (namespace more)"),
    ]
    assert (needs.keys, needs.pulls) == ((), (Pull(IMAGE),))


def test_another_namespace_than_its_own_is_made_by_the_chart_or_by_nobody() -> None:
    seen = replace(FINE, applied=('namespaces "more" not found (namespace more)',))
    (finding,) = judged(needs_of([thing("ConfigMap")], "shop"), seen, "dev", "kubectl --context c")
    assert (finding.verdict, finding.code) == (REFUSED, "namespace-missing")
    assert "namespace more is not there" in finding.problem
    assert finding.hint == "kubectl --context c create namespace more"
    made = thing("Namespace", "more")
    for each in (made, hook(made, "pre-install")):
        (finding,) = judged(needs_of([each], "shop"), seen, "dev")
        assert finding.verdict == UNCHECKED


def test_what_no_change_in_place_takes_is_deleted_where_it_was_looked_at() -> None:
    said = 'The Deployment "orders" is invalid: spec.selector: Invalid value: …: field is immutable'
    seen = replace(FINE, applied=(said,))
    (finding,) = judged(needs_of([thing("ConfigMap")], "shop"), seen, "dev", "kubectl --context c")
    assert finding.hint.startswith("`kubectl --context c delete deployment orders`")


def test_who_may_make_no_namespace_is_told_who_does() -> None:
    said = 'namespaces "x" not found'
    seen = replace(FINE, applied=(said,), admitted=(said,), rules=DEPLOYER)
    (finding,) = judged(needs_of([deployment()]), seen, "dev")
    assert (finding.verdict, finding.code) == (REFUSED, "namespace-missing")
    assert finding.hint == "`pipelinekit environment prepare --env dev` makes it"


def test_a_missing_pull_secret_and_a_missing_right_have_the_same_next_step() -> None:
    pulling = deployment()
    pulling["spec"]["template"]["spec"]["imagePullSecrets"] = [{"name": "pull"}]
    seen = replace(FINE, absent=frozenset({"pull"}), rules=())
    found = {each.code: each.hint for each in judged(needs_of([pulling]), seen, "dev")}
    for code in ("rights", "secret-missing"):
        assert "`pipelinekit environment prepare --env dev`" in found[code]


def test_pods_that_are_not_admitted_are_named_after_their_workload() -> None:
    said = 'pods "orders-deployment-preflight" is forbidden: violates PodSecurity "restricted:latest": x'
    assert found(replace(FINE, admitted=(said,))) == [
        (
            REFUSED,
            "admission",
            'pods of orders-deployment are refused: violates PodSecurity "restricted:latest": x',
        )
    ]


@pytest.mark.parametrize(
    "said",
    [
        'pods "a-preflight" is forbidden: minimum memory usage per Container is 10Gi, but request is 64Mi',
        'pods "a-preflight" is forbidden: maximum cpu usage per Pod is 1, but limit is 2',
        'pods "a-preflight" is forbidden: cpu max limit to request ratio per Pod is 2, but 4',
        'The Pod "a-preflight" is invalid: requests: "50m": must be less than or equal to cpu limit of 1m',
    ],
)
def test_what_a_limit_range_refuses_has_a_next_step(said: str) -> None:
    (finding,) = judged(needs_of([deployment()]), replace(FINE, admitted=(said,)), "dev")
    assert (finding.verdict, finding.code) == (REFUSED, "admission")
    assert "`kubectl get limitranges --all-namespaces`" in finding.hint


def test_a_quota_is_told_once_with_the_whole_rollout() -> None:
    quota = thing("ResourceQuota", "team", status={"hard": {"pods": "1"}, "used": {"pods": "1"}})
    said = 'pods "orders-deployment-preflight" is forbidden: exceeded quota: team, requested: pods=1'
    assert [each[:2] for each in found(replace(FINE, admitted=(said,), quotas={"": (quota,)}))] == [
        (REFUSED, "quota")
    ]


def test_each_namespace_with_pods_has_its_own_quota() -> None:
    def quota(pods: str) -> dict[str, Any]:
        return thing("ResourceQuota", "team", status={"hard": {"pods": pods}, "used": {"pods": "0"}})

    more = deployment(replicas=3)
    more["metadata"]["namespace"] = "more"
    needs = needs_of([deployment(replicas=2), more], "shop")
    assert needs.places == ("shop", "more")
    seen = replace(FINE, quotas={"shop": (quota("2"),), "more": (quota("2"),)})
    (finding,) = judged(needs, seen, "dev")
    assert (finding.verdict, finding.problem) == (
        REFUSED,
        "quota team has no room for the rollout: pods is 2, 0 in use, 3 more at its height (namespace more)",
    )
    (finding,) = judged(needs, replace(FINE, quotas={"more": None}), "dev")
    assert (finding.verdict, finding.problem) == (UNCHECKED, "the quota (namespace more): it may not be read")


def test_who_may_make_no_pods_cannot_know() -> None:
    assert [each[:2] for each in found(replace(FINE, admitted=None))] == [(UNCHECKED, "admission")]


# --- images and volumes ---------------------------------------------------------------------------


def test_an_image_that_cannot_be_pulled_says_why() -> None:
    seen = replace(FINE, pulled={Pull(IMAGE): "host has no such image"})
    assert found(seen) == [(REFUSED, "pull", f"{IMAGE} cannot be pulled: host has no such image")]


def test_a_registry_that_cannot_be_asked_from_here_is_no_yes() -> None:
    assert found(replace(FINE, pulled={Pull(IMAGE): None})) == [(UNCHECKED, "pull", f"the pull of {IMAGE}")]


@pytest.mark.parametrize(
    ("name", "classes", "expected"),
    [
        ("fast", frozenset(("fast",)), None),
        ("fast", frozenset(("slow", "")), (REFUSED, "there is no storage class fast")),
        ("", frozenset(("slow",)), (REFUSED, "there is no default storage class")),
        ("", frozenset(("slow", "")), None),
        ("fast", None, (UNCHECKED, "storage class fast: classes may not be listed")),
    ],
)
def test_a_volume_has_its_class(
    name: str, classes: frozenset[str] | None, expected: tuple[str, str] | None
) -> None:
    claim = thing("PersistentVolumeClaim", spec={"storageClassName": name or None})
    said = [(verdict, words) for verdict, _, words in found(replace(FINE, classes=classes), claim)]
    assert said == ([expected] if expected else [])


def test_a_finding_reads_as_a_line() -> None:
    assert str(Finding(REFUSED, "pull", "no such image")) == "refused: no such image"


def test_what_the_chart_brings_and_is_being_deleted_stands_in_the_way() -> None:
    gone = {"deletionTimestamp": "2026-01-02T03:04:05Z", "finalizers": ["x.example/y"], "namespace": "shop"}
    note = {"kind": "ConfigMap", "metadata": {"name": "note", **gone}}
    (told,) = judged(needs_of((deployment(),), "shop"), replace(FINE, going=(note,)), "dev")
    assert (told.verdict, told.code) == (REFUSED, "object-ending")
    assert told.problem == "ConfigMap/note is being deleted, and waits for x.example/y"
