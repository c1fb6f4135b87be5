"""Sites that are built to stand below a path: here their pages are at the top."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.signs import Texts, search

_PATH = r"[^\n,]{0,80}?[\"'](?:https?://[\w.:-]+)?(/[\w.-][\w./-]*)[\"']"
_SAID: tuple[tuple[str, str], ...] = (
    (r"(?:^|/)(?:vite|astro)\.config\.[cm]?[jt]s$", rf"\bbase:{_PATH}"),
    (r"(?:^|/)\.vitepress/config\.[cm]?[jt]s$", rf"\bbase:{_PATH}"),
    (r"(?:^|/)svelte\.config\.[cm]?[jt]s$", rf"\bbase:{_PATH}"),
    (r"(?:^|/)next\.config\.[cm]?[jt]s$", rf"\bbasePath:{_PATH}"),
    (r"(?:^|/)nuxt\.config\.[cm]?[jt]s$", rf"\bbaseURL:{_PATH}"),
    (r"(?:^|/)vue\.config\.[cm]?[jt]s$", rf"\bpublicPath:{_PATH}"),
    (r"(?:^|/)docusaurus\.config\.[cm]?[jt]s$", rf"\bbaseUrl:{_PATH}"),
    (r"(?:^|/)angular\.json$", rf"\"(?:baseHref|deployUrl)\":{_PATH}"),
)
_FLAG = re.compile(r"--(?:base|base-href|public-path|public-url)[ =][\"']?(/[\w.-][\w./-]*)")
_HOMEPAGE = re.compile(r"\"homepage\":\s*\"(?:https?://[\w.:-]+)?(/[\w.-][\w./-]*)\"")


def doubt(texts: Texts, package: Package) -> str:
    """Where its pages look for each other, in the words of a mark; empty where that is the top."""
    flag = _FLAG.search(package.scripts.get("build", ""))
    if flag:
        return _sentence("package.json: build", flag[1])
    if "react-scripts" in package.names:
        said = _HOMEPAGE.search(texts.get("package.json", ""))
        return _sentence("package.json: homepage", said[1]) if said else ""
    for paths, pattern in _SAID:
        found = search(texts, paths, pattern)
        if found:
            return _sentence("its configuration", found[1])
    return ""


def _sentence(place: str, path: str) -> str:
    return f"{place} puts the pages below {path}, and here they are at /"
