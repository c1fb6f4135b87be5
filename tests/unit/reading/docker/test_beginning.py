"""With which command an image begins, by its Dockerfile."""

import pytest

from pipelinekit.reading.docker.beginning import begins

NONE: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
NODE = (("docker-entrypoint.sh",), ("node",))


@pytest.mark.parametrize(
    ("text", "base", "words"),
    [
        ('FROM a\nCMD ["python", "-m", "app"]', NONE, ("python", "-m", "app")),
        ('FROM a\nCMD ["server.js"]', (("/nodejs/bin/node",), ()), ("/nodejs/bin/node", "server.js")),
        ('FROM a\nCMD ["node", "."]', NODE, ("docker-entrypoint.sh", "node", ".")),
        ('FROM a\nENTRYPOINT ["/app"]', NODE, ("/app",)),
        ('FROM a\nCMD ["x"]\nENTRYPOINT ["/app"]', NODE, ("/app", "x")),
        ("FROM a\nCMD python -m app", NONE, ("/bin/sh", "-c", "python -m app")),
        ('FROM a\nHEALTHCHECK CMD ["curl"]\nUSER 1', NODE, ("docker-entrypoint.sh", "node")),
        ('FROM a\nCMD ["one"]\nCMD [\\\n  "two"]', NONE, ("two",)),
        ("FROM a\nCMD []", NODE, ("docker-entrypoint.sh",)),
        ('FROM a AS one\nCMD ["one"]\nFROM b AS two\nCMD ["two"]\nFROM ONE', NONE, ("one",)),
        ('FROM a AS one\nCMD ["one"]\nFROM one AS two\nENTRYPOINT ["/x"]', NONE, ("/x", "one")),
        ('FROM a AS one\nCMD ["one"]\nFROM --platform=linux/amd64 b', NONE, ()),
        ('FROM a AS one\nCMD ["one"]\nFROM b\nFROM 0', NONE, ("one",)),
        ('FROM a\nSHELL ["bash", "-c"]\nCMD x y', NONE, ("bash", "-c", "x y")),
        ('FROM a AS one\nSHELL ["bash", "-c"]\nFROM one\nENTRYPOINT x', NODE, ("bash", "-c", "x")),
        ('FROM a\nCMD x\nSHELL ["bash", "-c"]', NONE, ("/bin/sh", "-c", "x")),
        ("", NONE, ()),
    ],
)
def test_the_words_are_those_that_the_engine_gives_the_image(
    text: str, base: tuple[tuple[str, ...], tuple[str, ...]], words: tuple[str, ...]
) -> None:
    assert begins(text, base, {}) == words


@pytest.mark.parametrize(("target", "words"), [("one", ("one",)), ("ONE", ("one",)), ("", ("two",))])
def test_a_stage_that_is_built_is_the_one_that_begins(target: str, words: tuple[str, ...]) -> None:
    text = 'FROM a AS one\nCMD ["one"]\nFROM b AS two\nCMD ["two"]'
    assert begins(text, NONE, {}, target) == words


@pytest.mark.parametrize(("args", "words"), [({}, ("one",)), ({"BASE": "two"}, ("two",))])
def test_a_variable_says_on_which_stage_another_one_builds(
    args: dict[str, str], words: tuple[str, ...]
) -> None:
    text = 'ARG BASE=one\nFROM a AS one\nCMD ["one"]\nFROM a AS two\nCMD ["two"]\nFROM ${BASE}'
    assert begins(text, NONE, args) == words
