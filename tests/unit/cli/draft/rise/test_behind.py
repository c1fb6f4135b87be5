from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit import __version__
from pipelinekit.adapters.folder import packaged
from pipelinekit.adapters.folder.workspace import Workspace
from pipelinekit.adapters.source.worktree import MergeFile
from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.draft.rise import behind
from pipelinekit.cli.wiring.line import Options
from pipelinekit.errors import Refused, refused
from pipelinekit.merge import Decisions
from pipelinekit.model.platform.site import Site
from pipelinekit.reading.app import read_app
from pipelinekit.steps import generate

APP = """
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
run: {port: 8080}
"""
SITE = Site(library=__version__)
CALLS = f"{APP}calls: [mail]\n"


def made(folder: Path) -> Draft:
    """The application, generated."""
    (folder / "app.yaml").write_text(APP)
    here = Draft(Options(path=str(folder)), Words(home=str(folder / "home")))
    title, digest = "payments/orders", packaged.templates_digest()
    inputs = generate.inputs_digest(APP.encode(), title, SITE, __version__, digest)
    workspace = Workspace(folder)
    memory = generate.remember(workspace)
    app = read_app(APP, "app.yaml")
    templates, merge = packaged.templates(), MergeFile()
    words = (app, SITE, __version__, templates, workspace, memory, Decisions(), merge)
    generate.apply_generation(generate.plan_generation(*words, inputs=inputs), workspace)
    return here


@pytest.mark.parametrize(
    ("after", "names"),
    [
        (APP, []),
        (f"{APP}# a comment\n", []),
        (APP.replace("language: python", "language: python, around: {push: {before: [pwd]}}"), []),
        (CALLS, ["charts/orders/values.yaml"]),
        (APP.replace("language: python", 'language: python, version: "3.12"'), ["Dockerfile"]),
    ],
)
def test_what_no_copy_is_made_of_is_passed_over(tmp_path: Path, after: str, names: list[str]) -> None:
    here = made(tmp_path)
    (tmp_path / "app.yaml").write_text(after)
    said = behind.told(here)
    assert [each for each in names if each in said] == names
    assert bool(said) == bool(names), said


def test_current_renders_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = made(tmp_path)
    monkeypatch.delattr(generate, "plan_generation")
    assert behind.told(here) == ""


def test_it_is_said_however_the_block_ends_and_is_no_reason_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, said = made(tmp_path), list[str]()
    (tmp_path / "app.yaml").write_text(CALLS)
    with pytest.raises(Refused, match="the build"), behind.telling(here, said.append):
        raise refused("failed", "the build")
    assert len(said) == 1
    monkeypatch.setattr(Draft, "descriptor", property(lambda _: b"kind: {"))
    with behind.telling(here, said.append):
        pass
    assert len(said) == 1


def test_another_pipelinekits_files_and_a_damaged_memory_are_not_spoken_of(tmp_path: Path) -> None:
    here = made(tmp_path)
    (tmp_path / "app.yaml").write_text(CALLS)
    lock = tmp_path / ".pipelinekit" / "lock.yaml"
    text = lock.read_text()
    lock.write_text(text.replace(__version__, "0.0.1", 1))
    assert behind.told(here) == ""
    lock.write_text(text)
    (tmp_path / ".pipelinekit" / "base.tar.gz").write_bytes(b"nothing")
    assert behind.told(here) == ""
