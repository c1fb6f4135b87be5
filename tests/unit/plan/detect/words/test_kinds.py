"""Words of one kind."""

from __future__ import annotations

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.words.kinds import of


def test_what_is_said_of_workplaces_comes_last() -> None:
    weak = Word(what="port", value="1", place="a", weak=True)
    words = (weak, Word(what="note", value="x", place="b"), Word(what="port", value="2", place="c"))
    assert [each.value for each in of(words, "port")] == ["2", "1"]
