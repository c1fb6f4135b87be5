"""The Dockerfile of a language and what belongs to it; nothing where the application brings its own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from pipelinekit.generators import installers, languages
from pipelinekit.model.app import WEB, App, Language
from pipelinekit.model.platform.packages import CLIENTS, OF_LANGUAGE, secret_of
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import FilePlan

IGNORED = ".dockerignore"


def _login(language: Language, site: Site) -> dict[str, str]:
    """The build secret that the language's downloads mount, by the name of its file; none without a login."""
    return {
        secret_of(each): CLIENTS[each].file
        for each in OF_LANGUAGE.get(language, ())
        if each in site.package_credentials
    }


def plan(app: App, site: Site) -> Iterable[FilePlan]:
    """The language's files, at the top of the application's folder."""
    build = languages.resolved(app)
    web = app.processes.get(WEB)
    inputs = {
        "base": build.base,
        "runtime": build.runtime,
        "package": build.package,
        "dependencies": build.dependencies or (),
        "command": list(web.command) if web else [],
        "copies": installers.copies(build.dependencies or ()),
        "main": build.main,
        "files": build.files,
        "system": {"build": [*build.system.get("build", ())], "run": [*build.system.get("run", ())]},
        "extensions": list(build.extensions),
        "prune": build.prune,
        "test": build.test,
        "args": sorted(build.args),
        "login": _login(build.language, site),
        "port": (web.port if web else None) or languages.DEFAULT_PORT,
        "listens": bool(web and web.port),
        "own": {each: posixpath.join(build.folder, each) for each in ("nginx.conf", "platform.init.gradle")},
        "home": build.home,
        "inside": f"{build.home}/" if build.home else "",
        **languages.DEFAULTS[build.language].computed(build),
    }
    if build.home:
        # Dependencies may be outside of its folder: all of it is there before they are installed.
        inputs |= {"copies": (), "whole": True, "dependencies": ()}
    for name in languages.files_of(build):
        if build.folder and name.removesuffix(".j2") == IGNORED:
            # That of the folder above is not ours: a file of the Dockerfile's own comes before it.
            yield FilePlan(
                path=f"Dockerfile{IGNORED}",
                template=f"dockerfile/Dockerfile{IGNORED}.j2",
                inputs={"folder": build.folder},
            )
            continue
        yield FilePlan(
            path=name.removesuffix(".j2"), template=f"dockerfile/{build.language}/{name}", inputs=inputs
        )
