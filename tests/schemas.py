"""Where a field stands in the schemas, and what it takes."""

from __future__ import annotations

import re
from typing import Any

from pipelinekit.reading.schema import SCHEMAS, Schema


def field(kind: str, *names: str) -> Schema:
    found: Any = SCHEMAS[kind]
    for name in names:
        found = (
            found["properties"][name] if name != "*" else found.get("items") or found["additionalProperties"]
        )
        if "$ref" in found:
            found = SCHEMAS[kind]["$defs"][found["$ref"].removeprefix("#/$defs/")]
    return dict(found)


def accepts(schema: Schema, text: str) -> bool:
    return re.search(re.sub(r"\$\Z", r"\\Z", schema["pattern"]), text) is not None
