"""One of several programs: what another of them says counts for nothing."""

from __future__ import annotations

import pytest

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


def test_the_only_program_has_everything() -> None:
    assert own(GO, Detected(language="go")) is GO
