"""docs/adopting.md: what `new-app --from` makes of the shapes in `tests/corpus/`, against their truths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.cli.application.repository import takein
from pipelinekit.cli.application.repository.adoption import looked_at
from pipelinekit.cli.application.repository.asked import Asked
from pipelinekit.cli.application.repository.services import are_several, services_in
from pipelinekit.generators import languages
from pipelinekit.model.app import WEB
from pipelinekit.model.repository.services import Service
from pipelinekit.plan.detect.signs import READ, Detected
from pipelinekit.reading.app import read_app

CORPUS = Path(__file__).parents[1] / "corpus"
RIGHT, MARKED, ASKED, TOLD, WRONG = "right", "right, with a mark", "asked", "wrong, with a mark", "wrong"
_BUILD = ("version", "package", "main", "base", "runtime", "user", "target")
UNREACHED = {
    "dotnet": "its SDK cannot be had where the tests run; its files are held against what that documents",
    "java-gradle": "its distribution cannot be had where the tests run",
    "php": "its packages cannot be had where the tests run",
    "ruby": "its packages cannot be had where the tests run",
}
"""Why shapes of a language are not run that are no plain programs."""
TEXT = """# Taking in what exists

`pipelinekit new-app NAME --from DIR` describes an existing repository in `app.yaml` and generates the
rest around it. Nothing that is there is overwritten. Each value is told with what was seen; what is left
to look at stands as `# to check:` in `app.yaml`, and then nothing is called ready.

<!-- checked: needs a repository in which something is; tests/real/test_takein.py has some -->
```sh
pipelinekit new-app --from URL --explain          # Markdown for a pull request; nothing is written
pipelinekit new-app orders --from .               # one application
pipelinekit new-app orders --from . --service api # one of several services, by its name or folder
pipelinekit new-app --from . --all                # each of them, by its own name
```

| it ends with | what that means |
|---|---|
| 0 | taken in; what it says at its end begins with whether something is left to check |
| 2 | several services: a table of folder, language, port and why, with the command for each and for all |
| 6 | something has to be decided (a port, a file in the way); one command settles all of it |

Services are what compose files build, folders with a project and a Dockerfile of their own, and the
programs of one project (Go mains, web projects, main classes, members of a workspace). Libraries, tests,
tools, examples and databases are none. A folder with a front end below a server is part of that, unless
a compose file or its own Dockerfile says otherwise. `--service .` is the top.

Each service has its descriptor in its own folder. What shares a parent, a lock or a module with others
is built from the folder that has those: `build.folder` in its `app.yaml` says where it is in that, and
its Dockerfile has an ignore list of its own (`Dockerfile.dockerignore`). That folder has to be inside of
the git repository. A change of what is shared is then a change of each of them. With `--all`, what is left
open of one is settled by `--port SERVICE=NUMBER` and `--keep SERVICE=KIND`; `--explain` says the whole line.

What takes a local folder beside its own (`file:../lib`, `-e ../common`, a `path` of poetry, uv or Cargo,
`replace … => ../x`) is built from the folder that has both, with `build.project: folder`; where
that is outside of the repository, a mark says that it cannot be built. Java, .NET, Ruby and
PHP know no such folder.

Files that speak of several programs (compose, `render.yaml`, a Procfile or `fly.toml` where several share
one folder) are read for the one whose Dockerfile they build, else for the one they name, else for the only
one that serves. Where none of that says which, nothing of them is taken, and a mark says so.

Elixir, Hugo, Jekyll without a Gemfile, Scala, Swift, Deno, C and C++ and some others are built nowhere
here: the file that shows one is told, and with a Dockerfile of its own it is taken in like any.

A Dockerfile whose last stage runs is kept, with its command. Where a compose file, `fly.toml` or CI builds
another stage for more than tests and workplaces, that is the image (`build.target`); where they name
different ones it is asked, and `--target STAGE` answers. Which folder it is built from, the compose
file says, else what it copies. With `--keep chart` nothing of `run` reaches the chart: its own values
count.

A Jenkinsfile that stays is what Jenkins goes on running, and it calls none of our verbs until somebody
writes them into it; `pipelinekit generate --take new Jenkinsfile` puts ours in its place.

## How often it is right

`tests/corpus/` has small repositories, written for the tests, in the shapes that are met; each has its
truth beside it. This table is made by comparing the two, and a test holds it current and nothing wrong with
confidence. The last column counts those that the tests build as generated and run on a cluster, up to an
answer over HTTP (`make corpus`; its last run is in `tests/matrix/corpus.md`).

