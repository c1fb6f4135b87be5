from __future__ import annotations

import pytest

from tests.schemas import accepts, field


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            ("Application", "build", "dependencies", "*"),
            ["a", "a/b.txt", ".x", "a..b", "a@1+2"],
            ["/a", "..", "../a", "a/..", "a/../b", "a b", "$(id)", "a\n", ""],
        ),
        (("Application", "run", "health"), ["/", "/a?b=c&d", "/%20"], ["", "a", "/a b", "/é", "/\n", '/"']),
        (
            ("Application", "run", "resources", "cpu"),
            ["1", "250m", "0.5"],
            ["", "m", "1.2345", "-1", "1 ", "1G"],
        ),
        (("Application", "run", "resources", "memory"), ["64Mi", "1G", "1000"], ["", "Mi", "1.5Gi", "64MiB"]),
        (
            ("Application", "run", "secrets", "*"),
            ["vault:a/{env}/b#k", "secret:a-b#k"],
            ["vault:a", "secret:#k", "plain", "secret:A#k", "vault:a#", "other:a#b", "vault:a b#k"],
        ),
        (
            ("Application", "run", "expose", "host"),
            ["a", "a.b", "A-1.example.com"],
            ["", "a:80", "a/b", "http://a", "-a", "a b"],
        ),
        (
            ("Application", "processes", "*", "schedule"),
            ["0 3 * * *", "*/5 1-3 1,2 * MON", "@daily"],
            ["", "* * * *", "* * * * * *", "@reboot", "0 3 * * *\n"],
        ),
        (("Application", "calls", "*"), ["a", "a/b", "a-1"], ["", "/a", "a/", "a/b/c", "A"]),
        (
            ("Application", "build", "secrets", "*"),
            ["npm-token", "a.b_c", "platform"],
            ["", "A", "1a", "a b", "platform-pypi", "platform-"],
        ),
        (("Application", "build", "version"), ["3.11", "stable-alpine"], ["", ".1", "3:1", "3 1", "3@x"]),
    ],
)
def test_patterns(path: tuple[str, ...], good: list[str], bad: list[str]) -> None:
    schema = field(*path)
    assert [each for each in good if not accepts(schema, each)] == []
    assert [each for each in bad if accepts(schema, each)] == []
