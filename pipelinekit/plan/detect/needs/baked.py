"""Variables that a build writes into the pages: what a pod is given comes too late for them."""

from __future__ import annotations

import posixpath
import re

from pipelinekit.plan.detect.secret import MOST
from pipelinekit.plan.detect.signs import Detected, Texts
from pipelinekit.plan.detect.sought import Sought

_FILES = (".env.example", ".env.dist")
_GIVEN = (".env", ".env.production")
"""What a build reads, where somebody keeps that with the source."""
_PREFIXES = r"(?:NEXT_PUBLIC|VITE|VUE_APP|REACT_APP|GATSBY|PUBLIC)_"
_NAMES = re.compile(rf"^(?:export[ \t]+)?({_PREFIXES}[A-Z0-9_]{{1,80}})=", re.MULTILINE)
_READS = Sought(
    ("env.", rf"env\.(?!PUBLIC_URL\b)({_PREFIXES}[A-Z0-9_]{{1,80}})\b(?!\s*(?:\|\||\?\?))"),
)
"""Without a default; the one that is left out is Create React App's own."""
_SOURCE = re.compile(r"\.(?:[cm]?[jt]s|[jt]sx)$")
_ASIDE = re.compile(
    r"(^|/)(tests?|__tests__|e2e|cypress|examples?|docs|scripts)/|\.(?:test|spec|stories|config|d)\.\w+$"
)


def marked(found: Detected, texts: Texts) -> Detected:
    """The same; where an example of its settings names such variables, or its source reads some, with a
    doubt."""
    if found.language != "node" or found.keeps_dockerfile or found.choices:
        return found
    paths = sorted(texts, key=lambda each: (each.count("/"), each))
    for path in paths:
        names = _NAMES.findall(texts[path]) if posixpath.basename(path) in _FILES else []
        if names:
            return _told(found, f"{path} names", names)
    if any(posixpath.basename(each) in _GIVEN for each in paths):
        return found
    read: dict[str, str] = {}
    for path in paths:
        if _READS.may_be_in(texts[path]) and _SOURCE.search(path) and not _ASIDE.search(path):
            for each in _READS.finditer(texts[path]):
                read.setdefault(each[1], path)
    return _told(found, f"{next(iter(read.values()))} reads", [*read]) if read else found


def _told(found: Detected, who: str, names: list[str]) -> Detected:
    each = list(dict.fromkeys(names))
    more = f" and {len(each) - MOST} more" if len(each) > MOST else ""
    listed = " ".join(each[:MOST]) + more
    return found.doubting(f"{who} {listed}, which the build writes into the pages: build.args")
