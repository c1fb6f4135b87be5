from __future__ import annotations

import json

import pytest

from pipelinekit.cli import report
from pipelinekit.errors import Fault, Refused


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


def test_json_keeps_every_letter(capsys: pytest.CaptureFixture[str]) -> None:
    report.as_json({"name": "é😀\u2028"})
    assert json.loads(capsys.readouterr().out) == {"name": "é😀\u2028"}


def test_a_process_ends_with_its_code() -> None:
    with pytest.raises(SystemExit) as caught:
        report.leave(6)
    assert caught.value.code == 6
