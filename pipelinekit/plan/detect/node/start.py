"""How a Node program is started: what its scripts say, followed to the program."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from pipelinekit.plan.detect.node.package import Package, inside
from pipelinekit.plan.detect.signs import Texts
from pipelinekit.records import dataclass

_RUNS = re.compile(r"^(?:npm|pnpm|yarn|bun)\s+(?:run\s+|run-script\s+)?([\w:.-]+)\s*$")
_SET = re.compile(r"^(?:(?:cross-env\s+)?NODE_ENV=production\s+)")
_SHELL = re.compile(r"[&|;<>$`*?(){}]|^\w+=")
_FILE = re.compile(r"\.([cm]?js)$")
# They watch, compile on the way or serve to a workplace only.
_WATCHERS = {"nodemon", "ts-node-dev", "tsnd", "node-dev", "supervisor"}
_FOR_WORKPLACES = re.compile(
    r"^(?:npx\s+(?:-y\s+|--yes\s+)?)?(vite(\s|$)(?!preview)|react-scripts\s+start|next\s+dev|nuxi?\s+dev|nuxt\s*$|ng\s+serve|webpack(-dev-server|\s+serve)"
    r"|astro\s+dev|gatsby\s+develop|vue-cli-service\s+serve|parcel|nest\s+start|remix\s+dev|react-router\s+dev|concurrently"
    r"|(?:@11ty/)?eleventy\b|docusaurus\s+start|hexo\s+server|hugo\s+server|vuepress\s+dev|vitepress\s+dev|strapi\s+develop)"
)
CANDIDATES = (
    *("server.js", "index.js", "app.js", "main.js", "src/server.js", "src/index.js", "src/app.js"),
    *("src/main.js", "server.mjs", "index.mjs", "bin/www"),
)


@dataclass(frozen=True, slots=True)
class Start:
    """`package` is a program of Node's own, `command` anything else; both empty when nothing is known."""

    package: str = ""
    command: tuple[str, ...] = ()
    reason: str = ""
    scripted: bool = False
    """Whether a script says so, not a file's name."""


def start(texts: Texts, package: Package) -> Start:
    """What runs in production: a script for that, `start`, `main`, or a file of a usual name."""
    for name in ("start:prod", "start:production", "start", "serve:prod"):
        script = followed(package.scripts, package.scripts.get(name, ""))
        if script and not _FOR_WORKPLACES.match(script):
            return _of(script, name)
    if package.main and not package.main.endswith((".ts", ".d.ts")):
        for path in (package.main, f"{package.main}.js", f"{package.main}/index.js"):
            if inside(path) in texts:
                return Start(package=inside(path), reason=f"{inside(path)}: the program, as main says")
        if "build" in package.scripts and _FILE.search(package.main):
            return Start(package=inside(package.main), reason="main: a program that the build makes")
    found = next((each for each in CANDIDATES if each in texts), "")
    if found and not _FILE.search(found):
        return Start(command=("node", found), reason=f"{found}: the program")
    return Start(package=found, reason=f"{found}: the program" if found else "")


def followed(scripts: Mapping[str, str], script: str) -> str:
    """A script, or the one that it calls by name and nothing else."""
    for _ in range(5):
        called = _RUNS.match(script.strip())
        name = called[1] if called else ""
        if not called or name not in scripts:
            break
        script = scripts[name]
    return script.strip()


def _of(script: str, name: str) -> Start:
    reason = f"{name}: {' '.join(script.split())[:80]}"
    bare = _SET.sub("", script)
    try:
        words = shlex.split(bare)
    except ValueError:
        words = []
    if not words or _SHELL.search(bare):
        return Start(command=("sh", "-c", script), reason=reason, scripted=True)
    if words[0] in _WATCHERS and len(words) > 1:
        words = ["node", *(each for each in words[1:] if not each.startswith("-"))]
    if words[0] == "npx":
        words = [each for each in words[1:] if each not in {"--yes", "-y", "--no-install"}]
    if len(words) == 2 and words[0] == "node" and _FILE.search(words[1]) and _plain(words[1]):
        return Start(package=inside(words[1]), reason=reason, scripted=True)
    return Start(command=tuple(words), reason=reason, scripted=True)


def _plain(path: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9._@+/-]+", path)) and not inside(path).startswith(("..", "/"))
