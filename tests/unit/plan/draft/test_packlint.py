from __future__ import annotations

from typing import Any

from pipelinekit.plan.draft.packlint import BUILD, NAME, REPOSITORY, TAG, contract, removed_apis

CLASSIC = """\
apiVersion: v1
kind: Service
---
{{- if .Values.ingress.enabled }}
apiVersion: extensions/v1beta1
kind: Ingress
{{- end }}
"""


def test_a_removed_api_is_told_with_its_line_and_what_has_taken_its_place() -> None:
    (fault,) = removed_apis({"charts/templates/all.yaml": CLASSIC})
    assert str(fault.place) == "charts/templates/all.yaml:5"
    assert fault.problem == "Ingress of extensions/v1beta1 is removed from Kubernetes"
    assert fault.hint == "now: networking.k8s.io/v1"


def test_what_is_there_still_is_no_fault() -> None:
    assert removed_apis({"a": "apiVersion: apps/v1\nkind: Deployment\n"}) == []
    assert removed_apis({"a": "apiVersion: policy/v1beta1\nkind: Eviction\n"}) == []


def deployment(image: str, labels: dict[str, str], notes: dict[str, str]) -> dict[str, Any]:
    template = {
        "metadata": {"labels": labels, "annotations": notes},
        "spec": {"containers": [{"image": image}]},
    }
    return {"kind": "Deployment", "spec": {"template": template}}


def test_a_chart_whose_pods_take_all_four_values() -> None:
    sound = deployment(f"{REPOSITORY}:{TAG}", {"draft": NAME}, {"buildID": BUILD})
    assert contract([sound, {"kind": "Service", "spec": {}}], "charts") == []


def test_each_value_that_no_pod_takes_is_named() -> None:
    found = contract([deployment("fixed:1", {}, {})], "charts")
    assert [each.problem for each in found] == [
        "no pod takes image.repository and image.tag",
        "no pod takes draft",
        "no pod takes buildID",
    ]


def test_a_chart_without_pods() -> None:
    assert [each.code for each in contract([], "charts")] == ["no-workload"]
