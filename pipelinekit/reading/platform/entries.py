"""What is wrong with the components' entries in `platform.yaml`, beyond their shape."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.reading.document import faults
from pipelinekit.reading.document.source import Path, Source
from pipelinekit.reading.flows import check_reaches
from pipelinekit.reading.schema import SCHEMAS

_KEY = re.compile(r"components\[([0-9]+)\]\.([A-Za-z]+)")


def check(source: Source) -> None:
    """Add a fault for each entry that cannot be, and say of unknown keys where they are said."""
    _say_where(source)
    for index, each in enumerate(faults.items(source.data, "components")):
        check_reaches(source, each, ("components", index))
        if each.get("name") == "all":
            # `platform/all` in Jenkins is the job of all components, and no single one's.
            path: Path = ("components", index, "name")
            hint = "give the component's folder another name"
            source.fault(path, "component-name", "'all' means every component", hint)


def _say_where(source: Source) -> None:
    """Lead unknown keys to the component's own document where they are its: a namespace, a chart."""
    own = SCHEMAS["Component"]["properties"].keys()
    for at, fault in enumerate(source.faults):
        entry = _KEY.fullmatch(fault.path) if fault.code == "unknown-key" else None
        if entry is None or entry[2] not in own:
            continue
        name = faults.items(source.data, "components")[int(entry[1])].get("name")
        folder = f"platform-charts/{name if isinstance(name, str) else 'NAME'}"
        hint = f"it stands in the component's own document, {folder}/component.yaml"
        if entry[2] == "namespace":
            hint = (
                f"{folder}/component.yaml says it: policies, Secrets and callers go by that one. "
                f"For another, copy the folder that comes with pipelinekit to {folder} beside this document, "
                "and change it in all of it"
            )
        source.faults[at] = replace(fault, hint=hint)
