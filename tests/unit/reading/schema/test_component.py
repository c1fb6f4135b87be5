from __future__ import annotations

import pytest

from tests.schemas import accepts, field


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            ("crds", "*"),
            ["widgets.example.com", "a.b.c"],
            ["widgets", "widgets.example", "Widgets.example.com", "a.b.c\n"],
        ),
        (
            ("images", "*"),
            ["quay.io/openbao/openbao:2.7.2", "127.0.0.1:5000/a@sha256:" + "0" * 64],
            ["openbao", "quay.io/", "quay.io/a b", "quay.io/a:1\n", "quay.io/../a:1", "quay.io/a:-1"],
        ),
        (("calls", "*"), ["vault", "vault:api"], ["vault:", ":api", "vault:api:x", "Vault"]),
        (("replace", "leader"), ["role=leader", "a/b=c,d="], ["role", "role=a b", "=x", "a=b,"]),
        (("version", "pointer"), ["/version", "/a/0/b~1c"], ["version", "", "/a\n"]),
        (("archive", "digest"), ["sha256:" + "a" * 64], ["sha256:" + "a" * 63, "sha512:" + "a" * 64]),
        (("archive", "version"), ["1.2.3", "v1.2.3-rc.1"], ["1.2", "latest", ">=1.2.3", "1.2.3 "]),
    ],
)
def test_patterns_take_what_they_should(path: tuple[str, ...], good: list[str], bad: list[str]) -> None:
    schema = field("Component", *path)
    assert [each for each in good if not accepts(schema, each)] == []
    assert [each for each in bad if accepts(schema, each)] == []
