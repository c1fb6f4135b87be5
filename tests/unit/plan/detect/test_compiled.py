from __future__ import annotations

from pipelinekit.plan.detect import compiled
from tests import lookalikes


def test_a_dotnet_project_is_not_its_tests() -> None:
    found = compiled.dotnet(lookalikes.DOTNET)
    assert found is not None
    assert (found.package, found.version) == ("src/Api/Api.csproj", "8.0")
    assert found.dependencies == ("src/Api/Api.csproj", "src/Api.Tests/Api.Tests.csproj")
