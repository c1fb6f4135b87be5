"""Where a program listens, and where it calls."""

from __future__ import annotations

import re

import pytest

from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.evidence import listens, number

PORT = re.compile(r"\b[pP]ort\w*\D{1,6}(\d{2,5})")
GO = "package main\n\nfunc main() {{\n{}\n}}\n"
EXPRESS = '{"main": "a.js", "dependencies": {"express": "4"}}'


@pytest.mark.parametrize(
    "text",
    [
        "port = 5432",
        "const DB_PORT = env.DB_PORT || 5999",
        "redis.createClient({port: 7000})",
        "new Pool({\n  host: 'a',\n  port: 7000\n})",
        "mail = smtplib.SMTP(\n  host, port=7000)",
        "requests.get(url, port=7000)",
        "port = 70000",
    ],
)
def test_what_is_called_is_not_where_it_listens(text: str) -> None:
    assert listens(PORT, (text,)) is None


@pytest.mark.parametrize(
    "text",
    [
        "server.listen({port: 7000})",
        "const port = 7000",
        "serve({\n fetch,\n port: 7000})",
        "redis()\nport = 7000",
    ],
)
def test_where_it_listens(text: str) -> None:
    found = listens(PORT, (text,))
    assert found
    assert number(found) == 7000


@pytest.mark.parametrize(
    ("texts", "port", "asks"),
    [
        ({"go.mod": "", "main.go": GO.format('rdb := redis.NewClient(&redis.Options{Addr: "localhost:6379"})\nhttp.ListenAndServe(addr, nil)')}, None, True),
        ({"go.mod": "", "main.go": GO.format('c, _ := net.Dial("tcp", "localhost:5000")\nhttp.ListenAndServe(":9000", nil)')}, 9000, False),
        ({"go.mod": "", "main.go": GO.format('conn := grpc.Dial(":50051")\nhttp.ListenAndServe(addr, nil)')}, None, True),
        ({"go.mod": "", "main.go": GO.format('s := http.Server{Addr: ":9000"}\ns.ListenAndServe()')}, 9000, False),
        ({"package.json": EXPRESS, "a.js": "const db = {port: process.env.DB_PORT || 5432}\napp.listen(process.env.PORT || 3000)"}, 3000, False),
        ({"package.json": EXPRESS, "a.js": "redis.createClient({port: 7000})\napp.listen(config.http)"}, None, True),
        ({"requirements.txt": "", "main.py": "r = redis.Redis(host='a', port=6379)\nweb.run_app(app, port=9000)"}, 9000, False),
        ({"requirements.txt": "", "main.py": "os.environ.get('SMTP_PORT', 2525)\nweb.run_app(app)"}, None, True),
        ({"Cargo.toml": '[package]\nname="a"', "src/main.rs": 'fn main() { redis::Client::open("127.0.0.1:6379"); axum::serve(l, a) }'}, None, True),
        ({"pom.xml": "<project/>", "src/main/java/A.java": "class A { public static void main(String[] a) { new HikariPool(port = 5432); HttpServer.create(); } }"}, None, True),
    ],
)  # fmt: skip
def test_in_each_language(texts: dict[str, str], port: int | None, asks: bool) -> None:
    found = detect(texts)
    assert found is not None
    assert (found.port, found.asks_port) == (port, asks), (found.evidence, found.doubts)
