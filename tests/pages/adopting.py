"""docs/adopting.md: what `new-app --from` makes of the shapes in `tests/corpus/`, against their truths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.cli.application import takein
from pipelinekit.cli.application.services import are_several, services_in
from pipelinekit.generators import languages
from pipelinekit.model.app import WEB
from pipelinekit.plan.detect.signs import READ, Detected
from pipelinekit.reading.app import read_app

CORPUS = Path(__file__).parents[1] / "corpus"
RIGHT, MARKED, ASKED, TOLD, WRONG = "right", "right, with a mark", "asked", "wrong, with a mark", "wrong"
_BUILD = ("version", "package", "main", "base", "runtime", "user")
TEXT = """# Taking in what exists

`pipelinekit new-app NAME --from DIR` describes an existing repository in `app.yaml` and generates the
rest around it. Nothing that is there is overwritten. Each value is told with what was seen; what is left
to look at stands as `# to check:` in `app.yaml`, and then nothing is called ready.

    pipelinekit new-app --from URL --explain          # Markdown for a pull request; nothing is written
    pipelinekit new-app orders --from .               # one application
    pipelinekit new-app orders --from . --service api # one of several services, by its name or folder
    pipelinekit new-app --from . --all                # each of them, by its own name

| it ends with | what that means |
|---|---|
| 0 | taken in; the last line says whether something is left to check |
| 2 | several services: a table of folder, language, port and why, with the command for each and for all |
| 6 | something has to be decided (a port, a file in the way); one command settles all of it |

Services are what compose files build, folders with a project and a Dockerfile of their own, and the
programs of one project (Go mains, web projects, main classes, members of a workspace). Libraries, tests,
tools, examples and databases are none. A folder with a front end below a server is part of that, unless
a compose file or its own Dockerfile says otherwise. `--service .` is the top.

Each service has its descriptor in its own folder. What shares a parent, a lock or a module with others
is built from the folder that has those: `build.folder` in its `app.yaml` says where it is in that, and
its Dockerfile has an ignore list of its own (`Dockerfile.dockerignore`). That folder has to be inside of
the git repository. A change of what is shared is then a change of each of them.

A Dockerfile whose last stage runs is kept, with its command. Which folder it is built from, the compose
file says, else what it copies. With `--keep chart` nothing of `run` reaches the chart: its own values
count.

## How often it is right

`tests/corpus/` has small repositories, written for the tests, in the shapes that are met; each has its
truth beside it. This table is made by comparing the two, and a test holds it current and the last column
at 0.

"""


@dataclass(frozen=True)
class Judged:
    """One shape: what it is written in, and how what was decided compares with its truth."""

    case: str
    language: str
    verdict: str


def judged() -> list[Judged]:
    """All shapes, by name."""
    return [_judge(path) for path in sorted(CORPUS.iterdir()) if path.suffix == ".yaml" or path.is_dir()]


def _judge(path: Path) -> Judged:
    if path.is_dir():
        truth = yaml.safe_load((path / "truth.yaml").read_text())
        texts = takein.read(path / "tree")
    else:
        case = yaml.safe_load(path.read_text())
        truth = case["truth"]
        texts = {file: text if READ.search(file) else "" for file, text in case["files"].items()}
    return Judged(path.stem, truth["language"], _verdict(texts, truth, "shop" if path.is_dir() else "orders"))


def _verdict(texts: dict[str, str], truth: dict[str, Any], name: str) -> str:
    asks = bool(truth.get("asks") or truth.get("asked") or truth.get("services"))
    several = services_in(texts, name)
    if are_several(several):
        named = truth.get("services")
        found = {each.path: each.language for each in several}
        same = named is None or (set(named) == set(found) and (not isinstance(named, dict) or named == found))
        return ASKED if asks and same else WRONG
    seen = takein.seen_in(texts, name)
    if seen is None:
        return TOLD
    if seen.choices or seen.asks_port:
        return ASKED if asks else TOLD
    same = not asks and _is_true(seen, truth, name)
    if seen.doubts:
        return MARKED if same else TOLD
    return RIGHT if same else WRONG


def _is_true(seen: Detected, truth: dict[str, Any], name: str) -> bool:
    text = takein.describe(name, "t", seen.language, None, seen)["app.yaml"].text
    assert templates()
    app = read_app(text)
    build, web = languages.resolved(app), app.processes[WEB]
    came: dict[str, Any] = {key: getattr(build, key) for key in _BUILD}
    came |= {"language": build.language, "port": web.port, "health": web.health, "test": list(build.test)}
    came |= {"command": list(web.command), "files": list(build.files), "env": dict(web.env)}
    came["processes"] = {each: list(one.command) for each, one in app.processes.items() if each != WEB}
    return all(came[key] == value for key, value in truth.items() if key in came)


def page() -> str:
    """The whole page."""
    found = judged()
    kinds = (RIGHT, MARKED, ASKED, TOLD, WRONG)
    heads = ("language", "shapes", *kinds[:4], "wrong with confidence")
    rows = [
        (language, *_counts([each for each in found if each.language == language], kinds))
        for language in sorted({each.language for each in found})
    ]
    rows.append(("all", *_counts(found, kinds)))
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return TEXT + "\n".join(lines) + "\n"


def _counts(these: list[Judged], kinds: tuple[str, ...]) -> tuple[str, ...]:
    return (str(len(these)), *(str(sum(each.verdict == kind for each in these)) for kind in kinds))
