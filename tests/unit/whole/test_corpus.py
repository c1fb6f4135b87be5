"""Applications to take in, each beside what is right of it: `tests/corpus/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.cli.application.repository.services import services_in
from pipelinekit.cli.application.repository.takein import describe, seen_in
from pipelinekit.generators import dockerfile, languages
from pipelinekit.model.app import WEB, App
from pipelinekit.model.platform.site import Site
from pipelinekit.plan.detect.signs import READ, Detected
from pipelinekit.reading.app import read_app
from pipelinekit.render import render
from tests.pages import adopting

CASES = sorted((Path(__file__).parents[2] / "corpus").glob("*.yaml"))
KNOWN = {
    *(
        "language",
        "version",
        "installer",
        "build",
        "cmd",
        "site",
        "pages",
        "port",
        "prune",
        "asked",
        "doubts",
    ),
    *("services", "of"),
    *("says", "never", "evidence", "test", "health", "env", "processes", "before"),
    "target",
    "user",
    *("command", "package", "extensions", "files", "asks", "unknown"),
}


def seen(case: dict[str, Any]) -> Detected:
    texts = {path: text if READ.search(path) else "" for path, text in case["files"].items()}
    found = seen_in(texts)
    assert found
    return found


def made(found: Detected) -> tuple[App, str]:
    """The application that `app.yaml` describes, and its Dockerfile."""
    tree = describe("orders", "t", found.language, None, found)
    app = read_app(tree["app.yaml"].text)
    return app, render(dockerfile.plan(app, Site(library="")), templates())["Dockerfile"].text


def came_to(found: Detected, app: App, text: str) -> dict[str, Any]:
    """In the words of a truth."""
    build = languages.resolved(app)
    computed = languages.DEFAULTS[build.language].computed(build)
    locks = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "Pipfile.lock": "pipenv"}
    usual = {"node": "npm", "python": "pip"}.get(build.language, "")
    usual = next((who for lock, who in locks.items() if lock in (build.dependencies or ())), usual)
    last = text.splitlines()[-1].removeprefix("CMD ")
    return {
        "language": build.language,
        "version": build.version,
        "installer": build.installer or usual,
        "build": computed.get("commands", []),
        "cmd": json.loads(last) if last.startswith("[") else last,
        "site": computed.get("site", ""),
        "pages": build.package,
        "package": build.package,
        "command": list(app.processes[WEB].command),
        "extensions": list(build.extensions),
        "files": list(build.files),
        "port": app.processes[WEB].port,
        "health": app.processes[WEB].health,
        "env": dict(app.processes[WEB].env),
        "processes": {name: list(each.command) for name, each in app.processes.items() if name != WEB},
        "before": {name: list(each) for name, each in app.before.items()},
        "prune": build.prune,
        "asked": [each.package for each in found.choices],
        "doubts": len(found.doubts),
        "test": list(build.test),
        "target": build.target,
        "user": build.user,
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_is_right_the_first_time(path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    truth = {"doubts": 0, **case["truth"]}
    assert set(truth) <= KNOWN
    if "services" in truth:
        found_all = services_in(case["files"])
        assert {each.path: each.language for each in found_all} == truth["services"]
        assert [line for each in found_all for line in adopting.untrue(case["files"], each, truth)] == []
        return
    if truth.get("unknown"):
        assert seen_in(case["files"]) is None
        assert not services_in(case["files"])
        return
    found = seen(case)
    assert found.asks_port == bool(truth.get("asks"))
    if truth.get("asked"):
        assert [*(each.package for each in found.choices), *found.stages] == truth["asked"]
        assert found.language == truth["language"]
        return
    app, text = made(found)
    came = came_to(found, app, text)
    wanted = {name: truth[name] for name in came if name in truth}
    assert {name: came[name] for name in wanted} == wanted, (found.evidence, found.doubts)
    for each in truth.get("says", ()):
        assert each in text
    for each in truth.get("never", ()):
        assert each not in text
    assert truth.get("evidence", "") in "\n".join(found.evidence)


def test_there_are_enough_of_them_and_none_is_wrong_with_confidence() -> None:
    judged = adopting.judged()
    assert len(judged) >= 60
    wrong = [each for each in judged if each.verdict == adopting.WRONG]
    assert wrong == []
