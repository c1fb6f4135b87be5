from __future__ import annotations

import pytest

from tests.schemas import accepts, field


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            ("Platform", "images", "registry"),
            ["a", "a:5000", "A.b"],
            ["", "http://a", "a:", "a/", "a/X", "a b", "-a"],
        ),
        (("Platform", "charts", "repository"), ["oci://a/b", "https://a/b/"], ["a", "ftp://a", "oci://a b"]),
        (
            ("Platform", "ledger", "repository"),
            ["https://a/b.git", "ssh://g@a/b", "g@a:b", "/srv/x", "./x"],
            ["", "a b", "--upload-pack=x", "https://a b"],
        ),
        (
            ("Platform", "environments", "*", "soak"),
            ["0s", "90m", "1h", "2d"],
            ["", "1", "h", "1w", "-1h", "1.5h"],
        ),
        (
            ("Platform", "environments", "*", "namespace"),
            ["{team}", "a-{name}"],
            ["", "A", "-a", "a_b", "1a"],
        ),
        (("Platform", "packages", "pypi"), ["https://a/b"], ["", "a", "ftp://a", "https://a b"]),
        (("Platform", "packages", "go", "url"), ["https://a/b"], ["", "a", "ftp://a", "https://a b"]),
        (("Platform", "packages", "npm", "credentials"), ["reader"], ["", "-a", "a b", "$a"]),
        (("Platform", "clusters", "*", "credentials"), ["kube", "a.b_c-1"], ["", "-a", "a b", "a/b", "$a"]),
    ],
)
def test_patterns(path: tuple[str, ...], good: list[str], bad: list[str]) -> None:
    schema = field(*path)
    assert [each for each in good if not accepts(schema, each)] == []
    assert [each for each in bad if accepts(schema, each)] == []
