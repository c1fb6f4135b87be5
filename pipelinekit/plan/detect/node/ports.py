"""The port of a Node server: only what the server's own source says counts."""

from __future__ import annotations

import posixpath
import re

from pipelinekit.plan.detect.evidence import listens
from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.signs import Texts

_SOURCE = re.compile(r"\.([cm]?[jt]s|[jt]sx)$")
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
        r"\.listen\(\s*\{[^}]{0,80}?port:\s*(\d{2,5})\b",
        r"\b(?:PORT|port)\b\s*(?::\s*number\s*)?=\s*[\"']?(\d{2,5})\b",
    )
)
_DIGITS = re.compile(r"\d\d")
_ANSWERS = re.compile(r"\.listen\(|createServer\(|Bun\.serve\(|\bserve\(|fastify\(|express\(")
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
        "@feathersjs/express",
    )
)


def sources(texts: Texts) -> list[str]:
    """The paths of what may be the server's source, the shallowest first."""
    ours = [path for path in texts if _SOURCE.search(path) and not _NOT_THE_SERVER.search(path)]
    return sorted(ours, key=lambda path: (path.count("/"), path))


def port(texts: Texts, program: str) -> tuple[int, str] | None:
    """A port and why it is that; the program's own file before others."""
    stem = re.sub(r"^(dist|build|lib|out)/(src/)?", "src/", program)
    own = [path for path in (program, posixpath.splitext(stem)[0] + ".ts") if path in texts]
    for path in (*own, *sources(texts)):
        # Most files have no number that could be a port.
        if not _DIGITS.search(texts[path]):
            continue
        for pattern in _PATTERNS:
            found = listens(pattern, (texts[path],))
            if found:
                told = "the variable PORT, else " if "env" in found[0] else ""
                return int(found[1]), f"{path}: {told}port {found[1]}"
    return None


def serves(texts: Texts, package: Package) -> bool:
    """Whether anything says that it answers requests."""
    return bool(_SERVERS & set(package.needed)) or any(
        _ANSWERS.search(texts[each]) for each in sources(texts)
    )


_LOCAL = re.compile(r"\.listen\(\s*[^()\n]{0,60}[\"'](?:localhost|127\.0\.0\.1)[\"']")
_EVERYWHERE = re.compile(r"[\"'](?:0\.0\.0\.0|::)[\"']|\bHOST\b")


def local(texts: Texts, package: Package) -> str:
    """Why nobody outside of its pod may reach it; empty where nothing says that."""
    ours = sources(texts)
    for path in ours:
        if _LOCAL.search(texts[path]):
            return f"{path}: it listens on localhost only: in a pod nobody reaches that"
    # Fastify's default is localhost, and the others' all addresses.
    if "fastify" in package.needed and not any(_EVERYWHERE.search(texts[each]) for each in ours):
        return "Fastify listens on localhost unless listen has a host: in a pod nobody reaches that"
    return ""
