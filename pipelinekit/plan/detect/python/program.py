"""What of a Python source runs, by which server, and where it listens."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.plan.detect.evidence import listens
from pipelinekit.plan.detect.python.project import INSTALL, Project
from pipelinekit.plan.detect.signs import UNSERVED, Detected, Texts, shallowest

PORT = 8000
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
_SERVES = re.compile(
    r"HTTPServer|serve_forever|run_app\(|\.listen\(|uvicorn\.run|app\.run\(|grpc\.(?:aio\.)?server\(|start_server\(|(?<!\.)\brun\([^)]*port|make_server\("
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
    for look in (_django, _streamlit, _asgi, _wsgi, _celery):
        said = look(texts, ours, project, found)
        if said:
            return said
    return _script(texts, ours, project, found)


def _sources(texts: Texts) -> list[str]:
    paths = [each for each in texts if each.endswith(".py") and not _OTHERS.search(each)]
    return sorted(paths, key=lambda each: (each.count("/"), each))


def _has(project: Project, name: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", project.names, re.IGNORECASE))


def _with(found: Detected, project: Project, server: str) -> Detected:
    """The same with a server for production, installed where no file names it."""
    if _has(project, server):
        return found
    commands = (*(found.commands or ()), f"{INSTALL} {server}")
    return replace(found, commands=commands).because(
        f"{server}: added, for no file names a server for production"
    )


def _placed(texts: Texts, path: str, project: Project) -> tuple[str, str]:
    """A file's module and the folder in which it is looked for; an empty one for the application's."""
    module = path.removesuffix(".py").removesuffix("/__init__")
    folder = posixpath.dirname(path)
    if path.startswith("src/"):
        module = module.removeprefix("src/")
        return module.replace("/", "."), "" if project.installed else "src"
    # A folder that is no package, whose modules import each other by their bare names.
    beside = {
        posixpath.basename(each)[:-3]
        for each in texts
        if posixpath.dirname(each) == folder and each.endswith(".py")
    }
    named = re.escape(folder.partition("/")[0])
    everything = "\n".join(texts[each] for each in texts if each.endswith(".py"))
    bare = folder and f"{folder}/__init__.py" not in texts and beside
    if bare and not re.search(rf"^\s*(?:from|import)\s+{named}\b", everything, re.MULTILINE):
        bare_imports = re.findall(r"^\s*(?:from|import)\s+(\w+)", texts[path], re.MULTILINE)
        if beside & set(bare_imports):
            return posixpath.basename(module), folder
    return module.replace("/", "."), ""


def manager(texts: Texts) -> str:
    """Django's `manage.py`, not far down; empty without one."""
    return shallowest({each: "" for each in texts if each.count("/") <= 2}, r"(^|/)manage\.py$")


