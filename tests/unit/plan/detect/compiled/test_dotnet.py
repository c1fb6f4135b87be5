from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled import dotnet
from tests import lookalikes

WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net10.0</TargetFramework></Project>'
LIBRARY = '<Project Sdk="Microsoft.NET.Sdk"><TargetFramework>net10.0</TargetFramework></Project>'


def test_a_dotnet_project_is_not_its_tests() -> None:
    found = dotnet.look(lookalikes.DOTNET)
    assert found is not None
    assert (found.package, found.version) == ("src/Api/Api.csproj", "8.0")
    assert found.dependencies == ("src/Api.Tests/Api.Tests.csproj", "src/Api/Api.csproj")
    assert "no fixes" in found.doubts[0]


def test_the_web_project_of_a_solution_and_what_a_restore_reads() -> None:
    shared = {"Directory.Packages.props": "", "src/Directory.Build.props": "", "nuget.config": ""}
    found = dotnet.look({**shared, "src/A/A.csproj": LIBRARY, "src/W/W.csproj": WEB})
    assert found is not None
    assert (found.package, found.port, found.doubts) == ("src/W/W.csproj", 8080, ())
    assert found.dependencies == (*sorted(shared), "src/A/A.csproj", "src/W/W.csproj")


def test_two_web_projects_are_a_question() -> None:
    found = dotnet.look({"A/A.csproj": WEB, "B/B.csproj": WEB})
    assert found is not None
    assert [each.package for each in found.choices] == ["A/A.csproj", "B/B.csproj"]


def test_an_assembly_with_a_name_of_its_own() -> None:
    text = WEB.replace("</Project>", "<AssemblyName>Shop.Web</AssemblyName></Project>")
    found = dotnet.look({"W.csproj": text})
    assert found is not None
    assert found.main == "Shop.Web"


def test_the_version_may_stand_in_the_shared_properties() -> None:
    web = '<Project Sdk="Microsoft.NET.Sdk.Web" />'
    shared = "<TargetFramework>net10.0</TargetFramework>"
    found = dotnet.look({"W/W.csproj": web, "Directory.Build.props": shared})
    assert found is not None
    assert found.version == "10.0"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ('{"sdk": {"version": "10.0.100"}}', "dotnet/sdk:10.0.100"),
        ('{"sdk": {"version": "10.0.100", "rollForward": "latestFeature"}}', ""),
        ("[]", ""),
        ("{", ""),
    ],
)
def test_an_sdk_that_is_pinned(text: str, base: str) -> None:
    found = dotnet.look({"W.csproj": WEB, "global.json": text})
    assert found is not None
    assert found.base == base


def test_a_worker_has_no_port() -> None:
    found = dotnet.look({"W.csproj": WEB.replace("Sdk.Web", "Sdk.Worker")})
    assert found is not None
    assert (found.server, found.port, found.runtime) == (False, None, "dotnet/runtime:10.0")


def test_libraries_alone_are_told() -> None:
    found = dotnet.look({"A.csproj": LIBRARY, "B.csproj": LIBRARY})
    assert found is not None
    assert "no project that runs" in found.doubts[0]


def test_a_worker_beside_a_web_project_is_one_of_the_programs() -> None:
    worker = WEB.replace("Sdk.Web", "Sdk.Worker")
    tool = LIBRARY.replace("<Target", "<OutputType>Exe</OutputType><Target")
    found = dotnet.look({"A/A.csproj": WEB, "B/B.csproj": worker, "C/C.csproj": tool})
    assert found is not None
    assert [each.package for each in found.choices] == ["A/A.csproj", "B/B.csproj"]


def test_only_what_is_in_its_own_folder_is_its_source() -> None:
    exe = LIBRARY.replace("<Target", "<OutputType>Exe</OutputType><Target")
    found = dotnet.look({"src/Job/Job.csproj": exe, "src/Jobs.Web/A.cs": "HttpListener"})
    assert found is not None
    assert not found.asks_port
