"""The form of rendered objects, as far as it is read here: Helm renders what no API server takes.

A form is a type, several of them, a list with the form of its entries, or a mapping with that of its keys;
the key `*` stands for all others, and one with `!` at its end has to be there. What is null is not said.
Source: the API reference of Kubernetes 1.34, and its `JSONSchemaProps`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.reading.chart.manifest import read_manifest

Form = Any

DEEPEST = 100
"""Levels of an object."""
_ANY: Form = object
_NUMBER = (int, float)
_META: Form = {"name": str, "namespace": str, "labels": {"*": str}, "annotations": {"*": str}}
_REFERENCE: Form = {"name": str, "key": str, "optional": bool}
_CONTAINER: Form = {
    "name": str,
    "image": str,
    "env": [{"name": str, "valueFrom": {"secretKeyRef": _REFERENCE, "configMapKeyRef": _REFERENCE}}],
    "envFrom": [{"secretRef": _REFERENCE, "configMapRef": _REFERENCE}],
    "ports": [{"name": str, "containerPort": int, "protocol": str}],
    "volumeMounts": [{}],
    "resources": {"requests": {}, "limits": {}},
}
_SECRET: Form = {"secretName": str, "name": str, "optional": bool, "items": [{"key": str}]}
_POD: Form = {
    "metadata": _META,
    "spec": {
        "containers": [_CONTAINER],
        "initContainers": [_CONTAINER],
        "volumes": [{"name": str, "secret": _SECRET, "projected": {"sources": [{"secret": _SECRET}]}}],
        "imagePullSecrets": [{"name": str}],
        "serviceAccountName": str,
    },
}
_CLAIM: Form = {
    "metadata": _META,
    "spec": {
        "storageClassName": str,
        "accessModes": [str],
        "resources": {"requests": {"storage": (str, int, float)}},
    },
}
_WORKLOAD: Form = {"template": _POD, "replicas": int, "selector": {"matchLabels": {"*": str}}}
_RULES: Form = {"rules": [{}]}
_BINDING: Form = {"roleRef!": {"kind!": str, "name!": str}}
_SCHEMA: dict[str, Form] = {
    "type": str,
    "nullable": bool,
    "required": [str],
    "enum": [_ANY],
    "minimum": _NUMBER,
    "maximum": _NUMBER,
    "maxLength": int,
    "minItems": int,
}
_SCHEMA |= {
    "properties": {"*": _SCHEMA},
    "items": _SCHEMA,
    "additionalProperties": (bool, _SCHEMA),
}
_VERSION: Form = {"name!": str, "served": bool, "storage": bool, "schema": {"openAPIV3Schema": _SCHEMA}}
_FORMS: Mapping[str, Form] = {
    "Deployment": {"spec": _WORKLOAD},
    "ReplicaSet": {"spec": _WORKLOAD},
    "DaemonSet": {"spec": _WORKLOAD | {"updateStrategy": {"type": str}}},
    "StatefulSet": {
        "spec": _WORKLOAD | {"updateStrategy": {"type": str}, "volumeClaimTemplates": [_CLAIM]},
    },
    "Job": {"spec": {"template": _POD, "suspend": bool}},
    "CronJob": {"spec": {"jobTemplate": {"spec": {"template": _POD}}}},
    "Pod": _POD,
    "Service": {"spec": {"clusterIP": str, "ports": [{"port": int, "name": str, "appProtocol": str}]}},
    "PersistentVolumeClaim": _CLAIM,
    "Secret": {"type": str, "data": {}, "stringData": {}},
    "ConfigMap": {"data": {}, "binaryData": {}},
    "Role": _RULES,
    "ClusterRole": _RULES,
    "RoleBinding": _BINDING,
    "ClusterRoleBinding": _BINDING,
    "CustomResourceDefinition": {
        "spec!": {"group!": str, "scope": str, "names!": {"kind!": str}, "versions": [_VERSION]}
    },
}
"""By kind; another group's kind of such a name is no less of that form, as far as it has these keys."""


def read_formed(text: str, origin: str = "manifest") -> tuple[dict[str, Any], ...]:
    """`read_manifest` of what was rendered: each object has a name, and the form of its kind.

    Raises `DocumentInvalid` as that does, and with all that no API server would take of a form.
    """
    objects = read_manifest(text, origin)
    hint = "mend what renders it: no API server takes such an object"
    faults = [
        Fault("manifest-invalid", f"{_title(each)}: {problem}", Place(origin), hint=hint)
        for each in objects
        for problem in _problems(each)
    ]
    if faults:
        raise DocumentInvalid(*faults)
    return objects


def _title(each: Mapping[str, Any]) -> str:
    about = each.get("metadata")
    name = about.get("name") if isinstance(about, Mapping) else None
    return f"{each['kind']}/{name}" if isinstance(name, str) else f"a {each['kind']}"


def _problems(each: Mapping[str, Any]) -> Iterator[str]:
    if _too_deep(each):
        yield f"it is nested more than {DEEPEST} levels deep"
        return
    head: Form = {"kind": str, "apiVersion": str, "metadata!": _META | {"name!": str}}
    yield from _against(each, head, "", strict=True)
    form = _FORMS.get(each["kind"]) if isinstance(each["kind"], str) else None
    own = is_kubernetes(each)
    if form is not None:
        yield from _against(each, form, "", strict=own)
    elif own:
        yield from _against(each, {"spec": {}}, "", strict=True)


def is_kubernetes(each: Mapping[str, Any]) -> bool:
    """Whether an object is of a group of Kubernetes' own."""
    group = str(each.get("apiVersion", "")).rpartition("/")[0]
    return "." not in group or group.endswith(".k8s.io")


def _too_deep(value: Any) -> bool:
    level: Sequence[Any] = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Sequence[Any]:
    found = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [each for each in found if isinstance(each, Mapping | list)]


def _against(value: Any, form: Form, path: str, *, strict: bool) -> Iterator[str]:
    """What a value is not; `strict` says that what has to be there is asked for."""
    if isinstance(form, tuple):
        if not any(not tuple(_against(value, each, path, strict=strict)) for each in form):
            yield f"{path} is {_words(form)}"
    elif isinstance(form, list):
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        for index, each in enumerate(value):
            # A null among texts is an empty one; among mappings it is none.
            if each is not None or isinstance(form[0], Mapping):
                yield from _against(each, form[0], f"{path}[{index}]", strict=strict)
    elif isinstance(form, Mapping):
        yield from _keys(value, form, path, strict=strict)
    elif form is not _ANY and not _is(value, form):
        yield f"{path} is no {_NAMES[form]}"


def _keys(value: Any, form: Mapping[str, Form], path: str, *, strict: bool) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path} is no mapping"
        return
    for name, inner in form.items():
        key, needed = name.removesuffix("!"), name.endswith("!")
        at = f"{path}.{key}".lstrip(".")
        if key == "*":
            for other, each in value.items():
                if each is not None:
                    yield from _against(each, inner, f"{path}.{other}", strict=strict)
        elif value.get(key) is not None:
            yield from _against(value[key], inner, at, strict=strict)
        elif needed and strict:
            yield f"{at} is missing"


_NAMES = {str: "text", int: "whole number", float: "number", bool: "truth value"}


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _words(form: tuple[Form, ...]) -> str:
    names = ["mapping" if isinstance(each, Mapping) else _NAMES[each] for each in form]
    return f"neither {' nor '.join(names)}"
