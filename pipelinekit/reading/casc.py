"""What configuration-as-code exports of a controller, as far as it counts: the trusted libraries."""

from __future__ import annotations

from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def trusted_libraries(text: str) -> frozenset[str]:
    """The names of the trusted global libraries; raises `ValueError` when the text is no such export."""
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("no YAML") from error
    if not isinstance(document, dict) or not {"jenkins", "unclassified"} & document.keys():
        raise ValueError("no export of configuration-as-code")
    libraries = _mapping(_mapping(document, "unclassified"), "globalLibraries").get("libraries")
    listed = libraries if isinstance(libraries, list) else ()
    return frozenset(str(each.get("name")) for each in listed if isinstance(each, dict))


def _mapping(data: dict[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}
