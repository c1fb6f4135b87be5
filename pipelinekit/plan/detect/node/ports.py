"""The port of a Node server: only what the server's own source says counts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from pipelinekit.plan.detect.evidence import listens
from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.signs import Texts
from pipelinekit.plan.detect.sought import Sought

_ENDINGS = (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".jsx", ".tsx")
_NOT_THE_SERVER = re.compile(
    r"(^|/)(tests?|__tests__|spec|e2e|cypress|client|frontend|scripts|examples?|docs|fixtures|mocks?|benchmarks?)/"
    r"|\.(test|spec|config|d)\.[cm]?[jt]sx?$|(^|/)client\.[cm]?[jt]s$"
)
_DEFAULT = r"(?:\|\||\?\?|,|:)\s*[\"']?(\d{2,5})\b"
_PATTERNS = tuple(
    re.compile(each)
    for each in (
        rf"process\.env\.\w*PORT\w*\)?[^\n;]{{0,40}}?{_DEFAULT}",
        rf"process\.env\[[\"']\w*PORT\w*[\"']\][^\n;]{{0,40}}?{_DEFAULT}",
        r"\.listen\(\s*(\d{2,5})\b",
        r"(?:\.listen\(|\bserve\(|\blisten:|\bWebSocket\.?Server\()\s*\{[^}]{0,80}?port:\s*(\d{2,5})\b",
        r"\b(?:PORT|port)\b\s*(?::\s*number\s*)?=\s*[\"']?(\d{2,5})\b",
    )
)
_VARIABLE = re.compile(r"env(?:\.|\[[\"'])(\w*PORT\w*)")
_SAID = re.compile(r"port\s*[:=]")
_ANSWERS = Sought(
    (".listen(", r"\.listen\("),
    ("createServer(", r"createServer\("),
    ("Bun.serve(", r"Bun\.serve\("),
    ("serve(", r"\bserve\("),
    ("fastify(", r"fastify\("),
    ("express(", r"express\("),
    ("Server(", r"\bWebSocket\.?Server\("),
    ("startStandaloneServer(", r"startStandaloneServer\("),
)
_SERVERS = frozenset(
    (
        "express",
        "fastify",
        "koa",
        "@hapi/hapi",
        "@nestjs/core",
        "hono",
        "restify",
        "polka",
        "@apollo/server",
        "@feathersjs/express",
    )
)


def sources(texts: Texts, has: Callable[[str], object] = bool) -> list[str]:
    """The paths of what may be the server's source and `has` something in its text, the shallowest first."""
    ours = [
        path
        for path, text in texts.items()
        if path.endswith(_ENDINGS) and has(text) and not _NOT_THE_SERVER.search(path)
    ]
    return sorted(ours, key=lambda path: (path.count("/"), path))


def port(texts: Texts, program: str) -> tuple[int, str] | None:
    """A port and why it is that; the program's own file before others."""
    stem = re.sub(r"^(dist|build|lib|out)/(src/)?", "src/", program)
    own = [path for path in ("bin/www", program, posixpath.splitext(stem)[0] + ".ts") if path in texts]
    for path in (*own, *sources(texts, _may_say)):
        for pattern in _PATTERNS:
            found = listens(pattern, (texts[path],))
            if found:
                named = _VARIABLE.search(found[0])
                told = f"the variable {named[1]}, else " if named else ""
                return int(found[1]), f"{path}: {told}port {found[1]}"
    return None


def _may_say(text: str) -> bool:
    """Whether a pattern could match: most files have none of what each of them needs."""
    return ".listen(" in text or "PORT" in text or _SAID.search(text) is not None


def serves(texts: Texts, package: Package) -> bool:
    """Whether anything says that it answers requests."""
    return bool(_SERVERS & set(package.needed)) or any(
        _ANSWERS.search(texts[each]) for each in sources(texts)
    )


_LOCAL = re.compile(r"\.listen\(\s*[^()\n]{0,60}[\"'](?:localhost|127\.0\.0\.1)[\"']")
_EVERYWHERE = Sought(
    ("0.0.0.0", r"[\"']0\.0\.0\.0[\"']"),  # noqa: S104 - what it listens on, not what we do
    ("::", r"[\"']::[\"']"),
    ("HOST", r"\bHOST\b"),
)


def local(texts: Texts, package: Package) -> str:
    """Why nobody outside of its pod may reach it; empty where nothing says that."""
    for path in sources(texts, _LOCAL.search):
        return f"{path}: it listens on localhost only: in a pod nobody reaches that"
    # Fastify's default is localhost, and the others' all addresses.
    if "fastify" in package.needed and not sources(texts, _EVERYWHERE.search):
        return "Fastify listens on localhost unless listen has a host: in a pod nobody reaches that"
    return ""
