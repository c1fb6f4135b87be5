from __future__ import annotations

import pytest

from pipelinekit.model.app import LANGUAGES
from pipelinekit.model.repository.spoken import meant, suggestion


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("golang", "did you mean 'go'?"),
        ("Java", "did you mean 'java-maven' or 'java-gradle'?"),
        ("nodejs", "did you mean 'node'?"),
        ("C#", "did you mean 'dotnet'?"),
        ("pyhton", "did you mean 'python'?"),
        ("golnag", "did you mean 'go'?"),
        ("typscript", "did you mean 'node'?"),
        ("maevn", "did you mean 'java-maven'?"),
        ("Rusty", "did you mean 'rust'?"),
        ("cobol", ""),
        ("g", ""),
        ("", ""),
    ],
)
def test_what_people_say(word: str, said: str) -> None:
    assert suggestion(word) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_meant_by_its_own_name(language: str) -> None:
    assert language in meant(language.upper())
