"""Node: a server, or a site that is built."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.plan.detect.signs import Detected, Texts, search, with_port


def look(texts: Texts) -> Detected | None:
    """A Node program, or None."""
    if "package.json" not in texts:
        return None
    package = _package(texts["package.json"])
    locks = [each for each in ("package-lock.json", "yarn.lock", "pnpm-lock.yaml") if each in texts]
    found = Detected(
        language="node",
        dependencies=("package.json", *locks[:1]),
        evidence=(
            "package.json: Node",
            f"{locks[0]}: who installs" if locks else "no lock file: npm install",
        ),
    )
    version = re.search(r"(\d+)", str(package.get("engines", {}).get("node", "")) or texts.get(".nvmrc", ""))
    if version:
        found = replace(found, version=version[1]).because(f"Node {version[1]} is asked for")
    names = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    found = replace(found, test=_node_tests(package, names))
    if "vite" in names:
        return replace(found, package="dist", port=8080, health="/healthz").because(
            "vite: a site that is built into dist/"
        )
    main = _node_main(texts, package)
    if main:
        found = replace(found, package=main).because(f"{main}: the program")
    port = search(texts, r"\.([cm]?js|ts)$", r"(?:listen\(\s*|PORT\s*(?:\?\?|\|\|)\s*[\"']?)(\d{2,5})")
    return with_port(found, port)


def _package(text: str) -> dict[str, Any]:
    """What package.json says; nothing in the place of what has not the form that npm wants."""
    try:
        package = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(package, dict):
        return {}
    mappings = ("engines", "dependencies", "devDependencies", "scripts")
    return package | {each: {} for each in mappings if not isinstance(package.get(each, {}), dict)}


def _node_main(texts: Texts, package: Mapping[str, Any]) -> str:
    start = re.search(r"\bnode\s+(\S+\.[cm]?js)\b", str(package.get("scripts", {}).get("start", "")))
    candidates = (
        start[1] if start else "",
        str(package.get("main", "")),
        "server.js",
        "index.js",
        "src/index.js",
        "app.js",
    )
    return next(
        (posixpath.normpath(each) for each in candidates if each and posixpath.normpath(each) in texts), ""
    )


NODE_TESTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "vitest",
        (
            "npx",
            "vitest",
            "run",
            "--reporter=default",
            "--reporter=junit",
            "--outputFile.junit=/reports/vitest.xml",
        ),
    ),
    ("mocha", ("npx", "mocha", "--reporter", "xunit", "--reporter-option", "output=/reports/mocha.xml")),
    ("jest", ("npx", "jest", "--ci")),
)


def _node_tests(package: Mapping[str, Any], names: Mapping[str, Any]) -> tuple[str, ...]:
    for name, command in NODE_TESTS:
        if name in names:
            return command
    script = str(package.get("scripts", {}).get("test", ""))
    return () if not script or "node --test" in script else ("npm", "test")
