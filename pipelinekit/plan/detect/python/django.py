"""Django: its server, and its static files."""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import replace

from pipelinekit.plan.detect.python.project import PORT, Project, has, served_by
from pipelinekit.plan.detect.signs import Detected, Texts, shallowest

_OTHERS = re.compile(r"^(?:from|import)\s+flask", re.MULTILINE)


def manager(texts: Texts) -> str:
    """Django's `manage.py`, not far down; empty without one. Flask's scripts are called so as well."""
    near = {each: "" for each, text in texts.items() if each.count("/") <= 2 and not _OTHERS.search(text)}
    return shallowest(near, r"(^|/)manage\.py$")


def django(texts: Texts, ours: list[str], project: Project, found: Detected) -> Detected | None:
    """What serves it, or None without one."""
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

    if asgi and not has(project, "gunicorn"):
        for server, words in (
            ("uvicorn", ("--host=0.0.0.0", f"--port={PORT}")),
            ("daphne", ("--bind=0.0.0.0", f"--port={PORT}")),
        ):
            if has(project, server):
                return replace(found, command=(server, *words, f"{module(asgi)}:application"))
    if not wsgi:
        return found.doubting("Django has no wsgi.py: say what serves it in run.command")
    if has(project, "waitress") and not has(project, "gunicorn"):
        return replace(
            found, command=("waitress-serve", f"--listen=0.0.0.0:{PORT}", f"{module(wsgi)}:application")
        )
    there = (f"--chdir={folder}",) if folder else ()
    found = served_by(found, project, "gunicorn")
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
