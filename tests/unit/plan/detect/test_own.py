"""One of several programs: what another of them says counts for nothing."""

from __future__ import annotations

import json

import pytest

from pipelinekit.cli.application.repository.takein import seen_in
from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.own import own
from pipelinekit.plan.detect.signs import Detected

GO_MAIN = 'func main() {{ http.ListenAndServe(":{}", nil) }}'
WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net10.0</TargetFramework></Project>'
ROUTE = '"/healthz"'
GO = {
    "go.mod": "module example.com/a\n",
    "cmd/api/main.go": f'package main\nimport "example.com/a/web"\n{GO_MAIN.format(9000)}',
    "web/web.go": f"package web\nvar route = {ROUTE}",
    "cmd/admin/main.go": f"package main\n{GO_MAIN.format(9001)}",
}
NODE = {
    "package.json": '{"workspaces": ["apps/*", "libs/*"]}',
    "apps/api/package.json": '{"name": "a", "scripts": {"start": "node a.js"}, "dependencies": {"lib": "*"}}',
    "apps/api/a.js": "require('http').createServer().listen(4000)",
    "apps/web/package.json": '{"name": "web", "scripts": {"start": "node a.js"}}',
    "apps/web/a.js": "require('http').createServer().listen(4001)",
    "libs/lib/package.json": '{"name": "lib"}',
    "libs/lib/routes.js": f"exports.route = {ROUTE}",
}
DOTNET = {
    "A.sln": "",
    "api/Api.csproj": WEB,
    "api/appsettings.yml": f"route: {ROUTE}",
    "admin/Admin.csproj": WEB,
}


@pytest.mark.parametrize(
    ("texts", "one", "other", "option"),
    [
        (GO, "./cmd/api", "./cmd/admin", "package"),
        (NODE, "apps/api", "apps/web", "service"),
        (DOTNET, "api/Api.csproj", "admin/Admin.csproj", "package"),
    ],
)
def test_the_health_check_is_the_programs_own(
    texts: dict[str, str], one: str, other: str, option: str
) -> None:
    found = [detect(texts, **{option: each}) for each in (one, other)]
    assert [each.health for each in found if each] == ["/healthz", ""]


def nest_of(**more: str) -> dict[str, str]:
    """Two applications of Nest's, and two libraries that nobody or one of them takes."""
    kinds = {"api": "apps/api", "admin": "apps/admin", "health": "libs/health", "other": "libs/other"}
    projects = {
        name: {
            "type": "application" if root.startswith("apps") else "library",
            "root": root,
            "entryFile": "main" if root.startswith("apps") else "index",
        }
        for name, root in kinds.items()
    }
    listens = "const app = await NestFactory.create(A);\nawait app.listen(3100);\n"
    return {
        "package.json": '{"name": "shop", "dependencies": {"@nestjs/core": "^11"}}',
        "nest-cli.json": json.dumps({"monorepo": True, "projects": projects}),
        "tsconfig.json": '{"compilerOptions": {"paths": {"@shop/health": ["libs/health/src"]}}}',
        "apps/api/src/main.ts": listens,
        "apps/admin/src/main.ts": listens,
        **more,
    }


@pytest.mark.parametrize(
    ("more", "health"),
    [
        ({"apps/api/src/health.ts": f"@Get({ROUTE})"}, "/healthz"),
        ({"apps/admin/src/health.ts": f"@Get({ROUTE})"}, ""),
        ({"libs/health/src/index.ts": f"@Get({ROUTE})"}, ""),
        (
            {
                "libs/health/src/index.ts": f"@Get({ROUTE})",
                "apps/api/src/api.module.ts": "import { HealthModule } from '@shop/health';",
            },
            "/healthz",
        ),
        (
            {
                "libs/health/src/index.ts": f"@Get({ROUTE})",
                "apps/api/src/api.module.ts": "import { Other } from '../../../libs/other/src';",
                "libs/other/src/index.ts": "export * from '@shop/health/module';",
            },
            "/healthz",
        ),
        ({"apps/api/test/app.e2e-spec.ts": f"request.get({ROUTE})"}, ""),
    ],
)
def test_an_application_of_nests_has_its_own_routes_and_those_of_its_libraries(
    more: dict[str, str], health: str
) -> None:
    found = detect(nest_of(**more), package="dist/apps/api/main.js")
    assert found
    assert (found.health, found.port) == (health, 3100)


