from __future__ import annotations

import pytest

from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.node.ports import local, port, serves


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


@pytest.mark.parametrize(
    ("source", "needed", "told"),
    [
        ("app.listen(3000, 'localhost')", {}, True),
        ("app.listen({port: 1, host: '127.0.0.1'})", {}, True),
        ("app.listen(3000)", {}, False),
        ("app.listen({port: 3000})", {"fastify": "4"}, True),
        ("app.listen({port: 3000, host: '0.0.0.0'})", {"fastify": "4"}, False),
        ("app.listen({port: 3000, host: process.env.HOST})", {"fastify": "4"}, False),
    ],
)
def test_what_nobody_reaches_is_told(source: str, needed: dict[str, str], told: bool) -> None:
    assert bool(local({"a.js": source}, Package(needed=needed))) is told
