"""Nest's monorepos: several applications that one package.json installs for."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from pipelinekit.plan.detect.folders import below
from pipelinekit.plan.detect.node import ports
from pipelinekit.plan.detect.signs import Choice, Detected, Texts

FILE = "nest-cli.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,200}")
_BUILT = re.compile(r"dist/apps/([^/]+)/main\.js")


def choices(texts: Texts) -> tuple[Choice, ...]:
    """Its applications, each as what the build makes of it; none for a repository of one program."""
    return tuple(
        Choice(name=name, package=f"dist/apps/{name}/main.js", why=f"{root}: Nest's application {name}")
        for name, root in _applications(texts).items()
    )


def chosen(texts: Texts, found: Detected) -> Detected:
    """The same for one of them: it alone is built, and only its own source says where it listens."""
    built = _BUILT.fullmatch(found.package)
    root = _applications(texts).get(built[1], "") if built else ""
    if not root or not built:
        return found
    found = replace(found, command=(), commands=(f"npx nest build {built[1]}",)).because(
        f"{root}: nest build"
    )
    own = below(texts, root)
    text = "\n".join(text for path, text in own.items() if path.endswith("main.ts"))
    listens = ports.port(own, "src/main.ts")
    if listens:
        return replace(found, port=listens[0], server=True).because(f"{root}/{listens[1]}")
    if "createMicroservice(" in text and "NestFactory.create(" not in text:
        return replace(found, port=None, server=False).because(f"{root}: a microservice, without a port")
    return replace(found, port=None, asks_port=True).because(
        "it listens, on a port that the source does not show"
    )


def _applications(texts: Texts) -> dict[str, str]:
    """The names of its applications and their folders."""
    try:
        data = json.loads(texts.get(FILE, ""))
    except (ValueError, RecursionError):
        return {}
    projects = data.get("projects") if isinstance(data, dict) and data.get("monorepo") is True else None
    found: dict[str, str] = {}
    for name, each in projects.items() if isinstance(projects, dict) else ():
        root = each.get("root") if isinstance(each, dict) and each.get("type") == "application" else None
        entry = each.get("entryFile", "main") if isinstance(each, dict) else ""
        if isinstance(root, str) and _FOLDER.fullmatch(root) and _NAME.fullmatch(name) and entry == "main":
            found[name] = root
    return found