FLASK = {"requirements.txt": "flask\ngunicorn\n", "app.py": "app = Flask(__name__)\n"}
EXPRESS = {
    "package.json": '{"name": "a", "scripts": {"start": "node index.js"}, "dependencies": {"express": "4"}}',
    "index.js": "express().listen(3000)",
}
GO_ONE = {"go.mod": "module example.com/a\n", "main.go": f"package main\n{GO_MAIN.format(9000)}"}
SINATRA = {"Gemfile": "gem 'sinatra'\ngem 'puma'\n", "config.ru": "run App"}
PAGES = {"composer.json": '{"require": {"php": "^8.3"}}', "public/index.php": "<?php"}
RUST = {
    "Cargo.toml": '[package]\nname = "a"\n[dependencies]\naxum = "0.8"\n',
    "src/main.rs": 'TcpListener::bind("0.0.0.0:3000")',
}
MAVEN = {
    "pom.xml": "<project/>",
    "src/main/java/A.java": "public static void main(String[] a) {new Server(9000);}",
}


@pytest.mark.parametrize(
    ("texts", "neighbour"),
    [
        (FLASK, {"mock/requirements.txt": "flask", "mock/server.py": ROUTE}),
        (FLASK, {"frontend/package.json": "{}", "frontend/src/api.js": f"fetch({ROUTE})"}),
        (FLASK, {"static/api.js": f"fetch({ROUTE})"}),
        (FLASK, {"tests/test_app.py": f"client.get({ROUTE})"}),
        (EXPRESS, {"admin/package.json": '{"name": "admin"}', "admin/index.js": f"app.get({ROUTE})"}),
        (EXPRESS, {"tools/check.py": f"requests.get({ROUTE})"}),
        (EXPRESS, {"docker-compose.yml": f"healthcheck: {{test: [CMD, curl, {ROUTE}]}}"}),
        (GO_ONE, {"cmd/admin/main.go": f"package main\nfunc main() {{ http.Handle({ROUTE}) }}"}),
        (GO_ONE, {"web/app.js": f"fetch({ROUTE})"}),
        (SINATRA, {"admin/Gemfile": "", "admin/app.rb": f"get {ROUTE}"}),
        (PAGES, {"admin/composer.json": "{}", "admin/index.php": ROUTE}),
        (RUST, {"xtask/Cargo.toml": "", "xtask/src/main.rs": ROUTE}),
        (MAVEN, {"src/test/java/T.java": f"get({ROUTE})"}),
    ],
)
def test_what_lies_beside_a_program_says_nothing_of_its_health(
    texts: dict[str, str], neighbour: dict[str, str]
) -> None:
    found = detect(texts | neighbour)
    assert found
    assert (found.server, found.health) == (True, "")
    assert not any("health check" in each for each in found.evidence)


@pytest.mark.parametrize(
    ("texts", "neighbour"),
    [
        (FLASK, {"mock/requirements.txt": "flask", "mock/server.py": "os.environ['TOKEN']; open('a', 'w')"}),
        (EXPRESS, {"admin/package.json": "{}", "admin/i.js": "fs.writeFileSync('data/a.json', b)"}),
        (GO_ONE, {"cmd/admin/main.go": 'package main\nfunc main() { os.Create("a") }'}),
        (SINATRA, {"admin/Gemfile": "", "admin/app.rb": "ENV.fetch('TOKEN')"}),
        (RUST, {"xtask/Cargo.toml": "", "xtask/src/main.rs": 'env::var("TOKEN").unwrap()'}),
    ],
)
def test_nor_of_what_it_reads_and_writes(texts: dict[str, str], neighbour: dict[str, str]) -> None:
    alone, beside = seen_in(texts), seen_in(texts | neighbour)
    assert alone
    assert beside
    assert beside.doubts == alone.doubts


@pytest.mark.parametrize(
    ("texts", "neighbour"),
    [
        (
            {"requirements.txt": "", "main.py": "HTTPServer(('', port))"},
            {"mock/requirements.txt": "", "mock/server.py": "HTTPServer(('', 9999))"},
        ),
        (
            {**EXPRESS, "index.js": "express().listen(config.port)"},
            {"admin/package.json": "{}", "admin/index.js": "app.listen(9999)"},
        ),
        (
            {"Gemfile": "", "server.rb": "TCPServer.new(port)"},
            {"admin/Gemfile": "", "admin/app.rb": "TCPServer.new(9999)"},
        ),
        (
            {**RUST, "src/main.rs": "TcpListener::bind(address)"},
            {"xtask/Cargo.toml": '[package]\nname = "xtask"\n', "xtask/src/main.rs": 'bind("0.0.0.0:9999")'},
        ),
    ],
)
def test_nor_of_where_it_listens(texts: dict[str, str], neighbour: dict[str, str]) -> None:
    found = detect(texts | neighbour)
    assert found
    assert (found.port, found.asks_port) == (None, True)


def test_the_only_program_has_everything() -> None:
    assert own(GO, Detected(language="go")) is GO
