from __future__ import annotations

import copy
from typing import Any

import pytest

from pipelinekit.model.deployment import SECRET, Look, Object
from pipelinekit.plan.deploying import deployment, scaling
from tests.fielded import (
    DECLARED,
    IMAGE,
    by,
    container,
    entry,
    flat,
    made,
    scaler,
    variable,
)


def changes(live: Object, wanted: Object | None = None, **more: Any) -> list[tuple[str, Any, Any, str]]:
    found = deployment.differences(live, wanted or made(), made(), **more)
    return [(each.path, each.live, each.wanted, each.manager) for each in found]


# --- fields ---------------------------------------------------------------------------------------


def test_what_is_as_declared_differs_in_nothing() -> None:
    later = made()
    later["metadata"] |= {"resourceVersion": "9", "generation": 4, "creationTimestamp": "now", "uid": "2"}
    del later["metadata"]["annotations"], later["status"]
    assert changes(later) == []


def test_what_helm_writes_into_every_object_is_no_difference() -> None:
    live = made()
    live["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "Helm"}
    live["metadata"]["annotations"]["meta.helm.sh/release-namespace"] = "payments-dev"
    assert changes(live) == []


@pytest.mark.parametrize(
    "note", ["deprecated.daemonset.template.generation", "autoscaling.alpha.kubernetes.io/conditions"]
)
def test_what_a_server_counts_in_a_note_is_no_difference(note: str) -> None:
    live, wanted = made(), made()
    live["metadata"]["annotations"][note], wanted["metadata"]["annotations"][note] = "2", "3"
    assert changes(live, wanted) == []


def test_each_changed_field_has_its_path_both_values_and_who_had_it() -> None:
    live = by("kubectl-edit", made(replicas=5), ("f:spec", "f:replicas"), IMAGE)
    container(live)["image"] = "foreign"
    assert changes(live) == [
        ("spec.replicas", 5, 2, "kubectl-edit"),
        ("spec.template.spec.containers[web].image", "foreign", "orders@sha256:1", "kubectl-edit"),
    ]


def test_a_new_version_of_the_chart_has_changed_nothing_by_hand() -> None:
    wanted = made()
    container(wanted)["image"] = "orders@sha256:2"
    (change,) = deployment.differences(made(), wanted, made())
    assert (change.live, change.applied, change.wanted) == (
        "orders@sha256:1",
        "orders@sha256:1",
        "orders@sha256:2",
    )
    assert change.manager == ""


def test_what_was_ours_and_is_nobodys_was_changed_by_somebody() -> None:
    live = made(replicas=0)
    live["metadata"]["managedFields"] = [
        entry("helm", "Apply", *(flat(DECLARED) - {("f:spec", "f:replicas")}))
    ]
    assert changes(live) == [("spec.replicas", 0, 2, "somebody")]


def test_a_deleted_item_is_one_change() -> None:
    live = made()
    del container(live)["env"][0]
    ((path, was, becomes, _),) = changes(live)
    assert (path, was) == ("spec.template.spec.containers[web].env[A]", None)
    assert becomes == {"name": "A", "value": "x"}


def test_the_order_of_what_has_names_is_no_difference() -> None:
    live = made()
    container(live)["env"].reverse()
    assert changes(live) == []


def test_a_list_that_the_server_takes_as_a_whole_is_compared_as_a_whole() -> None:
    live, wanted = made(args=["a"]), made(args=["a", "b"])
    assert changes(live, wanted) == [("spec.args", ["a"], ["a", "b"], "")]


def test_the_number_of_pods_is_left_out_where_it_is_an_autoscalers() -> None:
    live = by("kube-controller-manager", made(replicas=7), ("f:spec", "f:replicas"), subresource="scale")
    assert changes(live, replicas=False) == []
    assert [each[3] for each in changes(live)] == ["kube-controller-manager"]


# --- secrets --------------------------------------------------------------------------------------


def test_the_value_of_what_comes_from_a_secret_is_not_shown() -> None:
    live = made()
    container(live)["env"][1] = {"name": "KEY", "value": "hunter2"}
    found = list(deployment.differences(live, made(), made()))
    assert "hunter2" not in repr(found)
    assert {each.path for each in found} == {
        "spec.template.spec.containers[web].env[KEY].value",
        "spec.template.spec.containers[web].env[KEY].valueFrom",
    }
    assert any(each.live == SECRET for each in found)


@pytest.mark.parametrize("live", [{"data": {"a": "hunter2"}}, {}])
def test_of_a_secret_only_the_keys_are_shown(live: dict[str, Any]) -> None:
    about = {"kind": "Secret", "metadata": {"name": "s"}}
    wanted = {**about, "data": {"a": "hunter3", "b": "hunter4"}}
    found = list(deployment.differences({**about, **live}, wanted, {**about, "stringData": {"a": "hunter5"}}))
    assert found
    assert "hunter" not in repr(found)
    assert "b" in repr(found)


def secret(*managers: dict[str, Any], **data: str) -> dict[str, Any]:
    return {"kind": "Secret", "metadata": {"name": "s", "managedFields": [*managers]}, "data": data}


def test_a_text_of_a_secret_that_a_hand_has_changed_is_declared_and_no_addition() -> None:
    live = secret(entry("kubectl-patch", "Update", ("f:data", "f:a")), a="other")
    wanted = secret(entry("helm", "Apply", ("f:stringData", "f:a")), a="one")
    assert list(deployment.additions(live, wanted)) == []
    (change,) = deployment.differences(live, wanted, {"kind": "Secret", "stringData": {"a": "one"}})
    assert (change.path, change.applied, change.manager) == ("data.a", SECRET, "kubectl-patch")


def test_a_text_that_an_older_helm_has_put_into_a_secret_goes_with_a_newer_one() -> None:
    live = secret(entry("helm", "Update", ("f:data", "f:a"), ("f:data", "f:b")), a="one", b="two")
    wanted = secret(entry("helm", "Apply", ("f:stringData", "f:a")), a="one", b="two")
    last = {"kind": "Secret", "stringData": {"a": "one", "b": "two"}}
    assert [each.path for each in deployment.dropped(live, wanted, last)] == ["data.b"]
    assert list(deployment.dropped(live, wanted, last, owns=False)) == []


# --- what goes, what others have ------------------------------------------------------------------


def test_what_an_older_helm_has_set_and_the_chart_no_longer_declares_goes() -> None:
    live = made(revisionHistoryLimit=3)
    live["metadata"]["managedFields"] = [
        {**DECLARED, "operation": "Update"},
        entry("helm", "Update", ("f:spec", "f:revisionHistoryLimit")),
        entry("helm", "Update", ("f:status", "f:x"), subresource="status"),
    ]
    (gone,) = deployment.dropped(live, made(), made(revisionHistoryLimit=3))
    assert (gone.path, gone.live, gone.wanted) == ("spec.revisionHistoryLimit", 3, None)


def test_what_others_have_added_is_listed_and_what_controllers_write_is_not() -> None:
    live = by("kubectl-set", made(paused=True), *variable("B", "value"), ("f:spec", "f:paused"))
    container(live)["env"].append({"name": "B", "value": "1"})
    live["metadata"]["managedFields"].append(
        entry("kube-controller-manager", "Update", ("f:status", "f:replicas"), subresource="status")
    )
    wanted = copy.deepcopy(live)
    wanted["metadata"]["managedFields"] = [DECLARED]
    assert [(each.path, each.manager) for each in deployment.additions(live, wanted)] == [
        ("spec.paused", "kubectl-set"),
        ("spec.template.spec.containers[web].env[B]", "kubectl-set"),
    ]
    assert changes(live, wanted) == []


def test_an_object_that_the_chart_no_longer_has_goes_unless_it_is_to_be_kept() -> None:
    service = {"kind": "Service", "metadata": {"name": "orders"}}
    kept = {"kind": "Secret", "metadata": {"name": "s", "annotations": {"helm.sh/resource-policy": "keep"}}}
    gone = {"kind": "Job", "metadata": {"name": "j"}}
    live = [service, kept, made()]
    assert list(deployment.leaving([made(), service, kept, gone], [made()], live)) == ["Service/orders"]


def test_a_hand_that_has_an_object_kept_or_go_is_believed_as_helm_does() -> None:
    plain = {"kind": "Secret", "metadata": {"name": "s"}}
    kept = {"kind": "Secret", "metadata": {"name": "s", "annotations": {"helm.sh/resource-policy": "keep"}}}
    assert list(deployment.leaving([plain], [], [kept])) == []
    assert list(deployment.leaving([kept], [], [plain])) == ["Secret/s"]


def test_one_of_two_objects_of_one_kind_and_name_goes_alone() -> None:
    def note(namespace: str = "", kind: str = "ConfigMap") -> dict[str, Any]:
        return {"kind": kind, "metadata": {"name": "a", **({"namespace": namespace} if namespace else {})}}

    live = [note("home"), note("other"), note(kind="ClusterRole")]
    recorded = [note(), note("other"), note("home", "ClusterRole")]
    for without, gone in (
        ([note()], 2),
        ([note("other")], 2),
        ([note("other"), note(), note("x", "ClusterRole")], 0),
    ):
        assert len(list(deployment.leaving(recorded, without, live, "home"))) == gone


# --- how it stands --------------------------------------------------------------------------------


def test_what_is_not_there_is_missing() -> None:
    service = {"kind": "Service", "metadata": {"name": "orders"}}
    found = deployment.standing(Look(live=[made()], applied=[made(), service]), [made(), service])
    assert (found.missing, found.changes, found.short) == (("Service/orders",), (), ())


@pytest.mark.parametrize(("spec", "missing"), [({}, ("Job/a",)), ({"ttlSecondsAfterFinished": 0}, ())])
def test_a_job_with_a_time_to_live_that_is_no_longer_there_is_nobodys_work(
    spec: dict[str, Any], missing: tuple[str, ...]
) -> None:
    job = {"kind": "Job", "metadata": {"name": "a"}, "spec": spec}
    assert deployment.standing(Look(live=[], applied=[job]), [job]).missing == missing


def test_of_two_objects_of_one_kind_and_name_each_is_held_against_itself() -> None:
    def role(version: str, namespace: str, rules: str) -> dict[str, Any]:
        metadata = {"name": "a", "namespace": namespace}
        return {"apiVersion": version, "kind": "Role", "metadata": metadata, "rules": rules}

    there = [role("rbac/v1", "here", "1"), role("rbac/v1", "there", "2"), role("x.example/v1", "here", "3")]
    assert deployment.standing(Look(live=there, applied=there[::-1]), there).good
    assert deployment.standing(Look(live=there[1:], applied=there), there).missing == ("Role/a",)


# --- several namespaces ---------------------------------------------------------------------------


def at(namespace: str, each: dict[str, Any]) -> dict[str, Any]:
    each["metadata"]["namespace"] = namespace
    return each


def test_what_differs_in_another_namespace_is_told_with_it() -> None:
    live = [at("home", made()), at("other", made(replicas=5))]
    applied = [at("home", made()), at("other", made()), at("third", made())]
    found = deployment.standing(Look(live=live, applied=applied, home="home"), applied, "home")
    assert [each.object for each in found.changes] == ["Deployment/orders (namespace other)"]
    assert found.missing == ("Deployment/orders (namespace third)",)


def test_an_autoscaler_scales_what_is_in_its_own_namespace() -> None:
    live = [at("home", made(replicas=5)), at("other", made(replicas=5))]
    applied = [at("home", made()), at("other", made())]
    look = Look(live=live, applied=applied, autoscalers=[at("home", scaler())], home="home")
    found = deployment.standing(look, applied, "home")
    assert [each.object for each in found.changes] == ["Deployment/orders (namespace other)"]
    assert scaling.held(look).keys() <= {"orders"}
