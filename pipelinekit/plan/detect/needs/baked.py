"""Variables that a build writes into the pages: what a pod is given comes too late for them."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.secret import MOST
from pipelinekit.plan.detect.signs import Detected, Texts

_FILES = (".env.example", ".env.dist")
_NAMES = re.compile(
    r"^(?:export[ \t]+)?((?:NEXT_PUBLIC|VITE|VUE_APP|REACT_APP|GATSBY|PUBLIC)_[A-Z0-9_]{1,80})=", re.MULTILINE
)


def marked(found: Detected, texts: Texts) -> Detected:
    """The same; where an example of its settings names such variables, with a doubt."""
    if found.language != "node" or found.keeps_dockerfile or found.choices:
        return found
    for file in _FILES:
        names = list(dict.fromkeys(_NAMES.findall(texts.get(file, ""))))
        if names:
            more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
            listed = " ".join(names[:MOST]) + more
            return found.doubting(f"{file} names {listed}, which the build writes into the pages: build.args")
    return found
