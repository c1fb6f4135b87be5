from __future__ import annotations

import pytest

from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.compiled import go
from tests import lookalikes

MAIN = 'package main\n\nfunc main() {\n\thttp.ListenAndServe(":9000", nil)\n}\n'
MOD = "module example.com/a\n\ngo 1.24\n"


def test_a_go_service_with_its_program_below_cmd() -> None:
    found = detect(lookalikes.GO)
    assert found is not None
    assert (found.language, found.version, found.package, found.port, found.health) == (
        "go", "1.26", "./cmd/api", 9000, "/healthz",
    )  # fmt: skip


def test_a_go_program_at_the_top_needs_no_word() -> None:
    found = go.look({"go.mod": "module x\n", "main.go": MAIN, "cmd/tool/main.go": MAIN})
    assert found is not None
    assert (found.version, found.package, found.port, found.choices) == ("", "", 9000, ())
    assert "./cmd/tool" in found.evidence[-2]


@pytest.mark.parametrize(
    "path", ["main_test.go", "examples/a/main.go", "hack/gen.go", "lib/cmd/main.go", "tools/tools.go"]
)
def test_what_is_no_program_of_the_module_is_passed_over(path: str) -> None:
    found = go.look({"go.mod": MOD, "cmd/api/api.go": MAIN, path: MAIN, "lib/go.mod": MOD})
    assert found is not None
    assert found.package == "./cmd/api"


def test_a_file_for_another_build_is_no_program() -> None:
    found = go.look({"go.mod": MOD, "gen.go": f"//go:build ignore\n\n{MAIN}", "api/a.go": MAIN})
    assert found is not None
    assert found.package == "./api"


@pytest.mark.parametrize(
    ("text", "port", "asks", "server"),
    [
        ('s := &http.Server{Addr: ":7000"}', 7000, False, True),
        ('r := gin.Default(); r.Run(":7001")', 7001, False, True),
        ('net.Listen("tcp", "0.0.0.0:7002")', 7002, False, True),
        ('port := os.Getenv("PORT"); if port == "" { port = "7003" }; http.ListenAndServe(":"+port, nil)',
         7003, False, True),
        ('os.Getenv("PORT"); http.ListenAndServe(a, nil)', 8080, False, True),
        ("http.ListenAndServe(address, nil)", None, True, True),
        ('http.Get("http://other:9999/")', None, False, False),
    ],
)  # fmt: skip
def test_a_port_is_the_servers_own_or_asked(text: str, port: int | None, asks: bool, server: bool) -> None:
    found = go.look({"go.mod": MOD, "main.go": f"package main\n\nfunc main() {{\n\t{text}\n}}\n"})
    assert found is not None
    assert (found.port, found.asks_port, found.server) == (port, asks, server)


def test_who_listens_on_localhost_is_told() -> None:
    found = go.look({"go.mod": MOD, "main.go": MAIN.replace(":9000", "localhost:9000")})
    assert found is not None
    assert found.port == 9000
    assert "localhost" in found.doubts[0]


def test_what_is_embedded_and_not_there_is_told() -> None:
    embeds = f"{MAIN}\n//go:embed all:web/dist/*\nvar pages embed.FS\n"
    found = go.look({"go.mod": MOD, "main.go": embeds, "web/package.json": ""})
    there = go.look({"go.mod": MOD, "main.go": embeds, "web/dist/index.html": ""})
    assert found is not None
    assert there is not None
    assert "web/dist/*" in found.doubts[0]
    assert there.doubts == ()
