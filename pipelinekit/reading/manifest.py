"""The manifest that Helm has rendered: YAML documents, each of them an object of Kubernetes."""

from __future__ import annotations

from typing import Any

import yaml

from pipelinekit.errors import DocumentInvalid, Fault, Place

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Plain(_Loader):  # type: ignore[misc,valid-type]
    """Kubernetes knows no times in YAML: what looks like one is a text."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def read_manifest(text: str) -> tuple[dict[str, Any], ...]:
    """The objects in it, in order; raises `DocumentInvalid` for what is no manifest."""
    try:
        documents = list(yaml.load_all(text, Loader=_Plain))
    except (yaml.YAMLError, ValueError, LookupError) as error:
        problem = f"it cannot be read: {str(error).splitlines()[0]}"
        raise DocumentInvalid(Fault("manifest-invalid", problem, Place("manifest"))) from error
    return tuple(each for each in documents if isinstance(each, dict) and each.get("kind"))
