"""Objects of odd form are told, and what is not told no reader of a rollout stumbles over."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.rollout.component import Component, Question
from pipelinekit.plan.bundle import images
from pipelinekit.plan.preflight import waiting
from pipelinekit.plan.preflight.needs import needs_of
from pipelinekit.plan.rollout import definitions, fixed, readiness
from pipelinekit.reading.chart.forms import read_formed
from pipelinekit.steps.rollout.render import of_namespace
from tests import examples
from tests.rollouts import CRD

META = {"name": "a", "namespace": "b", "labels": {"x": "y"}, "annotations": {"helm.sh/hook": "test"}}
CONTAINER = {
    "name": "c",
    "image": "i:1",
    "env": [{"name": "E", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
    "envFrom": [{"secretRef": {"name": "s"}}],
}
POD = {
    "metadata": {"labels": {"app": "a"}},
    "spec": {
        "containers": [CONTAINER],
        "initContainers": [CONTAINER],
        "imagePullSecrets": [{"name": "p"}],
        "serviceAccountName": "a",
        "volumes": [
            {"name": "v", "secret": {"secretName": "s", "items": [{"key": "k"}]}},
            {"name": "w", "projected": {"sources": [{"secret": {"name": "s", "items": [{"key": "k"}]}}]}},
        ],
    },
}
CLAIM = {
    "metadata": {"name": "data"},
    "spec": {
        "storageClassName": "fast",
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
    },
}
RUN = {"replicas": 1, "selector": {"matchLabels": {"app": "a"}}, "template": POD}
BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "Deployment": ("apps/v1", {"spec": RUN}),
    "DaemonSet": ("apps/v1", {"spec": {**RUN, "updateStrategy": {"type": "OnDelete"}}}),
    "StatefulSet": ("apps/v1", {"spec": {**RUN, "volumeClaimTemplates": [CLAIM]}}),
    "Job": ("batch/v1", {"spec": {"template": POD, "suspend": True, "ttlSecondsAfterFinished": 1}}),
    "CronJob": ("batch/v1", {"spec": {"jobTemplate": {"spec": {"template": POD}}}}),
    "Pod": ("v1", {"spec": POD["spec"]}),
    "Service": ("v1", {"spec": {"clusterIP": "None", "ports": [{"port": 80, "appProtocol": "https"}]}}),
    "PersistentVolumeClaim": ("v1", {"spec": CLAIM["spec"]}),
    "Secret": ("v1", {"type": "Opaque", "data": {"k": "eA=="}, "stringData": {"l": "x"}, "immutable": True}),
    "ConfigMap": ("v1", {"data": {"k": "v"}, "immutable": True}),
    "StorageClass": ("storage.k8s.io/v1", {"provisioner": "p", "parameters": {"a": "b"}}),
    "ExternalSecret": ("external-secrets.io/v1", {"spec": {"target": {"name": "s"}}}),
    "Certificate": ("cert-manager.io/v1", {"spec": {"secretName": "s"}}),
    "ServiceAccount": ("v1", {"imagePullSecrets": [{"name": "p"}]}),
    "RoleBinding": ("rbac.authorization.k8s.io/v1", {"roleRef": {"kind": "Role", "name": "r"}}),
    "Role": ("rbac.authorization.k8s.io/v1", {"rules": [{"verbs": ["get"]}]}),
    "Widget": ("example.com/v1", {"spec": {"size": 1}}),
    "CustomResourceDefinition": ("apiextensions.k8s.io/v1", {"spec": CRD["spec"]}),
}
OBJECTS = [
    {"apiVersion": version, "kind": kind, "metadata": META, **body}
    for kind, (version, body) in BODIES.items()
]
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        5,
        0,
        -1,
        1.5,
        True,
        False,
        "",
        "x",
        "5",
        [],
        [None],
        [5],
        ["x"],
        [[]],
        [{}],
        {},
        {"x": 5},
        {"name": 5},
    ]
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from paths(each, (*at, key))


def spoiled(thing: Any, path: tuple[Any, ...], junk: Any, *, gone: bool) -> Any:
    """The object with something else at a path, or without it."""
    found = copy.deepcopy(thing)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    if gone:
        del inner[path[-1]]
    else:
        inner[path[-1]] = junk
    return found


@st.composite
def odd_objects(draw: st.DrawFn) -> Any:
    thing = draw(st.sampled_from(OBJECTS))
    for _ in range(draw(st.integers(1, 2))):
        ways = list(paths(thing))
        if ways:
            thing = spoiled(thing, draw(st.sampled_from(ways)), draw(JUNK), gone=draw(st.booleans()))
    return thing


def read_everywhere(objects: tuple[Any, ...]) -> None:
    """What a rollout asks of rendered objects."""
    brought, wanted = definitions.split(objects)
    kinds = definitions.kinds_of((*brought, CRD))
    assert list(definitions.misfits(wanted, kinds)) is not None
    for each in brought:
        definitions.refusal(each, CRD)
        definitions.differs(each, CRD)
    readiness.workloads(objects)
    readiness.addressed(Question(service="a", port=80, path="/"), objects)
    fixed.unchangeable(OBJECTS, wanted, "store")
    fixed.growths(OBJECTS, wanted)
    for home in ("", "b", "c"):
        needs = needs_of(of_namespace(wanted, home), home)
        list(waiting.findings(needs, ()))
        needs_of(wanted, home)
    component = Component(name="store", namespace="stores", images=("i:1",))
    images.pulled(component, objects, examples.platform().images)


def test_what_is_well_formed_is_read() -> None:
    objects = read_formed(json.dumps({"kind": "List", "items": OBJECTS}))
    assert len(objects) == len(OBJECTS)
    read_everywhere(objects)


@given(odd_objects())
@settings(max_examples=300)
def test_what_is_odd_is_told_or_read(thing: Any) -> None:
    try:
        objects = read_formed(json.dumps(thing))
    except DocumentInvalid:
        return
    read_everywhere(objects)


@pytest.mark.parametrize(
    ("kind", "path", "junk", "expected"),
    [
        (CRD["kind"], ("spec", "versions"), 5, "spec.versions is no list"),
        (CRD["kind"], ("spec", "versions"), [5], "spec.versions[0] is no mapping"),
        (
            "CustomResourceDefinition",
            ("spec", "versions", 0, "name"),
            None,
            "spec.versions[0].name is missing",
        ),
        (CRD["kind"], ("spec",), None, "spec is missing"),
        (CRD["kind"], ("spec", "names"), "x", "spec.names is no mapping"),
        ("Service", ("metadata",), 5, "metadata is no mapping"),
        ("Service", ("metadata", "name"), 5, "metadata.name is no text"),
        ("Service", ("metadata", "annotations"), ["x"], "metadata.annotations is no mapping"),
        ("Service", ("spec",), [1], "spec is no mapping"),
        ("Deployment", ("spec", "template", "spec", "containers"), {"a": 1}, "containers is no list"),
        ("Widget", ("metadata", "labels"), {"a": 1}, "metadata.labels.a is no text"),
    ],
)
def test_an_odd_form_is_told_by_its_path(kind: str, path: tuple[Any, ...], junk: Any, expected: str) -> None:
    (thing,) = (each for each in OBJECTS if each["kind"] == kind)
    with pytest.raises(DocumentInvalid, match="manifest") as caught:
        read_formed(json.dumps(spoiled(thing, path, junk, gone=False)))
    assert expected in " ".join(each.problem for each in caught.value.faults)


def test_a_schema_of_a_definition_has_a_form_all_the_way_down() -> None:
    schema = {"properties": {"spec": {"items": {"additionalProperties": {"required": "x"}}}}}
    own: Any = CRD["spec"]
    spec = {**own, "versions": [{"name": "v1", "schema": {"openAPIV3Schema": schema}}]}
    with pytest.raises(DocumentInvalid, match="additionalProperties"):
        read_formed(json.dumps({**CRD, "spec": spec}))


def test_what_is_too_deep_is_told() -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = {"a": deep}
    with pytest.raises(DocumentInvalid, match="levels deep"):
        read_formed(json.dumps({"kind": "Widget", "apiVersion": "a.b/v1", "metadata": META, "spec": deep}))


def test_what_somebodys_own_kind_lacks_is_theirs() -> None:
    thing = {"kind": "RoleBinding", "apiVersion": "example.com/v1", "metadata": {"name": "a"}, "spec": "word"}
    assert read_formed(json.dumps(thing)) == (thing,)
