"""One catcher for all errors: what it prints where, and with which code it ends."""

from __future__ import annotations

import errno
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
import pytest

from pipelinekit import __version__, errors
from pipelinekit.cli import main
from pipelinekit.errors import Fault, Place

FAULTS = (
    Fault("one", "is wrong", Place("app.yaml", 3, 7), "run.port", "mend it\nor do not"),
    Fault("two", "is wrong too"),
)


def raises(error: BaseException) -> Callable[[], NoReturn]:
    def verb() -> NoReturn:
        raise error

    return verb


def ended(monkeypatch: pytest.MonkeyPatch, verb: Callable[[], object], *arguments: str) -> int:
    """The exit code of a command line whose one verb, `verb`, does this."""
    group = click.Group(
        "pipelinekit",
        commands={"verb": click.Command("verb", callback=lambda **_: verb(), params=[_json()])},
    )
    monkeypatch.setattr(main, "group", lambda: group)
    with pytest.raises(SystemExit) as caught:
        main.run(["verb", *arguments])
    assert isinstance(caught.value.code, int)
    return caught.value.code


def _json() -> click.Option:
    return click.Option(["--json", "as_json"], is_flag=True)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.CheckFailed, 1),
        (errors.UsageError, 2),
        (errors.DocumentInvalid, 3),
        (errors.ToolMissing, 4),
        (errors.ToolFailed, 5),
        (errors.Refused, 6),
    ],
)
def test_every_error_ends_with_its_own_code_and_its_faults_on_stderr(
    kind: type[errors.PipelinekitError],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(monkeypatch, raises(kind(*FAULTS))) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[:4] == [
        "error: app.yaml:3:7: run.port: is wrong",
        "  mend it",
        "  or do not",
        "error: is wrong too",
    ]


def test_faults_of_documents_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended(monkeypatch, raises(errors.DocumentInvalid(*FAULTS)))
    assert capsys.readouterr().err.endswith("2 faults\n")


def test_with_json_an_error_is_on_stdout_for_machines_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, raises(errors.DocumentInvalid(*FAULTS)), "--json") == 3
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "error": {
            "exitCode": 3,
            "faults": [
                {
                    "code": "one",
                    "problem": "is wrong",
                    "path": "run.port",
                    "file": "app.yaml",
                    "line": 3,
                    "column": 7,
                    "hint": "mend it\nor do not",
                },
                {"code": "two", "problem": "is wrong too"},
            ],
        }
    }
    assert "error: app.yaml:3:7" in said.err


@pytest.mark.parametrize(("result", "code"), [(None, 0), (0, 0), (7, 7), ("text", 0)])
def test_a_verb_that_returns_ends_well_or_with_its_number(
    result: object, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ended(monkeypatch, lambda: result) == code


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort(), EOFError()])
def test_ctrl_c_is_130(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, raises(error)) == 130
    assert capsys.readouterr().err.strip() == "interrupted"


def test_ctrl_c_while_modules_load_is_130_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("gc.set_threshold", "sys.setswitchinterval"):
        monkeypatch.setattr(name, lambda *_: None)
    monkeypatch.setattr(main, "run", lambda _: raises(KeyboardInterrupt())())
    with pytest.raises(SystemExit) as end:
        main.entry()
    assert end.value.code == 130
    assert capsys.readouterr().err.strip() == "interrupted"


def test_a_wrong_option_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, lambda: None, "--no-such") == 2
    assert "--no-such" in capsys.readouterr().err


def test_with_json_a_usage_error_is_on_stdout_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, lambda: None, "--json", "--no-such") == 2
    body = json.loads(capsys.readouterr().out)
    assert body["error"]["exitCode"] == 2
    assert "--no-such" in body["error"]["faults"][0]["problem"]


def test_a_bug_of_ours_is_one_line_and_a_log_that_is_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert ended(monkeypatch, raises(ValueError("one\ntwo"))) == 70
    said = capsys.readouterr()
    (log,) = tmp_path.iterdir()
    assert said.out == ""
    assert said.err.splitlines() == [
        "error: a bug in pipelinekit (ValueError: one)",
        f"  please report it with {log}",
    ]
    text = log.read_text()
    assert text.startswith(f"pipelinekit {__version__}, Python ")
    assert "verb: verb\n" in text
    assert "Traceback" in text


def test_a_bug_where_no_log_can_be_written_is_told_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert ended(monkeypatch, raises(ValueError("one\ntwo"))) == 70
    first, second, *rest = capsys.readouterr().err.splitlines()
    assert first == "error: a bug in pipelinekit (ValueError: one)"
    assert second.startswith("  please report it with this (")
    assert "Traceback (most recent call last):" in rest


@pytest.mark.parametrize("as_json", [True, False])
def test_a_disk_that_is_full_is_no_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/tmp/pipelinekit-x")
    assert ended(monkeypatch, raises(error), *(["--json"] if as_json else [])) == 5
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "error: /tmp/pipelinekit-x: No space left on device",
        "  make room on the disk, then run it again",
    ]
    assert as_json == bool(said.out)
    if as_json:
        assert json.loads(said.out)["error"]["faults"][0]["code"] == "disk-failed"


def test_the_version_is_told_before_anything_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pipelinekit", "--version"])
    with pytest.raises(SystemExit) as caught:
        main.entry()
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"pipelinekit {__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["validate", "app.yaml"], "--path ."),
        (["validate", "../platform.yaml"], "--platform ../platform.yaml"),
        (["generate", "orders"], "--path orders"),
        (["deploy", "dev"], "--env dev"),
    ],
)
def test_an_argument_that_a_verb_does_not_take_is_told_where_it_belongs(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main.run(words)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]
