from __future__ import annotations

from typing import Any

import pytest

from pipelinekit.model.ground.preflight import REFUSED
from pipelinekit.plan.preflight.fixed import is_fixed, unchangeable

SET = (
    'The StatefulSet "orders" is invalid: spec: Forbidden: updates to statefulset spec for fields other than '
    "'replicas' are forbidden"
)
DEPLOYMENT = 'The Deployment "orders" is invalid: spec.selector: Invalid value: …: field is immutable'


def stateful(name: str = "orders", **claims: tuple[str, str]) -> dict[str, Any]:
    listed = [
        {
            "metadata": {"name": claim},
            "spec": {"resources": {"requests": {"storage": size}}, "storageClassName": kind},
        }
        for claim, (size, kind) in claims.items()
    ]
    return {"kind": "StatefulSet", "metadata": {"name": name}, "spec": {"volumeClaimTemplates": listed}}


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        (SET, True),
        (DEPLOYMENT, True),
        (
            'The Service "a" is invalid: spec.clusterIPs[0]: Invalid value: …: may not change once set',
            True,
        ),
        ('The RoleBinding "a" is invalid: roleRef: Invalid value: …: cannot change roleRef', True),
        (
            'The PersistentVolumeClaim "a" is invalid: spec: Forbidden: spec is immutable after creation',
            False,
        ),
        ('The Pod "a" is invalid: x', False),
    ],
)
def test_a_refusal_that_no_second_try_mends_is_known(text: str, fixed: bool) -> None:
    assert is_fixed(text) is fixed


@pytest.mark.parametrize(
    ("live", "wanted", "words"),
    [
        ({"kept": ("1Gi", "a")}, {"kept": ("2Gi", "")}, "the size of volume kept is 1Gi and would be 2Gi"),
        ({"kept": ("1Gi", "a")}, {"kept": ("1Gi", "b")}, "the class of volume kept is a and would be b"),
        ({"kept": ("1Gi", "a")}, {"kept": ("1Gi", ""), "more": ("1Gi", "")}, "volume more would come"),
        ({"kept": ("1Gi", "a"), "old": ("1Gi", "a")}, {"kept": ("1Gi", "")}, "volume old would go"),
    ],
)
def test_the_volumes_that_differ_are_named(live: Any, wanted: Any, words: str) -> None:
    found = unchangeable(SET, [stateful(**wanted), stateful("other")], [stateful(**live)])
    assert found.verdict == REFUSED
    assert found.problem == f"StatefulSet/orders cannot be changed in place: {words}"
    assert "kubectl delete statefulset orders --cascade=orphan" in found.hint


def test_of_two_that_are_called_the_same_the_one_of_that_namespace_is_meant() -> None:
    def at(place: str, **claims: tuple[str, str]) -> dict[str, Any]:
        made = stateful("orders", **claims)
        return {**made, "metadata": {"name": "orders", "namespace": place}}

    wanted = [stateful(kept=("1Gi", "")), at("other", kept=("3Gi", ""))]
    live = [at("shop", kept=("1Gi", "a")), at("other", kept=("2Gi", "a"))]
    found = unchangeable(f"{SET} (namespace other)", wanted, live, "shop")
    told = "the size of volume kept is 2Gi and would be 3Gi"
    assert found.problem == f"StatefulSet/orders (namespace other) cannot be changed in place: {told}"
    assert "`kubectl --namespace other delete statefulset orders" in found.hint


def test_what_else_is_fixed_is_in_the_servers_words() -> None:
    found = unchangeable(DEPLOYMENT, [], [])
    assert found.problem == DEPLOYMENT
    assert found.hint.startswith("`kubectl delete deployment orders`")


@pytest.mark.parametrize(("text", "word"), [(SET, "statefulset"), (DEPLOYMENT, "deployment")])
@pytest.mark.parametrize(("place", "scope"), [("", ""), (" (namespace other)", " --namespace other")])
def test_what_deletes_it_goes_to_the_cluster_and_namespace_that_was_looked_at(
    text: str, word: str, place: str, scope: str
) -> None:
    found = unchangeable(text + place, [], [], "shop", "kubectl --context c --namespace shop")
    wanted = f"`kubectl --context c --namespace shop{scope} delete {word} orders"
    assert found.hint.startswith(wanted)


def test_what_is_made_anew_by_the_next_deployment_has_the_command_that_takes_it_away() -> None:
    text = 'The Service "a" is invalid: spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set'
    found = unchangeable(text, [], [])
    assert (found.problem, found.hint) == (
        text,
        "`kubectl delete service a`, and the next deployment makes it anew",
    )
