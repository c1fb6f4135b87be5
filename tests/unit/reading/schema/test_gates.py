from __future__ import annotations

import pytest

from tests.schemas import accepts, field

ENVIRONMENT = ("Platform", "environments", "*")


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            ("freeze", "*", "from"),
            ["2026-12-18", "2026-12-18T18:00", "12-18", "12-18T18:00", "Fri 16:00", "16:00", "16:00:30"],
            ["", "Friday", "Fri", "fri 16:00", "24:00", "13-01", "2026-12-18 18:00", "Fri 16:00 "],
        ),
        (("evidence", "*", "type"), ["scan", "load-test", "a1"], ["", "Scan", "-a", "a b", "1a"]),
        (("change",), ["CHG#######", "JIRA-*"], ["", "CHG ###", "a$", "(a+)+"]),
        (("verify", "prometheus"), ["https://p", "http://p:9090/x"], ["", "p", "ftp://p"]),
    ],
)
def test_patterns(path: tuple[str, ...], good: list[str], bad: list[str]) -> None:
    schema = field(*ENVIRONMENT, *path)
    assert [each for each in good if not accepts(schema, each)] == []
    assert [each for each in bad if accepts(schema, each)] == []
