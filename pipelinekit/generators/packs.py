"""Packs for whoever has classic Draft: the generated files of each language, for any application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipelinekit.generators import chart, dockerfile
from pipelinekit.model.app import LANGUAGES, App, Build, Language, Process
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import File, FilePlan, Tree

NAME = "app"
"""What the application is called in a pack; `draft create` writes its own name over the chart's."""
PORT = 8080
TASKS = """\
# Commands that `draft up` runs: "what it does" = "command".
[pre-up]

[post-deploy]

[cleanup]
"""


def languages() -> tuple[Language, ...]:
    """The languages that have a pack."""
    return tuple(each for each in LANGUAGES if each != "dockerfile")


def plan(language: Language, site: Site) -> Iterator[FilePlan]:
    """The files of one pack that are made from templates, by their path in the application."""
    web = Process(name="web", port=PORT, health="/healthz" if language != "static" else "")
    app = App(name=NAME, team="apps", build=Build(language=language), processes={"web": web})
    yield from dockerfile.plan(app, site)
    yield from chart.plan(app, site)


def packed(tree: Tree) -> Tree:
    """A pack's files from an application's: the chart itself is `charts/`, and is one that Helm 2 loads.

    Helm 2 refuses charts of version 2, and knows no type. It makes no folder for a template when classic
    Draft has it write the chart, so that those of folders stand beside the others: `tests-http.yaml`.
    """
    found = {_flat(path.replace(f"charts/{NAME}/", "charts/", 1)): file for path, file in tree.items()}
    text = found["charts/Chart.yaml"].text.replace("apiVersion: v2\n", "apiVersion: v1\n")
    found["charts/Chart.yaml"] = replace(
        found["charts/Chart.yaml"], text=text.replace("type: application\n", "")
    )
    return {**found, "tasks.toml": File(TASKS)}


def _flat(path: str) -> str:
    _, templates, below = path.partition("charts/templates/")
    return f"{templates}{below.replace('/', '-')}" if templates else path
