from __future__ import annotations

import pytest

from pipelinekit.reading.document.unsaid import unsaid


@pytest.mark.parametrize(
    "path",
    [
        ("run", "secrets", "X"),
        ("run", "env", "DB_PASSWORD"),
        ("run", "env", "apiKey"),
        ("images", "credentials"),
        ("build", "args", "NPM_TOKEN"),
        ("certificates", "secrets", 0, "password"),
        ("run", "certificates", "secrets", "X"),
        ("passwords", 0),
    ],
)
def test_what_may_be_a_secret_is_not_said(path: tuple[str, ...]) -> None:
    assert unsaid(path)


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("run", "port"),
        ("run", "env", "AUTHOR"),
        ("environments", 0, "name"),
        ("passwords_file",),
        ("certificates", "secrets", 0, "duration"),
        ("certificates", "secrets", 0, "names", 1),
    ],
)
def test_everything_else_is(path: tuple[str | int, ...]) -> None:
    assert not unsaid(path)
