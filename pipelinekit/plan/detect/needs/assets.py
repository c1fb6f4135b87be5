"""Assets that Node makes for a program of another language, in whose image there is no Node."""

from __future__ import annotations

import re

from pipelinekit.plan.detect.node import package as node
from pipelinekit.plan.detect.signs import Detected, Texts

_LANGUAGES = frozenset(("python", "go", "rust", "dotnet", "java-maven", "java-gradle"))
_NODE_ITSELF = re.compile(
    r"frontend-maven-plugin|node-gradle|com\.github\.node|npm[^\n]{0,20}\binstall\b|<SpaRoot>"
    r"|\bnpm (?:ci|run)\b"
)
_ASIDE = re.compile(
    r"\b(?:vuepress|vitepress|docusaurus|storybook|mkdocs|typedoc|semantic-release|changesets?)\b"
)


def marked(found: Detected, texts: Texts) -> Detected:
    """The same; with a doubt where package.json has a script that makes something and nothing runs it."""
    if found.language not in _LANGUAGES or found.keeps_dockerfile or found.choices:
        return found
    script = " ".join(node.read(texts.get("package.json", "")).scripts.get("build", "").split())
    builds = (texts.get(each, "") for each in _BUILDS if each in texts)
    if not script or _ASIDE.search(script) or any(_NODE_ITSELF.search(each) for each in builds):
        return found
    return found.doubting(
        f"package.json: build ({script[:80]}) needs Node, which this image has not: "
        "if the program serves what it makes, build it before, or keep a Dockerfile of your own"
    )


_BUILDS = ("pom.xml", "build.gradle", "build.gradle.kts", "build.rs")
