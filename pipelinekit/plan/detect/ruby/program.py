"""What of a Ruby source runs, by which server, and where it listens."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.beside import alone
from pipelinekit.plan.detect.evidence import listens, number
from pipelinekit.plan.detect.ruby import assets, rails
from pipelinekit.plan.detect.ruby.gems import Gems
from pipelinekit.plan.detect.signs import UNSERVED, Detected, Texts

RACK, SINATRA = 9292, 4567
_NGINX = "nginxinc/nginx-unprivileged:stable"
_SITES = {
    "jekyll": ("JEKYLL_ENV=production bundle exec jekyll build", "_site"),
    "github-pages": ("JEKYLL_ENV=production bundle exec jekyll build", "_site"),
    "middleman": ("bundle exec middleman build", "build"),
    "nanoc": ("bundle exec nanoc compile", "output"),
}
_SERVERS = ("puma", "falcon", "unicorn", "thin", "webrick", "iodine", "passenger")
_FILES = ("app.rb", "main.rb", "server.rb", "web.rb", "application.rb", "run.rb", "bot.rb", "worker.rb")
_CLASSIC = re.compile(r"^[^\S\n]*require\s+[\"']sinatra[\"']", re.MULTILINE)
_RUNS = re.compile(r"^[^\S\n]*(?:\w+(?:::\w+)*\.)?run!", re.MULTILINE)
_PORTS = (
    re.compile(r"\bset\s*\(?\s*:port\s*,\s*(?:[^\n]{0,60}?\D)?(\d{2,5})\b"),
    re.compile(r"(?::Port\s*=>|\bPort:)\s*(?:[^\n]{0,60}?\D)?(\d{2,5})\b"),
    re.compile(r"TCPServer\.(?:new|open)\s*\(?[^)\n]{0,60}?(\d{2,5})\b"),
    re.compile(r"[\"']PORT[\"'](?:\]\s*\|\|\s*|\s*,\s*|\)\s*\{\s*)[\"']?(\d{2,5})\b"),
)
_LOCAL = re.compile(
    r"\bset\s*\(?\s*:bind\s*,\s*[\"'](?:localhost|127\.0\.0\.1)|BindAddress[^\n]{0,60}(?:localhost|127\.0)"
)
_SERVES = re.compile(r"WEBrick|TCPServer|Handler::|HTTPServer|Async::HTTP|GRPC::RpcServer")


def program(texts: Texts, gems: Gems, found: Detected) -> Detected:
    """The same with what runs."""
    if rails.is_one(texts, gems):
        return rails.program(texts, gems, found)
    for name, (line, folder) in _SITES.items():
        if name in gems.named and "config.ru" not in texts:
            return _site(texts, found, name, line, folder)
    ours = _sources(texts)
    if "config.ru" in texts:
        return assets.scripted(texts, _rack(texts, gems, found))
    for path in ours:
        if _CLASSIC.search(texts[path]) or (_RUNS.search(texts[path]) and "sinatra" in gems.all):
            return assets.scripted(texts, _sinatra(texts, gems, found, path))
    return assets.scripted(texts, _script(texts, found, ours))


def _sources(texts: Texts) -> list[str]:
    aside = re.compile(r"(^|/)(spec|tests?|examples?|docs|db|script|config)/|_(spec|test)\.rb$")
    paths = [each for each in texts if each.endswith(".rb") and not aside.search(each)]
    return sorted(paths, key=lambda each: (each.count("/"), each not in _FILES, each))


def _site(texts: Texts, found: Detected, name: str, line: str, folder: str) -> Detected:
    said = re.search(r"^destination:\s*[\"']?\.?/?([\w./-]+)", texts.get("_config.yml", ""), re.MULTILINE)
    folder = said[1].rstrip("/") if said and name != "middleman" else folder
    # What runs is a web server, and the build still wants what it wants.
    system = {when: each for when, each in found.system.items() if when == "build"}
    found = replace(
        found, package=folder, commands=(line,), runtime=_NGINX, port=8080, health="/", system=system
    )
    found = found.because(f"{name}: a site, built into {folder}; a web server has the pages")
    base = re.search(r"^baseurl:\s*[\"']?(/[\w./-]+)", texts.get("_config.yml", ""), re.MULTILINE)
    return found.doubting(f"_config.yml: baseurl {base[1]}: here the pages are at /" if base else "")


def _rack(texts: Texts, gems: Gems, found: Detected) -> Detected:
    """By the server among the gems; each of them is told where to listen."""
    here = f"0.0.0.0:{RACK}"
    commands = {
        "puma": ("puma", f"--bind=tcp://{here}"),
        "falcon": ("falcon", "serve", f"--bind=http://{here}"),
        "unicorn": ("unicorn", f"--listen={here}"),
        "thin": ("thin", "--address=0.0.0.0", f"--port={RACK}", "--rackup=config.ru", "start"),
        "iodine": ("iodine", "-b", "0.0.0.0", "-p", str(RACK)),  # noqa: S104
    }
    server = next((each for each in commands if each in gems.all), "")
    line = commands.get(server, ("rackup", "--host=0.0.0.0", f"--port={RACK}"))
    found = replace(found, command=("bundle", "exec", *line), port=RACK, env={"RACK_ENV": "production"})
    found = found.because(f"config.ru: a Rack application on port {RACK}, by {server or 'rackup'}")
    if "app.rb" in texts and "roda" not in gems.named and _LOCAL.search(texts["app.rb"]):
        found = found.because("app.rb: where it binds itself counts for nothing under a server")
    if server or {"webrick", "passenger"} & gems.all:
        return found
    return found.doubting("no gem of a server is named: rackup needs one, puma for example")


def _sinatra(texts: Texts, gems: Gems, found: Detected, path: str) -> Detected:
    """In production Sinatra listens on all addresses, and where the variable PORT says."""
    said = listens(_PORTS[0], (texts[path],))
    port = number(said) if said else SINATRA
    found = replace(found, command=("bundle", "exec", "ruby", path), port=port, env={"APP_ENV": "production"})
    found = found.because(f"{path}: Sinatra on port {port}")
    if _LOCAL.search(texts[path]):
        found = found.doubting(f"{path} binds to localhost: in a pod nobody reaches that")
    if not set(_SERVERS) & gems.all:
        found = found.doubting("no gem of a server is named: Sinatra needs one, puma for example")
    return found


def _script(texts: Texts, found: Detected, ours: list[str]) -> Detected:
    script = next((each for each in _FILES if each in texts), "")
    mine = alone(texts, (script,))
    serving = [each for each in ours if each in mine and _SERVES.search(texts[each])]
    script = script or next((each for each in serving if "/" not in each), "")
    if not script:
        return found.doubting("no program was found: say what runs in run.command")
    found = replace(found, package=script).because(f"{script}: the program")
    near = [texts[each] for each in (script, *serving)]
    if any(_LOCAL.search(each) for each in near):
        found = found.doubting("it binds to localhost: in a pod nobody reaches that")
    for pattern in _PORTS:
        said = listens(pattern, near)
        if said:
            return replace(found, port=number(said)).because(f"port {number(said)}: where it listens")
    if serving:
        return replace(found, asks_port=True)
    return replace(found, server=False).doubting(f"nothing was found that listens: {UNSERVED}")
