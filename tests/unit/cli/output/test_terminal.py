from __future__ import annotations

import io
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.cli.output import report
from pipelinekit.cli.output.terminal import ANEW, Footer, harmless, plain, visible


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Step 3/7 : RUN pip install", "Step 3/7 : RUN pip install"),
        ("\033[1;31mred\033[0m and \033[4munderlined\033[m", "red and underlined"),
        (" 10 %\r 50 %\r100 %\r", "100 %"),
        ("one\033[2Ktwo\033[1A\033(B", "onetwo"),
        ("\033]0;a title\atext\033]8;;https://x\033\\link", "textlink"),
        ("a\tb\x00\x07\x1b\x9b\x7fc", "a\tbc"),
        ("Größe 📦", "Größe 📦"),
        ("", ""),
    ],
)
def test_a_tools_line_is_told_plainly(line: str, shown: str) -> None:
    assert plain(line) == shown


@given(st.text())
def test_nothing_that_moves_a_cursor_is_left(line: str) -> None:
    assert all(each.isprintable() or each == "\t" for each in plain(line))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\033[31mb\nerror: c", "ab\nerror: c"),
        ("a\rb\x85c\u2028d\u202ee", "a b c d e"),
        ("\udcffx", " x"),
        ("Größe 📦", "Größe 📦"),
    ],
)
def test_each_line_stands_as_it_is_written(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left_in_a_document(text: str) -> None:
    shown = visible(text)
    assert all(each.isprintable() or each in "\t\r\n" or ord(each) > 127 for each in shown)
    assert "\r" not in shown.replace("\r\n", "")
    assert visible(shown) == shown


def screen(written: str) -> list[str]:
    """What a terminal shows after all that: its lines, drawn over ones as they are last."""
    return [line.rpartition(ANEW)[2] for line in written.split("\n")]


def test_the_line_is_below_what_is_said_and_gone_at_the_end() -> None:
    stream = io.StringIO()
    with Footer("push", stream) as footer:
        footer.above("  first\n")
        footer.above("  second\n")
        assert screen(stream.getvalue()) == ["  first", "  second", "  push 0:00"]
    assert screen(stream.getvalue()) == ["  first", "  second", ""]


def test_what_moves_is_drawn_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("pipelinekit.cli.output.terminal.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    with Footer("push", stream) as footer:
        now[0] += 75
        footer.move("3 layers, 10.0 of 20.0 MB\033[0m")
        assert screen(stream.getvalue()) == ["  push 1:15  3 layers, 10.0 of 20.0 MB"]
        # Too soon to be drawn, but not forgotten.
        footer.move("3 layers, 11.0 of 20.0 MB")
        assert "11.0" not in stream.getvalue()
        footer.above("  said\n")
        assert screen(stream.getvalue()) == ["  said", "  push 1:15  3 layers, 11.0 of 20.0 MB"]
        now[0] += 1
        footer.move("x" * 500)
        assert len(screen(stream.getvalue())[-1]) == 79, "a line that wraps is not drawn over"


def test_time_is_drawn_without_anybody_saying_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelinekit.cli.output.terminal.EVERY", 0.001)

    class Patient(io.StringIO):
        def write(self, text: str) -> int:
            drawn.append(text)
            if len(drawn) == 5:
                enough.set()
            return super().write(text)

    drawn: list[str] = []
    enough = threading.Event()
    with Footer("build", Patient()):
        assert enough.wait(60)


def test_where_nobody_looks_on_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with report.alive("build"):
        report.live("10 of 20 MB")
        report.say("\033[1mdone\033[0m\r")
    assert capsys.readouterr().err == "  done\n"


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_terminal_shows_it_when_it_can_draw(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("NO_COLOR", raising=False)
    with report.alive("build"), report.alive("push"):
        report.live("10 of 20 MB")
        report.say("a line")
    assert (ANEW in stream.getvalue()) is (term == "xterm")
    assert "push" not in stream.getvalue()
    said = "\033[2m  a line\033[0m" if term == "xterm" else "  a line"
    assert [line for line in screen(stream.getvalue()) if line] == [said]
