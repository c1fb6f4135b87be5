from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.folder import chartcopy
from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.draft.rise import ground, moving, rising
from pipelinekit.cli.wiring.line import Options
from pipelinekit.errors import DocumentInvalid, ToolFailed
from pipelinekit.model.draft import Context
from pipelinekit.steps.innerloop.image import TRIES
from pipelinekit.steps.innerloop.release import Chart

APP = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
run: {port: 8080}
"""
TOML = '[environments.development]\nname = "orders"\nset = ["a=1"]\n'
FILES = {
    "app.yaml": APP,
    "draft.toml": TOML,
    ".draft-tasks.toml": '[post-up]\n"a" = "true"\n',
    "charts/orders/Chart.yaml": "apiVersion: v2\nname: orders\nversion: 0.1.0\n",
    "charts/orders/templates/a.yaml": "a: 1\n",
    "orders/web.py": "A = 1\n",
}


def write(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draft:
    """An application in the cluster that is pinned."""
    monkeypatch.setenv("PIPELINEKIT_DEVELOPER", "ann")
    for path, text in FILES.items():
        write(tmp_path / "app", path, text)
    found: Any = Draft(Options(path=str(tmp_path / "app")), Words(home=str(tmp_path / "home")))
    found.contexts, found.context = None, Context(name="c", server="https://c")
    made: Draft = found
    return made


def chart(here: Draft) -> Chart:
    folder = here.root / "charts" / "orders"
    return Chart(folder=folder, digest=chartcopy.digest_of(folder, here.root), values={})


CHANGES: dict[str, Callable[[Path], None]] = {
    "app.yaml": lambda root: write(root, "app.yaml", APP.replace("8080", "8081")),
    "no app.yaml": lambda root: (root / "app.yaml").unlink(),
    "draft.toml": lambda root: write(root, "draft.toml", TOML.replace("a=1", "a=2")),
    "tasks": lambda root: write(root, ".draft-tasks.toml", '[post-up]\n"a" = "false"\n'),
    "a template": lambda root: write(root, "charts/orders/templates/a.yaml", "a: 2\n"),
    "one more": lambda root: write(root, "charts/orders/templates/b.yaml", "b: 1\n"),
    "half a document": lambda root: write(root, "draft.toml", "[environments.devel"),
    "no chart for a moment": lambda root: (root / "charts/orders/Chart.yaml").unlink(),
    "one less": lambda root: (root / "charts/orders/templates/a.yaml").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_document_or_chart_of_another_branch_is_seen(here: Draft, change: str) -> None:
    known, of_before = moving.documents(here), chart(here)
    CHANGES[change](here.root)
    assert moving.moved(here, known, of_before)


def test_what_says_the_same_has_not_moved(here: Draft) -> None:
    known, of_before = moving.documents(here), chart(here)
    for path in FILES:
        (here.root / path).touch()
    write(here.root, "draft.toml", "# a word\n" + TOML)
    write(here.root, "orders/web.py", "A = 2\n")
    assert not moving.moved(here, known, of_before)


def test_what_a_task_before_it_changes_has_not_moved(here: Draft) -> None:
    write(here.root, ".draft-tasks.toml", '[pre-up]\n"a" = "true"\n')
    assert here.tasks.pre_up
    assert here.settings.set == ("a=1",)
    write(here.root, "draft.toml", TOML.replace("a=1", "a=2"))
    assert not moving.moved(here, moving.documents(here), chart(here))


def test_it_is_begun_again_with_what_is_there_now_and_at_the_same_place_alone(here: Draft) -> None:
    here.together = frozenset({"mail"})
    said: list[str] = []
    write(here.root, "draft.toml", TOML.replace("a=1", "a=2"))
    now = moving.anew(here, here.target, said.append, 1)
    assert (now.settings.set, now.together, len(said)) == (("a=2",), here.together, 1)
    with pytest.raises(ToolFailed):
        moving.anew(here, here.target, said.append, 0)
    write(here.root, "draft.toml", TOML + 'namespace = "elsewhere"\n')
    with pytest.raises(ToolFailed) as caught:
        moving.anew(here, here.target, said.append, 1)
    assert caught.value.faults[0].code == "documents-moving"


def test_a_wrong_file_of_tasks_is_said_before_anything_is_done(
    here: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here.root, ".draft-tasks.toml", "[pre-up\n")
    monkeypatch.setattr(ground, "made_ready", lambda *_: pytest.fail("a namespace was made"))
    with pytest.raises(DocumentInvalid):
        rising.bring_up(here, here.target, rising.Asked())


@pytest.mark.parametrize(("times", "ends"), [(0, True), (TRIES - 1, True), (TRIES, False)])
def test_an_up_ends_with_one_moments_files_or_says_that_there_is_none(
    here: Draft, monkeypatch: pytest.MonkeyPatch, times: int, *, ends: bool
) -> None:
    seen: list[Draft] = []

    def risen(at: Draft, *_: object) -> bool:
        seen.append(at)
        return len(seen) > times

    monkeypatch.setattr(rising, "_risen", risen)
    if ends:
        assert rising.bring_up(here, here.target, rising.Asked()).namespace == here.target.namespace
    else:
        with pytest.raises(ToolFailed, match="have changed while the image was made"):
            rising.bring_up(here, here.target, rising.Asked())
    assert len(set(map(id, seen))) == min(times + 1, TRIES)
