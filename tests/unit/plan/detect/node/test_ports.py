from __future__ import annotations

import pytest

from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.node.ports import port, serves


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("app.listen(3000)", 3000),
        ("app.listen({ host: '::', port: 5000 })", 5000),
        ("const port = process.env.PORT || 4000;", 4000),
        ("listen(parseInt(process.env.PORT ?? '4100', 10))", 4100),
        ("const PORT = 4200;", 4200),
        ("const port: number = 4300;", 4300),
        ("listen(99999)", None),
        ("fetch('http://localhost:3000')", None),
    ],
)
def test_ports_as_servers_name_them(source: str, expected: int | None) -> None:
    found = port({"src/a.ts": source}, "")
    assert (found[0] if found else None) == expected


@pytest.mark.parametrize("path", ["test/a.js", "src/client/a.js", "a.test.ts", "client.js", "cypress/a.js"])
def test_others_do_not_say_where_the_server_listens(path: str) -> None:
    assert port({path: "app.listen(3000)"}, "") is None
    assert not serves({path: "app.listen(3000)"}, Package())


def test_the_programs_own_source_comes_first() -> None:
    texts = {"a.js": "listen(1111)", "src/deep/main.ts": "x.listen(2222)"}
    assert port(texts, "dist/deep/main.js") == (2222, "src/deep/main.ts: port 2222")
