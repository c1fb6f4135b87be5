"""Sites that are built to stand below a path: here their pages are at the top."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.signs import Texts, search

_PATH = r"[^\n,]{0,80}?[\"'](?:https?://[\w.:-]+)?(/[\w.-][\w./-]*)[\"']"
_SAID: tuple[tuple[str, str], ...] = (
    (r"(?:^|/)(?:vite|astro)\.config\.[cm]?[jt]s$", "base"),
    (r"(?:^|/)\.vitepress/config\.[cm]?[jt]s$", "base"),
    (r"(?:^|/)svelte\.config\.[cm]?[jt]s$", "base"),
    (r"(?:^|/)next\.config\.[cm]?[jt]s$", "basePath"),
    (r"(?:^|/)nuxt\.config\.[cm]?[jt]s$", "baseURL"),
    (r"(?:^|/)vue\.config\.[cm]?[jt]s$", "publicPath"),
    (r"(?:^|/)docusaurus\.config\.[cm]?[jt]s$", "baseUrl"),
    (r"(?:^|/)angular\.json$", r"\"(?:baseHref|deployUrl)\""),
)
"""Which file says it, and under which key."""
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
    for paths, key in _SAID:
        found = search(texts, paths, rf"(?<!\w){key}:{_PATH}") or _by_name(texts, paths, key)
        if found:
            return _sentence("its configuration", found[1])
    return ""


def _by_name(texts: Texts, paths: str, key: str) -> re.Match[str] | None:
    """The path of a constant that the key is given, or that is called as the key."""
    given = search(texts, paths, rf"(?<![\w.$]){key}(?::[^\S\n]*(?P<name>[A-Za-z_]\w*))?[^\S\n]*[,}}\n]")
    name = (given["name"] or key) if given else ""
    return search(texts, paths, rf"\b(?:const|let|var)\s+{name}\b[^=\n]{{0,40}}={_PATH}") if name else None


def _sentence(place: str, path: str) -> str:
    return f"{place} puts the pages below {path}, and here they are at /"
