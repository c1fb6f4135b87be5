from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from pipelinekit.cli.output import report
from pipelinekit.errors import Fault, Refused, failed


def test_results_go_to_stdout_and_everything_else_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    report.say("building")
    report.notice("newer")
    report.error(Refused(Fault("c", "no", hint="because")))
    report.result("orders runs")
    said = capsys.readouterr()
    assert said.out == "orders runs\n"
    assert said.err == "  building\nnotice: newer\nerror: no\n  because\n"


def test_where_nobody_reads_there_are_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    report.notice("plain")
    assert "\033" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "coloured"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=str,
)
def test_a_terminal_gets_colours_unless_somebody_wants_none(
    given: dict[str, str],
    coloured: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    report.say("fine")
    report.notice("look")
    assert ("\033" in capsys.readouterr().err) is coloured


def test_json_keeps_every_letter(capsys: pytest.CaptureFixture[str]) -> None:
    report.as_json({"name": "é😀\u2028"})
    assert json.loads(capsys.readouterr().out) == {"name": "é😀\u2028"}


def test_what_a_stranger_wrote_moves_no_cursor_and_begins_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\033[2J\nerror: b\x9b31m\u202e\udcff"
    report.say(hostile)
    report.notice(hostile)
    report.result(hostile)
    report.error(failed("x", hostile, hint=hostile))
    report.document(hostile)
    report.as_json({"key": hostile})
    out, err = capsys.readouterr()
    for text in (out, err):
        assert all(each.isprintable() or each == "\n" for each in text)
    assert sum(line.startswith("error: ") for line in err.splitlines()) == 1
    assert json.loads(out[out.index("{") :])["key"] == hostile


def test_on_stdout_there_is_one_document_and_a_report_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    reports: list[dict[str, Any] | list[Any]] = [{"applications": {}}, [{"subject": "git"}]]
    for value in reports:
        report.as_json(value)
        report.error_json(Refused(Fault("c", "no")))
        assert json.loads(capsys.readouterr().out) == value
        with pytest.raises(SystemExit):
            report.leave(6)
    report.error_json(Refused(Fault("c", "no")))
    assert json.loads(capsys.readouterr().out)["error"]["exitCode"] == 6


def test_a_process_ends_with_its_code() -> None:
    with pytest.raises(SystemExit) as caught:
        report.leave(6)
    assert caught.value.code == 6
