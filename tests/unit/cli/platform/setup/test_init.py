"""What `platform init` refuses before it asks anybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli import main
from pipelinekit.cli.platform.setup import questions
from pipelinekit.errors import UsageError


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--environment", "dev=a", "--environment", "staging=a", "--environment", "dev=b"),
            "error: --environment names dev twice\n",
        ),
        (("--to", "here"), "error: --to here is a folder\n  --to here/platform.yaml\n"),
    ],
)
def test_what_would_be_lost_or_cannot_be_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main.run(["platform", "init", "--name", "acme", "--registry", "localhost:1", *words])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err
    assert [each.name for each in tmp_path.rglob("*")] == ["here"]


@pytest.mark.parametrize(
    ("key", "answer", "near"),
    [
        ("name", "Acme", "; perhaps acme"),
        ("name", "My Site", "; perhaps my-site"),
        ("registry", "https://r.example:5000/", "; perhaps r.example:5000"),
        ("charts", "r.example/charts", "; perhaps oci://r.example/charts"),
        ("jenkins", "j.example", "; perhaps https://j.example"),
        ("jenkins", "jenkins", ""),
        ("registry", "https://me:hunter2@r.example", ""),
        ("environments", "dev Staging", "; perhaps dev staging"),
        ("environments", "dev Dev", ""),
    ],
)
def test_what_was_perhaps_meant_is_said_where_no_login_is_in_it(key: str, answer: str, near: str) -> None:
    (text,) = (each.text for each in questions.QUESTIONS if each.key == key)
    with pytest.raises(UsageError) as caught:
        questions.check({key: answer})
    assert caught.value.faults[0].hint == text + near
    assert "hunter2" not in str(caught.value)


def test_an_environment_is_told_by_the_option_that_there_is() -> None:
    with pytest.raises(UsageError, match=r"^--environment Dev is no name"):
        questions.check({"environments": "Dev"})
