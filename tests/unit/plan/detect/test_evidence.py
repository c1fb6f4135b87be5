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


KINDS = {
    "go": ("main.go", {"go.mod": ""}),
    "node": ("a.js", {"package.json": EXPRESS}),
    "python": ("main.py", {"requirements.txt": ""}),
    "rust": ("src/main.rs", {"Cargo.toml": '[package]\nname = "a"'}),
    "java": ("src/main/java/A.java", {"pom.xml": "<project/>"}),
}
REDIS = 'rdb := redis.NewClient(&redis.Options{Addr: "localhost:6379"})\nhttp.ListenAndServe(addr, nil)'
JAVA = "class A {{ public static void main(String[] a) {{ {} HttpServer.create(); }} }}"


@pytest.mark.parametrize(
    ("kind", "source", "port"),
    [
        ("go", GO.format(REDIS), None),
        ("go", GO.format('net.Dial("tcp", "localhost:5000")\nhttp.ListenAndServe(":9000", nil)'), 9000),
        ("go", GO.format('grpc.Dial(":50051")\nhttp.ListenAndServe(addr, nil)'), None),
        ("go", GO.format('s := http.Server{Addr: ":9000"}\ns.ListenAndServe()'), 9000),
        ("node", "a = {port: process.env.DB_PORT || 5999}\nb.listen(process.env.PORT || 3000)", 3000),
        ("node", "redis.createClient({port: 7000})\napp.listen(config.http)", None),
        ("python", "r = redis.Redis(host='a', port=6379)\nweb.run_app(app, port=9000)", 9000),
        ("python", "os.environ.get('SMTP_PORT', 2525)\nweb.run_app(app)", None),
        ("rust", 'fn main() { redis::Client::open("127.0.0.1:6379"); axum::serve(l, a) }', None),
        ("java", JAVA.format("new HikariPool(port = 5999);"), None),
        ("java", JAVA.format("new InetSocketAddress(9000);"), 9000),
    ],
)
def test_in_each_language(kind: str, source: str, port: int | None) -> None:
    path, files = KINDS[kind]
    found = detect({**files, path: source})
    assert found is not None
    assert (found.port, found.asks_port) == (port, port is None), (found.evidence, found.doubts)
