"""Documents to read: texts with marks where a fault should be, and data written as YAML."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

PLATFORM = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: nexus.example.com}
charts: {repository: "oci://nexus.example.com/charts"}
clusters: [{name: c}]
"""
"""What a platform.yaml begins with; its environments are still to come."""
MARK = "«"
"""Stands in a text just before what a fault should point at."""


def unmarked(text: str) -> tuple[str, list[str]]:
    """The text without its marks, and `line:column` of each."""
    places = []
    before, *rest = text.split(MARK)
    for part in rest:
        places.append(f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}")
        before += part
    return before, places


def dump(data: Any, *, flow: bool = False) -> str:
    """`data` as YAML in ASCII, every text in double quotes: nothing in it can be taken for anything else.

    In flow style it is JSON, but for characters above U+FFFF, which YAML escapes in one piece.
    """
    if flow:
        text = json.dumps(data, ensure_ascii=False)
        return re.sub(r"[^ -~]", lambda found: f"\\U{ord(found[0]):08x}", text) + "\n"
    return yaml.dump(data, Dumper=_Quoting, allow_unicode=False, sort_keys=False, width=10_000)


class _Quoting(yaml.SafeDumper):
    def ignore_aliases(self, _: Any) -> bool:
        return True


_Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
