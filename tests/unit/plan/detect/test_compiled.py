from __future__ import annotations

from pipelinekit.plan.detect import compiled
from tests import lookalikes


def test_a_cargo_workspace_is_built_whole() -> None:
    found = compiled.rust(lookalikes.CARGO)
    assert found is not None
    assert (found.package, found.dependencies, found.port) == ("api-server", (), 7000)


def test_a_cargo_package() -> None:
    found = compiled.rust(
        {"Cargo.toml": '[package]\nname = "orders"\n', "src/main.rs": "([0, 0, 0, 0], 8081)"}
    )
    assert found is not None
    assert (found.package, found.dependencies, found.port) == ("orders", None, 8081)


def test_a_dotnet_project_is_not_its_tests() -> None:
    found = compiled.dotnet(lookalikes.DOTNET)
    assert found is not None
    assert (found.package, found.version) == ("src/Api/Api.csproj", "8.0")
    assert found.dependencies == ("src/Api/Api.csproj", "src/Api.Tests/Api.Tests.csproj")
