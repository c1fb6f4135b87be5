"""Maven: what the project file at the top builds, and on which Java."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from pipelinekit.plan.detect.compiled.jvm import program, uncommented, versioned
from pipelinekit.plan.detect.signs import Detected, Texts


def look(texts: Texts) -> Detected | None:
    """A Maven project, or None."""
    if "pom.xml" not in texts:
        return None
    found = Detected(language="java-maven", evidence=("pom.xml: Java with Maven",))
    poms = _projects(texts)
    whole = "\n".join(poms.values())
    version = _version(whole)
    found = versioned(found, version, "pom.xml")
    modules = sorted(folder for folder in poms if folder)
    if modules:
        # Each module has a project file of its own: no single one names the dependencies.
        found = replace(found, dependencies=()).because(f"modules {', '.join(modules)}, with their parent")
    return program(found, texts, list(poms))


def _projects(texts: Texts) -> dict[str, str]:
    """The text of each `pom.xml` that the one at the top builds, by its folder; comments left out."""
    found: dict[str, str] = {}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        text = texts.get(posixpath.join(folder, "pom.xml"))
        if text is None or folder in found:
            continue
        found[folder] = uncommented(text)
        named = re.findall(r"<module>\s*([^<\s]+)\s*</module>", found[folder])
        waiting += [posixpath.normpath(posixpath.join(folder, each)) for each in named]
    return {folder: found[folder] for folder in sorted(found)}


def _version(pom: str) -> str:
    names = ("maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source")
    for name in names:
        match = re.search(rf"<{re.escape(name)}>\s*(?:1\.)?(\d+)\s*<", pom)
        if match:
            return match[1]
    return match[1] if (match := re.search(r"<(?:release|target|source)>\s*(?:1\.)?(\d+)\s*<", pom)) else ""
