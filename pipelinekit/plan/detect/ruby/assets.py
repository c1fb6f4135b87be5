"""Node in the build of a Ruby program: what makes its assets."""

from __future__ import annotations

from dataclasses import replace

from pipelinekit.plan.detect.node import package as node
from pipelinekit.plan.detect.signs import Detected, Texts


def built(texts: Texts, found: Detected) -> Detected:
    """The same with Node and its packages, where a package.json names any or has scripts."""
    said = node.read(texts.get("package.json", ""))
    if not said.names and not said.scripts:
        return found
    manager, why = node.installer(texts, said)
    name = manager.partition("@")[0]
    locks = tuple(each for each, owner in node.LOCKS.items() if owner == name and each in texts)[:1]
    files = (*(found.dependencies or ()), "package.json", *locks)
    return replace(found, installer=manager, dependencies=files).because(
        f"package.json: Node for assets, {why}"
    )


def scripted(texts: Texts, found: Detected) -> Detected:
    """The same where no framework has the assets: the script `build` makes them, if there is one."""
    said = node.read(texts.get("package.json", ""))
    if "build" not in said.scripts or found.commands:
        return found
    found = built(texts, replace(found, commands=("npm run build",)))
    return found.because(f"build: {' '.join(said.scripts['build'].split())[:80]}")
