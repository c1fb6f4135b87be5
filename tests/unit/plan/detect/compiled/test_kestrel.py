from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled import dotnet
from pipelinekit.plan.detect.signs import Detected

WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net10.0</TargetFramework></Project>'


def seen(**texts: str) -> Detected:
    named = {f"src/W/{path.replace('_', '.')}": text for path, text in texts.items()}
    found = dotnet.look({"src/W/W.csproj": WEB, "src/Way/Other.cs": 'app.Run("http://*:7000")', **named})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "port"),
    [
        ('builder.WebHost.UseUrls("http://*:5005");', 5005),
        ('app.Urls.Add("http://0.0.0.0:5005");', 5005),
        ('app.Run("http://+:5005");', 5005),
        ("options.ListenAnyIP(5005);", 5005),
        ("options.Listen(IPAddress.Any, 5005);", 5005),
        ('// app.Run("http://+:5005");\napp.Run();', 8080),
        ('UseUrls("https://*:5005")', 8080),
        ("app.Run();", 8080),
    ],
)
def test_code_comes_before_the_port_that_is_given(code: str, port: int) -> None:
    found = seen(Program_cs=code)
    assert (found.port, found.doubts) == (port, ())


@pytest.mark.parametrize(
    ("settings", "port"),
    [
        ('{"Kestrel": {"Endpoints": {"Http": {"Url": "http://0.0.0.0:5005"}}}}', 5005),
        ('\ufeff{\n  // as before\n  "urls": "http://*:5005"}', 5005),
        ('{"Kestrel": {"Endpoints": {"S": {"Url": "https://*:5006"}}}, "Urls": "http://*:5005"}', 8080),
        ('{"Pay": {"Url": "http://pay:5005"}}', 8080),
        ('{"Kestrel": [], "Urls": {}}', 8080),
        ("[" * 100_000, 8080),
    ],
)
def test_settings_come_before_the_port_that_is_given(settings: str, port: int) -> None:
    assert seen(appsettings_json=settings).port == port


def test_those_of_production_come_first_and_those_of_a_workplace_never() -> None:
    settings = {
        "appsettings_json": '{"Urls": "http://*:5005"}',
        "appsettings_Production_json": '{"Urls": "http://*:5006"}',
        "appsettings_Development_json": '{"Urls": "http://*:5007"}',
    }
    assert seen(**settings).port == 5006


def test_several_are_asked_and_localhost_is_doubted() -> None:
    assert seen(Program_cs="o.ListenAnyIP(5005); o.ListenAnyIP(5006);").asks_port
    assert "localhost" in seen(Program_cs="o.ListenLocalhost(5005);").doubts[0]
    assert "localhost" in seen(Program_cs='app.Run("http://localhost:5005");').doubts[0]
