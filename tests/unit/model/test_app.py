from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from pipelinekit.model.app import LANGUAGES, Language, Process
from tests import examples


def test_an_environment_has_its_own_processes_and_the_others_those_of_the_document() -> None:
    four = {"web": Process(name="web", replicas=4)}
    app = examples.app(environments={"production": four})
    assert app.processes_in("production") == four
    assert app.processes_in("dev") == app.processes


def test_an_application_is_a_value() -> None:
    assert examples.app() == replace(examples.app())
    with pytest.raises(FrozenInstanceError):
        examples.app().name = "other"  # type: ignore[misc]


def test_the_languages_are_those_of_their_type() -> None:
    assert set(LANGUAGES) == set(Language.__args__)  # type: ignore[attr-defined]
