"""One value of a repository, and where it is said."""

from __future__ import annotations

from pipelinekit.model.repository.words import Word


def test_a_word_speaks_of_the_application_unless_it_says_otherwise() -> None:
    word = Word(what="port", value="8080", place="fly.toml:7")
    assert (word.weak, word.name) == (False, "")
