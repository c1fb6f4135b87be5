"""What of a Python source runs, by which server, and where it listens."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.plan.detect.beside import alone
from pipelinekit.plan.detect.evidence import listens
from pipelinekit.plan.detect.python.beside import around
from pipelinekit.plan.detect.python.demos import gradio, nicegui, streamlit
from pipelinekit.plan.detect.python.django import django
from pipelinekit.plan.detect.python.project import PORT, Project, has, served_by
from pipelinekit.plan.detect.signs import UNSERVED, Detected, Texts
from pipelinekit.plan.detect.sought import Sought

_OTHERS = re.compile(
    r"(^|/)(tests?|examples?|docs|scripts|benchmarks|migrations|alembic)/|(^|/)(test_[^/]*|conftest|setup)\.py$"
)
_FACTORY = re.compile(r"^def\s+((?:create|make|build|get)_app(?:lication)?)\(", re.MULTILINE)
_ASGI = re.compile(
    r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?:FastAPI|Starlette|Litestar|Quart|Blacksheep)\(", re.MULTILINE
)
_WSGI = re.compile(
    r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?:Flask|APIFlask|Bottle|falcon\.App)\(", re.MULTILINE
)
_CALLED = re.compile(r"^(\w+)\s*=\s*(?:\w+\.)*(?:create|make|build|get)_app(?:lication)?\(", re.MULTILINE)
_CELERY = re.compile(r"^(\w+)\s*=\s*(?:\w+\.)?Celery\(", re.MULTILINE)
_SERVES = Sought(
    ("HTTPServer", "HTTPServer"),
    ("serve_forever", "serve_forever"),
    ("run_app(", r"run_app\("),
    (".listen(", r"\.listen\("),
    ("uvicorn.run", r"uvicorn\.run"),
    ("app.run(", r"app\.run\("),
    (".server(", r"grpc\.(?:aio\.)?server\("),
    ("start_server(", r"start_server\("),
    # What begins with letters is found without a look at each place.
    ("run(", r"run(?<!\wrun)(?<!\.run)(?<!\bdef run)\([^)]*port"),
    ("make_server(", r"make_server\("),
)
_LISTENS = (
    re.compile(
        r"\b(?:run|run_app|serve|make_server|start_server|TCPSite|bind)\([^()]*?\bport\s*=\s*(\d{2,5})\b"
    ),
    re.compile(r"HTTPServer\(\s*\([^,()]*,\s*(\d{2,5})\s*\)"),
    re.compile(r"[\"']\w*PORT[\"']\s*,\s*[\"']?(\d{2,5})\b"),
    re.compile(r"\bport\s*(?::\s*int\s*)?=\s*(\d{2,5})\b", re.IGNORECASE),
    re.compile(r"\.listen\(\s*(\d{2,5})\b"),
    re.compile(r"add_(?:in)?secure_port\(\s*[\"'][^\"']*:(\d{2,5})[\"']"),
)
_LOCAL = re.compile(
    r"(?:HTTPServer\(\s*\(|make_server\(|(?:run|run_app|start_server)\([^()\n]*?\bhost\s*=\s*)\s*"
    r"[\"'](?:localhost|127\.0\.0\.1)[\"']"
)
_AIOHTTPS = re.compile(r"\brun_app\((?![^)\n]{0,200}\b(?:port|sock|path)\s*=)")
_SCRIPTS = (
    "main.py",
    "app.py",
    "server.py",
    "run.py",
    "wsgi.py",
    "bot.py",
    "worker.py",
    "src/main.py",
    "src/app.py",
)


def program(texts: Texts, project: Project, found: Detected) -> Detected:
    """The same with what runs."""
    ours = _sources(texts)
    for look in (django, streamlit, gradio, nicegui, _asgi, _wsgi, _celery):
        said = look(texts, ours, project, found)
        if said:
            return around(texts, project, said)
    return around(texts, project, _script(texts, ours, project, found))


def _sources(texts: Texts) -> list[str]:
    paths = [each for each in texts if each.endswith(".py") and not _OTHERS.search(each)]
    return sorted(paths, key=lambda each: (each.count("/"), each))


def _saying(texts: Texts, paths: list[str], *words: str) -> list[str]:
    """Those with one of the words: a pattern that may begin in any line is only tried where that is."""
    return [each for each in paths if any(word in texts[each] for word in words)]


def _placed(texts: Texts, path: str, project: Project) -> tuple[str, str]:
    """A file's module and the folder in which it is looked for; an empty one for the application's."""
    module = path.removesuffix(".py").removesuffix("/__init__")
    folder = posixpath.dirname(path)
    if path.startswith("src/"):
        module = module.removeprefix("src/")
        return module.replace("/", "."), "" if project.installed else "src"
    # A folder that is no package, whose modules import each other by their bare names.
    if not folder or f"{folder}/__init__.py" in texts:
        return module.replace("/", "."), ""
    inside = len(folder) + 1
    beside = {
        each[inside:-3]
        for each in texts
        if each.startswith(f"{folder}/") and each.endswith(".py") and "/" not in each[inside:]
    }
    if beside and not _imported(texts, folder.partition("/")[0]):
        bare_imports = re.findall(r"^[^\S\n]*(?:from|import)\s+(\w+)", texts[path], re.MULTILINE)
        if beside & set(bare_imports):
            return posixpath.basename(module), folder
    return module.replace("/", "."), ""


def _imported(texts: Texts, name: str) -> bool:
    """Whether a source imports from a folder by its name."""
    says = re.compile(rf"^[^\S\n]*(?:from|import)\s+{re.escape(name)}\b", re.MULTILINE)
    return any(name in text and says.search(text) for path, text in texts.items() if path.endswith(".py"))


def _asgi(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    words = ("FastAPI(", "Starlette(", "Litestar(", "Quart(", "Blacksheep(")
    made = re.compile(r"\b(?:FastAPI|Starlette|Litestar|Quart)\(")
    target, factory, path = _application(texts, ours, _ASGI, made, words)
    if not target:
        return None
    module, folder = _placed(texts, path, project)
    found = found.because(f"{path}: an ASGI application, on port {PORT}")
    if has(project, "hypercorn") and not has(project, "uvicorn"):
        return replace(
            found, command=("hypercorn", f"--bind=0.0.0.0:{PORT}", f"{module}:{target}"), port=PORT
        )
    there = (f"--app-dir={folder}",) if folder else ()
    called = ("--factory",) if factory else ()
    if not re.search(r"fastapi\[(standard|all)", project.names):
        found = served_by(found, project, "uvicorn")
    command = ("uvicorn", "--host=0.0.0.0", f"--port={PORT}", *there, *called, f"{module}:{target}")
    return replace(found, command=command, port=PORT)


def _wsgi(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    words = ("Flask(", "Bottle(", "falcon.App(")
    target, factory, path = _application(
        texts, ours, _WSGI, re.compile(r"\b(?:Flask|APIFlask|falcon\.App)\("), words
    )
    if not target:
        return None
    module, folder = _placed(texts, path, project)
    found = found.because(f"{path}: a WSGI application, on port {PORT}")
    name = f"{module}:{target}()" if factory else f"{module}:{target}"
    if has(project, "waitress") and not has(project, "gunicorn"):
        made = ("--call", f"{module}:{target}") if factory else (name,)
        return replace(found, command=("waitress-serve", f"--listen=0.0.0.0:{PORT}", *made), port=PORT)
    found = served_by(found, project, "gunicorn")
    there = (f"--chdir={folder}",) if folder else ()
    return replace(found, command=("gunicorn", f"--bind=0.0.0.0:{PORT}", *there, name), port=PORT)


def _application(
    texts: Texts, ours: list[str], named: re.Pattern[str], made: re.Pattern[str], words: tuple[str, ...]
) -> tuple[str, bool, str]:
    """The variable that holds the application, or the function that makes it, and the file that has it.

    Each match has one of the words in it.
    """
    saying = _saying(texts, ours, *words)
    for path in saying:
        found = named.search(texts[path])
        if found:
            return found[1], False, path
    makers = [path for path in saying if made.search(texts[path])]
    if not makers:
        return "", False, ""
    for path in _saying(texts, ours, "_app"):
        found = _CALLED.search(texts[path])
        if found:
            return found[1], False, path
    for path in makers:
        found = _FACTORY.search(texts[path])
        if found:
            return found[1], True, path
    return "", False, ""


def _celery(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    path = next((each for each in _saying(texts, ours, "Celery(") if _CELERY.search(texts[each])), "")
    if not path:
        return None
    module, folder = _placed(texts, path, project)
    there = ("--workdir", folder) if folder else ()
    command = ("celery", *there, "-A", module, "worker", "--loglevel=info")
    return replace(found, command=command, server=False).because(f"{path}: a Celery worker, without a port")


def _script(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected:
    del project
    main = next((each for each in ours if posixpath.basename(each) == "__main__.py" and "/" in each), "")
    script = next((each for each in _SCRIPTS if each in texts), "")
    if main and "/" not in main.removesuffix("/__main__.py").removeprefix("src/"):
        package = posixpath.dirname(main).removeprefix("src/").replace("/", ".")
        found = replace(found, package=package).because(f"{main}: the program")
        near = [each for each in ours if each.startswith(posixpath.dirname(main))]
    elif script:
        found = replace(found, command=("python", script)).because(f"{script}: the program")
        mine = alone(texts, found.command)
        near = [script, *(each for each in ours if each != script and each in mine)]
    else:
        return found.doubting("no program was found: say what runs in run.command").doubting(
            "no port was found in the source: 8080 is a guess"
        )
    serving = [each for each in near if _SERVES.is_in(texts[each])]
    local = next((path for path in serving if _LOCAL.search(texts[path])), "")
    if local:
        found = found.doubting(f"{local}: it listens on localhost only: in a pod nobody reaches that")
    for path in serving:
        for pattern in _LISTENS:
            port = listens(pattern, (texts[path],))
            if port:
                return replace(found, port=int(port[1])).because(f"{path}: port {port[1]}")
    usual = next((path for path in serving if _AIOHTTPS.search(texts[path]) and "aiohttp" in texts[path]), "")
    if usual:
        return replace(found, port=8080).because(f"{usual}: aiohttp's run_app, on port 8080")
    if serving:
        return replace(found, asks_port=True).because("it listens, on a port that the source does not show")
    return replace(found, server=False).doubting(f"nothing in the source answers requests: {UNSERVED}")


def listening(texts: Texts, paths: Sequence[str]) -> tuple[int | None, bool]:
    """The port that a started file says, and whether it takes one from the variable PORT.

    Without a file that is known, any source of the program counts.
    """
    ours = paths or [each for each in _sources(alone(texts, ())) if _SERVES.is_in(texts[each])]
    text = "\n".join(texts[each] for each in ours)
    given = re.search(r"environ(?:\.get)?[(\[]\s*[\"']PORT[\"']|getenv\(\s*[\"']PORT[\"']", text)
    for pattern in _LISTENS:
        port = listens(pattern, (text,))
        if port:
            return int(port[1]), bool(given)
    # Flask's own server, where nothing says another port.
    flask = re.search(r"\bapp\.run\(", text) and re.search(r"\bflask\b", text, re.IGNORECASE)
    if _AIOHTTPS.search(text) and "aiohttp" in text and not given:
        return 8080, False
    return (5000 if flask and not given else None), bool(given)
