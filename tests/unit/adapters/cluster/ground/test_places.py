from __future__ import annotations

import pytest

from pipelinekit.adapters.cluster import kubectl
from pipelinekit.adapters.cluster.direct import objects as direct
from pipelinekit.adapters.cluster.direct import ways
from pipelinekit.adapters.cluster.ground.places import DevelopersPlaces
from pipelinekit.errors import ToolFailed
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import Credentials, Target

TARGET = Target(
    name="orders", environment=Environment(name="dev", cluster="c", namespace="n"), namespace="n", context="c"
)
LABELS = {"pipelinekit.dev/draft": "true"}


@pytest.fixture(autouse=True)
def way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "to", lambda *_: object())


def test_a_namespace_that_is_being_removed_is_said_whoever_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    going = {"metadata": {"name": "n"}, "status": {"phase": "Terminating"}}
    monkeypatch.setattr(direct, "live", lambda *_: [going])
    with pytest.raises(ToolFailed) as caught:
        DevelopersPlaces({}).place(TARGET)
    assert caught.value.faults[0].code == "namespace-going"


@pytest.mark.parametrize(("told", "asked"), [(None, True), ([], False)])
def test_what_is_not_told_over_the_open_way_kubectl_is_asked(
    monkeypatch: pytest.MonkeyPatch, told: list[object] | None, *, asked: bool
) -> None:
    questions: list[object] = []
    monkeypatch.setattr(kubectl, "found", lambda *words: questions.append(words))
    monkeypatch.setattr(direct, "live", lambda *_: told)
    assert DevelopersPlaces({}).place(TARGET) is None
    assert bool(questions) is asked


def test_our_own_things_are_applied_without_reading_the_schemas_and_logins_go_by_the_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[tuple[tuple[object, ...], str]] = []
    monkeypatch.setattr(kubectl, "check", lambda *words, stdin="": given.append((words, stdin)))
    DevelopersPlaces({}).prepare(TARGET, LABELS, "now", {"nexus": Credentials("jane", "hunter2")})
    ((words, text),) = given
    assert "--validate=false" in words
    assert "draft-pullsecret" in text
    assert "hunter2" not in str(words)
