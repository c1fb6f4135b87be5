"""Which stage of a kept Dockerfile is the image."""

from __future__ import annotations

import pytest

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.signs import Detected
from pipelinekit.plan.detect.words.stages import Final, final, staged

KNOWN = ("base", "Production", "debug")


def word(value: str, place: str = "f:1", *, weak: bool = False) -> Word:
    return Word(what="target", value=value, place=place, weak=weak)


@pytest.mark.parametrize(
    ("words", "named", "known", "name", "opened", "doubts"),
    [
        ([word("production")], "", KNOWN, "Production", (), 0),
        ([word("production"), word("PRODUCTION", "g:2")], "", KNOWN, "Production", (), 0),
        ([word("production")], "", ("base", "production"), "", (), 0),
        ([word("production"), word("base", "g:2")], "", KNOWN, "", ("base", "Production"), 1),
        ([word("production"), word("base", "g:2")], "BASE", KNOWN, "base", (), 0),
        ([word("production"), word("base", weak=True), word("test")], "", KNOWN, "Production", (), 0),
        ([word("elsewhere")], "", ("base", "web"), "", (), 1),
        ([], "", KNOWN, "", (), 1),
        ([], "", ("test",), "", (), 0),
        ([], "", ("base", ""), "", (), 0),
        ([], "", (), "", (), 0),
    ],
)
def test_what_is_built_for_more_than_workplaces_is_the_image(
    words: list[Word], named: str, known: tuple[str, ...], name: str, opened: tuple[str, ...], doubts: int
) -> None:
    found = final(words, known, named)
    assert (found.name, found.open, len(found.doubts)) == (name, opened, doubts)
    assert bool(found.why) == bool(name)


def test_a_last_stage_that_is_for_workplaces_is_marked_with_the_others() -> None:
    assert "build.target, perhaps base Production" in final([], KNOWN).doubts[0]
    assert "perhaps" not in final([], ("build", "test")).doubts[0]


def test_only_a_dockerfile_that_is_kept_has_a_stage() -> None:
    stage = Final(name="a", why="f:1", doubts=("d",))
    assert staged(Detected(language="go"), stage) == Detected(language="go")
    found = staged(Detected(language="go", keeps_dockerfile=True), stage)
    assert (found.target, found.evidence, found.doubts) == ("a", ("f:1",), ("d",))


def test_a_name_that_no_stage_may_have_is_never_put_into_a_command() -> None:
    odd = "web;reboot"
    said = [Word(what="target", value=each, place=f"{each}.yaml:1") for each in (odd, "api")]
    stage = final(said, (odd, "api", "last"))
    assert (stage.name, stage.open) == ("api", ())
    assert len(stage.doubts) == 1
