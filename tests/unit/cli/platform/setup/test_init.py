"""What `platform init` refuses before it asks anybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.cli import main


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