"""


@dataclass(frozen=True)
class Judged:
    """One shape: what it is written in, and how what was decided compares with its truth."""

    case: str
    language: str
    verdict: str
    runs: bool
    """Whether it is built and run on a cluster, up to an answer."""

    @property
    def unrun(self) -> str:
        """Why it is not run."""
        if self.runs:
            return ""
        if self.verdict == ASKED:
            return "it ends with a question"
        if self.language in UNREACHED:
            return UNREACHED[self.language]
        return "files of a layout, no program"


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
    verdict = _verdict(texts, truth, "shop" if path.is_dir() else "orders")
    return Judged(path.stem, truth["language"], verdict, "answers" in truth)


def _verdict(texts: dict[str, str], truth: dict[str, Any], name: str) -> str:
    asks = any(truth.get(each) for each in ("asks", "asked", "services"))
    several = services_in(texts, name)
    if are_several(several):
        named = truth.get("services")
        found = {each.path: each.language for each in several}
        same = named is None or (set(named) == set(found) and (not isinstance(named, dict) or named == found))
        wrong = [line for each in several for line in untrue(texts, each, truth)]
        return ASKED if asks and same and not wrong else WRONG
    seen = takein.seen_in(texts, name)
    if seen is None:
        # It says so, and asks for --language.
        return ASKED if truth.get("unknown") else TOLD
    if seen.choices or seen.stages or seen.asks_port:
        return ASKED if asks else TOLD
    same = not asks and _is_true(seen, truth, name)
    if seen.doubts:
        return MARKED if same else TOLD
    return RIGHT if same else WRONG


def untrue(texts: Mapping[str, str], one: Service, truth: dict[str, Any]) -> list[str]:
    """What of a service is not as the truth has it under `of`: values, words that are said of it or never."""
    wanted = truth.get("of", {}).get(one.path)
    if wanted is None:
        return []
    below, named = looked_at(texts, Asked(name=""), one)
    seen = takein.seen_in(below, one.name, named)
    assert seen
    said = "\n".join((*seen.evidence, *seen.doubts, " ".join(seen.command), *seen.processes, *seen.env))
    came = {"port": seen.port, "command": list(seen.command), "env": dict(seen.env), "base": one.base}
    wrong = [f"{key}: {came[key]}" for key in came if key in wanted and came[key] != wanted[key]]
    wrong += [f"unsaid: {each}" for each in wanted.get("said", ()) if each not in said]
    return wrong + [f"said: {each}" for each in wanted.get("never", ()) if each in said]


def _is_true(seen: Detected, truth: dict[str, Any], name: str) -> bool:
    text = takein.describe(name, "t", seen.language, None, seen)["app.yaml"].text
    assert templates()
    app = read_app(text)
    build, web = languages.resolved(app), app.processes[WEB]
    came: dict[str, Any] = {key: getattr(build, key) for key in _BUILD}
    came |= {"language": build.language, "port": web.port, "health": web.health, "test": list(build.test)}
    came |= {"command": list(web.command), "files": list(build.files), "env": dict(web.env)}
    came |= {"extensions": list(build.extensions)}
    came["processes"] = {each: list(one.command) for each, one in app.processes.items() if each != WEB}
    return all(came[key] == value for key, value in truth.items() if key in came)


def page() -> str:
    """The whole page."""
    found = judged()
    kinds = (RIGHT, MARKED, ASKED, TOLD, WRONG)
    heads = ("language", "shapes", *kinds[:4], "wrong with confidence", "run")
    rows = [
        (language, *_counts([each for each in found if each.language == language], kinds))
        for language in sorted({each.language for each in found})
    ]
    rows.append(("all", *_counts(found, kinds)))
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return TEXT + "\n".join([*lines, "", *_unrun(found)]) + "\n"


def _unrun(found: list[Judged]) -> Iterator[str]:
    """What nobody has run, as far as the shapes show it."""
    yield "Not run by the tests, and so to be tried before it is relied on:"
    yield ""
    for language, why in sorted(UNREACHED.items()):
        these = [each for each in found if each.language == language]
        left = [each.case for each in these if not each.runs and each.verdict != ASKED]
        which = "nothing is run" if not any(each.runs for each in these) else f"not run: {', '.join(left)}"
        yield f"- {language}: {which}; {why}"


def _counts(these: list[Judged], kinds: tuple[str, ...]) -> tuple[str, ...]:
    verdicts = [each.verdict for each in these]
    return (
        str(len(these)),
        *(str(verdicts.count(kind)) for kind in kinds),
        str(sum(each.runs for each in these)),
    )
