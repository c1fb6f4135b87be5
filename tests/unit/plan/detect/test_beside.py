"""Projects beside a program."""

from __future__ import annotations

import pytest

from pipelinekit.plan.detect.beside import alone

TEXTS = dict.fromkeys(["a.py", "api/requirements.txt", "api/app.py", "web/package.json", "web/a/b.js"], "")


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ((), ["a.py"]),
        (("python", "a.py"), ["a.py"]),
        (("gunicorn", "--chdir=api", "app:app"), ["a.py", "api/requirements.txt", "api/app.py"]),
        (("gunicorn", "api.app:app"), ["a.py", "api/requirements.txt", "api/app.py"]),
        (("sh", "-c", "cd ./web && npm start"), ["a.py", "web/package.json", "web/a/b.js"]),
    ],
)
def test_what_a_program_is_started_in_is_its_own(words: tuple[str, ...], left: list[str]) -> None:
    assert [*alone(TEXTS, words)] == left


def test_without_projects_below_nothing_is_left_out() -> None:
    texts = {"package.json": "", "a/b.js": ""}
    assert alone(texts, ()) is texts
