"""The route of a program's own that says whether it is well."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.signs import Detected, Texts, search

_ROUTE = re.compile(r"/(?:healthz|health|livez|ping|-/healthy)")
_PREFIX = re.compile(
    r"\b(?:url_prefix|prefix|root_path|application_root)\s*[=:]\s*[\"']/?\w[^\"'\n]*"
    r"|\.use\(\s*[\"']/\w[^\"'\n]*[\"'](?!\s*,\s*(?:\w+\.)?(?:static|serveStatic|serve_static)\b)"
    r"|\b(?:setGlobalPrefix|basePath|basepath)\(\s*[\"']/?\w[^\"'\n]*"
    r"|(?:\.|->)(?:Group|Route|Mount|PathPrefix|nest|group|mount|scope)\(\s*[\"']/\w[^\"'\n]*"
    r"|\.route\(\s*[\"']/\w[^\"'\n]*[\"']\s*,\s*(?!async\b|function\b)\w+\s*\)"
    r"|\bscope\(\s*\"/\w[^\"\n]*|\b(?:map|namespace|scope)\b\s*\(?\s*[\"']/\w[^\"'\n]*[\"'][^\n]*?\bdo\b"
    r"|@RequestMapping\(\s*(?:value\s*=\s*|path\s*=\s*)?\"/\w[^\"\n]*\"\s*\)\s*(?:\n[^\n]*){0,3}?\bclass\b"
    r"|^(?:server\.(?:servlet\.)?context-path|spring\.webflux\.base-path)\s*[=:]\s*/\w\S*"
    r"|\bcontext-path:[ \t]+[\"']?/\w\S*",
    re.MULTILINE,
)
"""How frameworks put routes below a path: blueprints, routers, groups, scopes, controllers and servlets."""
_TOP = re.compile(
    r"\b(?:app|application|server|fastify|http|mux|engine)\.\w+\(\s*(?:(?:\"[A-Z]+ )|[\"'])?$", re.IGNORECASE
)
"""What stands before a route that is no router's, but the program's."""


def with_health(texts: Texts, found: Detected) -> Detected:
    """The same with the route that its own sources have for it; a doubt where it may be below a path."""
    if found.health:
        return found
    # What begins with a character is found without a look at each place: few texts are left for the question.
    few = {path: text for path, text in texts.items() if _ROUTE.search(text)}
    match = search(few, "", rf"[\"'](?:GET )?({_ROUTE.pattern})[\"']")
    if not match:
        return found
    line = match.string[max(0, match.start() - 80) : match.start() + 1]
    prefix = "" if _TOP.search(line) else _first_prefix(texts)
    if prefix:
        return found.doubting(
            f"a route {match[1]}, and some routes are below {prefix}: say in run.health what is asked"
        )
    return replace(found, health=match[1]).because(f"a route {match[1]}: the health check")


def _first_prefix(texts: Texts) -> str:
    """The first path below which routes are put; empty without one."""
    found = next((found for text in texts.values() if (found := _PREFIX.search(text))), None)
    words = re.findall(r"(?<=[\"'\s=:/(])/?\w[\w/.-]*", found[0]) if found else []
    return next((each for each in words if each.startswith("/")), words[-1] if words else "")[:60]
