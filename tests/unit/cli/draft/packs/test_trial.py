from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.draft.packs import linting, making, trial
from pipelinekit.cli.wiring.line import Options
from pipelinekit.errors import Refused
from pipelinekit.model.draft import Place
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import ReleaseState, Target

DEV = Environment(name="dev", cluster="c", namespace="{team}")
TARGET = Target(name="app", environment=DEV, namespace="theirs", context="c")
FOREIGN = ReleaseState(revision=1, status="deployed", values={}, manifest="")


@pytest.mark.parametrize(
    ("owner", "state", "code"),
    [("somebody", None, "namespace-taken"), ("", FOREIGN, "release-foreign")],
)
def test_what_is_somebody_elses_is_refused_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: str, state: ReleaseState | None, code: str
) -> None:
    removed: list[str] = []
    there = Place(namespace="theirs", owner=owner)

    @contextmanager
    def pinned(_: Draft) -> Iterator[Target]:
        yield TARGET

    def remove(target: Target, *_: object) -> bool:
        removed.append(target.name)
        return True

    monkeypatch.setenv("PIPELINEKIT_DEVELOPER", "me")
    monkeypatch.setattr(linting, "faults_of", lambda _: [])
    monkeypatch.setattr(making, "created", lambda *_: None)
    monkeypatch.setattr(Draft, "pinned", pinned)
    monkeypatch.setattr(Draft, "places", SimpleNamespace(place=lambda _: there))
    monkeypatch.setattr(Draft, "helm", SimpleNamespace(state=lambda _: state))
    monkeypatch.setattr(Draft, "releases", SimpleNamespace(remove=remove, names=lambda _: ()))
    (tmp_path / "go").mkdir()
    here = Draft(Options(path=str(tmp_path)), Words(home=str(tmp_path)))
    with pytest.raises(Refused) as caught:
        trial.test_pack.callback.__wrapped__(here, str(tmp_path / "go"), "", 5)  # type: ignore[union-attr]
    assert caught.value.faults[0].code == code
    assert removed == []
