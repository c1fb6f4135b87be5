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


def own(texts: Texts, found: Detected) -> Texts:
    """The files of its application, of the libraries that it imports, and of no other project; empty where
    it is none of Nest's."""
    built = _BUILT.fullmatch(found.package)
    root = _applications(texts).get(built[1], "") if built else ""
    if not root:
        return {}
    libraries = _libraries(texts)
    taken, waiting = {root}, [root]
    while waiting:
        said = "\n".join(below(texts, waiting.pop()).values())
        for folder, names in libraries.items():
            if folder not in taken and any(re.search(rf"[\"']{each}[\"'/]", said) for each in names):
                taken.add(folder)
                waiting.append(folder)
    prefixes = tuple(f"{each}/" for each in taken)
    others = tuple(f"{each}/" for each in {*_applications(texts).values(), *libraries} - taken)
    return {
        path: text for path, text in texts.items() if path.startswith(prefixes) or not path.startswith(others)
    }


def _libraries(texts: Texts) -> dict[str, list[str]]:
    """The folders of its libraries, and patterns of the names by which sources import each."""
    paths = re.findall(
        r"\"([@\w./-]+?)(?:/\*)?\"\s*:\s*\[\s*\"(?:\./)?([\w./-]+)", texts.get("tsconfig.json", "")
    )
    return {
        root: [
            *(re.escape(name) for name, path in paths if path == root or path.startswith(f"{root}/")),
            rf"(?:\.\./)+{re.escape(root)}",
        ]
        for root in _projects(texts, "library", "index").values()
    }


def _applications(texts: Texts) -> dict[str, str]:
    """The names of its applications and their folders."""
    return _projects(texts, "application", "main")


def _projects(texts: Texts, kind: str, usual: str) -> dict[str, str]:
    """The names and folders of its projects of a kind that begin in the usual file."""
    try:
        data = json.loads(texts.get(FILE, ""))
    except (ValueError, RecursionError):
        return {}
    projects = data.get("projects") if isinstance(data, dict) and data.get("monorepo") is True else None
    found: dict[str, str] = {}
    for name, each in projects.items() if isinstance(projects, dict) else ():
        root = each.get("root") if isinstance(each, dict) and each.get("type") == kind else None
        entry = each.get("entryFile", usual) if isinstance(each, dict) else ""
        if isinstance(root, str) and _FOLDER.fullmatch(root) and _NAME.fullmatch(name) and entry == usual:
            found[name] = root
    return found
