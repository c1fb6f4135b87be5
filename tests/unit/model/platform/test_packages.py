from __future__ import annotations

from pipelinekit.model.app import LANGUAGES
from pipelinekit.model.platform.packages import CLIENTS, ECOSYSTEMS, OF_LANGUAGE, SECRET, secret_of


def test_every_ecosystem_has_a_client_and_a_language_of_its_own() -> None:
    assert set(CLIENTS) == set(ECOSYSTEMS)
    assert {each for name, of in OF_LANGUAGE.items() if name != "dockerfile" for each in of} == set(
        ECOSYSTEMS
    )
    assert set(OF_LANGUAGE) <= set(LANGUAGES)


def test_each_has_an_argument_and_a_secret_of_its_own() -> None:
    assert len({each.argument for each in CLIENTS.values()}) == len(ECOSYSTEMS)
    assert len({secret_of(each) for each in ECOSYSTEMS}) == len(ECOSYSTEMS)
    assert all(secret_of(each).startswith(SECRET) for each in ECOSYSTEMS)


def test_one_step_can_have_the_files_of_a_language() -> None:
    for language, of in OF_LANGUAGE.items():
        if language != "dockerfile":
            assert len({CLIENTS[each].file for each in of}) == len(of)