def _django(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    manage = manager(texts)
    if not manage:
        return None
    folder = posixpath.dirname(manage)
    inside = [each for each in ours if not folder or each.startswith(f"{folder}/")]
    found = replace(found, port=PORT).because(f"{manage}: Django, on port {PORT}")
    found = _collected(texts, inside, folder, found)
    wsgi = next((each for each in inside if each.endswith("/wsgi.py")), "")
    asgi = next((each for each in inside if each.endswith("/asgi.py")), "")
    within = f"{folder}/" if folder else ""

    def module(path: str) -> str:
        return path.removeprefix(within).removesuffix(".py").replace("/", ".")

    if asgi and not _has(project, "gunicorn"):
        for server, words in (
            ("uvicorn", ("--host=0.0.0.0", f"--port={PORT}")),
            ("daphne", ("--bind=0.0.0.0", f"--port={PORT}")),
        ):
            if _has(project, server):
                return replace(found, command=(server, *words, f"{module(asgi)}:application"))
    if not wsgi:
        return found.doubting("Django has no wsgi.py: say what serves it in run.command")
    if _has(project, "waitress") and not _has(project, "gunicorn"):
        return replace(
            found, command=("waitress-serve", f"--listen=0.0.0.0:{PORT}", f"{module(wsgi)}:application")
        )
    there = (f"--chdir={folder}",) if folder else ()
    found = _with(found, project, "gunicorn")
    return replace(found, command=("gunicorn", f"--bind=0.0.0.0:{PORT}", *there, module(wsgi)))


def _collected(texts: Texts, inside: list[str], folder: str, found: Detected) -> Detected:
    """Static files collected in the build, where the settings say where and can be read there."""
    settings = [each for each in inside if re.search(r"(^|/)settings(\.py|/[^/]+\.py)$", each)]
    text = "\n".join(texts[each] for each in settings)
    if not re.search(r"^STATIC_ROOT\s*=", text, re.MULTILINE):
        return found
    wanted = set(re.findall(r"os\.environ\[[\"'](\w+)[\"']\]|\benv(?:\.\w+)?\([\"'](\w+)[\"']\s*\)", text))
    names = sorted({one or other for one, other in wanted})
    if any("KEY" not in each and "SECRET" not in each for each in names):
        return found.doubting(
            "collectstatic needs variables of the settings: add it to build.commands with them"
        )
    given = "".join(f"{each}=build " for each in names)
    there = f"{folder}/" if folder else ""
    line = f"{given}python {shlex.quote(f'{there}manage.py')} collectstatic --noinput"
    return replace(found, commands=(*(found.commands or ()), line)).because(
        "STATIC_ROOT: static files are collected"
    )


def _streamlit(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    path = next(
        (each for each in ours if re.search(r"^\s*(import|from) streamlit\b", texts[each], re.MULTILINE)), ""
    )
    if not path or not _has(project, "streamlit"):
        return None
    command = (
        "streamlit",
        "run",
        path,
        "--server.address=0.0.0.0",
        "--server.port=8501",
        "--server.headless=true",
    )
    return replace(found, command=command, port=8501).because(f"{path}: Streamlit, on port 8501")


def _asgi(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    words = re.compile(r"\b(?:FastAPI|Starlette|Litestar|Quart)\(")
    target, factory, path = _application(texts, ours, _ASGI, words)
    if not target:
        return None
    module, folder = _placed(texts, path, project)
    found = found.because(f"{path}: an ASGI application, on port {PORT}")
    if _has(project, "hypercorn") and not _has(project, "uvicorn"):
        return replace(
            found, command=("hypercorn", f"--bind=0.0.0.0:{PORT}", f"{module}:{target}"), port=PORT
        )
    there = (f"--app-dir={folder}",) if folder else ()
    made = ("--factory",) if factory else ()
    if not re.search(r"fastapi\[(standard|all)", project.names):
        found = _with(found, project, "uvicorn")
    command = ("uvicorn", "--host=0.0.0.0", f"--port={PORT}", *there, *made, f"{module}:{target}")
    return replace(found, command=command, port=PORT)


def _wsgi(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    target, factory, path = _application(
        texts, ours, _WSGI, re.compile(r"\b(?:Flask|APIFlask|falcon\.App)\(")
    )
    if not target:
        return None
    module, folder = _placed(texts, path, project)
    found = found.because(f"{path}: a WSGI application, on port {PORT}")
    name = f"{module}:{target}()" if factory else f"{module}:{target}"
    if _has(project, "waitress") and not _has(project, "gunicorn"):
        made = ("--call", f"{module}:{target}") if factory else (name,)
        return replace(found, command=("waitress-serve", f"--listen=0.0.0.0:{PORT}", *made), port=PORT)
    found = _with(found, project, "gunicorn")
    there = (f"--chdir={folder}",) if folder else ()
    return replace(found, command=("gunicorn", f"--bind=0.0.0.0:{PORT}", *there, name), port=PORT)


def _application(
    texts: Texts, ours: list[str], named: re.Pattern[str], made: re.Pattern[str]
) -> tuple[str, bool, str]:
    """The variable that holds the application, or the function that makes it, and the file that has it."""
    for path in ours:
        found = named.search(texts[path])
        if found:
            return found[1], False, path
    makers = [path for path in ours if made.search(texts[path])]
    if not makers:
        return "", False, ""
    for path in ours:
        found = _CALLED.search(texts[path])
        if found:
            return found[1], False, path
    for path in makers:
        found = _FACTORY.search(texts[path])
        if found:
            return found[1], True, path
    return "", False, ""


def _celery(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    path = next((each for each in ours if _CELERY.search(texts[each])), "")
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
        near = [script, *(each for each in ours if each != script)]
    else:
        return found.doubting("no program was found: say what runs in run.command").doubting(
            "no port was found in the source: 8080 is a guess"
        )
    serving = [each for each in near if _SERVES.search(texts[each])]
    for path in serving:
        if _LOCAL.search(texts[path]):
            found = found.doubting(f"{path}: it listens on localhost only: in a pod nobody reaches that")
        for pattern in _LISTENS:
            port = listens(pattern, (texts[path],))
            if port:
                return replace(found, port=int(port[1])).because(f"{path}: port {port[1]}")
    if serving:
        return replace(found, asks_port=True).because("it listens, on a port that the source does not show")
    return replace(found, server=False).doubting(f"nothing in the source answers requests: {UNSERVED}")


def listening(texts: Texts, paths: Sequence[str]) -> tuple[int | None, bool]:
    """The port that a started file says, and whether it takes one from the variable PORT.

    Without a file that is known, any source of the program counts.
    """
    ours = paths or [each for each in _sources(texts) if _SERVES.search(texts[each])]
    text = "\n".join(texts[each] for each in ours)
    given = re.search(r"environ(?:\.get)?[(\[]\s*[\"']PORT[\"']|getenv\(\s*[\"']PORT[\"']", text)
    for pattern in _LISTENS:
        port = listens(pattern, (text,))
        if port:
            return int(port[1]), bool(given)
    # Flask's own server, where nothing says another port.
    flask = re.search(r"\bapp\.run\(", text) and re.search(r"\bflask\b", text, re.IGNORECASE)
    return (5000 if flask and not given else None), bool(given)
