"""Golden trees: the generated files of a case as files in a folder, for people to read in a diff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import languages, plan_files, seed
from pipelinekit.generators.jobs import components, drafts, releases
from pipelinekit.generators.platformdoc import Answers, plan_platform
from pipelinekit.generators.skeleton import plan_descriptor, plan_skeleton
from pipelinekit.model.app import LANGUAGES, App, Language
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import Tree
from pipelinekit.plan.site import site_of
from pipelinekit.reading.app import read_app
from pipelinekit.reading.platform.document import read_platform
from pipelinekit.render import render

HERE = Path(__file__).parent
COMMAND = "pytest tests/golden --update-golden"
LIBRARY = "0.1.0"
"""A version of the shared library that stays when ours moves on."""


def app_of(case: str) -> App:
    """The application of a case that has a document of its own."""
    return read_app((HERE / case / "given" / "app.yaml").read_bytes())


def described(case: str) -> Tree:
    """What is generated for the application and the platform in `given/`."""
    app = app_of(case)
    platform = read_platform((HERE / case / "given" / "platform.yaml").read_bytes())
    (registration,) = platform.applications
    return render(plan_files(app, site_of(platform, registration, library=LIBRARY)), templates())


def app_of_new(language: Language) -> App:
    """The application that `new-app orders --team payments` describes."""
    descriptor = render([plan_descriptor("orders", "payments", language, 8080)], templates())
    return read_app(descriptor["app.yaml"].text)


def new(language: Language) -> Tree:
    """What `new-app orders --team payments` makes in a folder of its own, without a platform."""
    first = render([plan_descriptor("orders", "payments", language, 8080)], templates())
    app = read_app(first["app.yaml"].text)
    skeleton = plan_skeleton("orders", language, 8080, languages.resolved(app).version)
    files = plan_files(app, Site(library=LIBRARY))
    return {**first, **render(skeleton, templates()), **render(files, templates())}


def answered() -> Tree:
    """What `platform init` writes for a few answers."""
    answers = Answers(
        gates=True,
        name="acme",
        registry="nexus.acme.example:5000",
        registry_credentials="nexus",
        jenkins="https://jenkins.acme.example",
        ledger="ssh://git@git.acme.example/ledger.git",
        environments=[("dev", "acme-dev"), ("staging", "acme-dev"), ("production", "acme@prod")],
    )
    least = Answers(name="least", registry="localhost:5000", environments=[("dev", "")])
    plans = [plan_platform(answers), replace(plan_platform(least), path="least.yaml")]
    return render(plans, templates())


def controlled() -> Tree:
    """What a controller gets of the platform in `given/`: scripts of its own jobs, and the JCasC snippet."""
    platform = read_platform((HERE / "controller" / "given" / "platform.yaml").read_bytes())
    makers = (seed.plan, releases.plan, components.plan, drafts.plan)
    scripts = [each for make in makers for each in make(platform)]
    named = [replace(each, path=f"{each.path.replace('/', '-')}.groovy") for each in scripts]
    return render([*named, *seed.plan_casc(platform)], templates())


def _of(language: Language) -> Callable[[], Tree]:
    return lambda: new(language)


CASES: dict[str, Callable[[], Tree]] = {
    **{language: _of(language) for language in LANGUAGES},
    "controller": controlled,
    "full": lambda: described("full"),
    "guarded": lambda: described("guarded"),
    "monorepo": lambda: described("monorepo"),
    "platform": answered,
}


def folder_of(case: str) -> Path:
    """Where a case's tree is."""
    return HERE / case / "tree"


def read(folder: Path) -> dict[str, str]:
    """Every file in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def differences(folder: Path, tree: Tree) -> list[str]:
    """What must change in the folder to be the tree, a line a file."""
    there = read(folder)
    return [
        f"{'missing' if path not in there else 'not generated' if path not in tree else 'differs'}: {path}"
        for path in sorted(there.keys() | tree.keys())
        if path not in there or path not in tree or there[path] != tree[path].text
    ]


def rewrite(folder: Path, tree: Tree) -> None:
    """Make the folder the tree: nothing missing, nothing left over."""
    for path, file in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.text.encode())
    for path in read(folder).keys() - tree.keys():
        (folder / path).unlink()
    for each in sorted(folder.rglob("*"), reverse=True):
        if each.is_dir() and not any(each.iterdir()):
            each.rmdir()
