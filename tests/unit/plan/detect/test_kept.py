from __future__ import annotations

import pytest

from pipelinekit.model.repository.container import Container
from pipelinekit.plan.detect.kept import described, runs
from pipelinekit.plan.detect.signs import Choice, Detected

FOUND = Detected(language="node", command=("node", "x.js"), port=3000)


def seen(**said: object) -> Detected:
    container = Container(**{"base": "debian:12", "starts": True, "user": "1000", "ports": (8080,), **said})  # type: ignore[arg-type]
    return described(FOUND, container)


def test_their_command_and_their_port_count() -> None:
    found = seen()
    assert (found.command, found.port, found.keeps_dockerfile, found.doubts) == ((), 8080, True, ())


def test_which_program_it_is_needs_no_word() -> None:
    choice = Choice(name="a", package="a", why="a")
    found = described(Detected(language="go", choices=(choice, choice)), Container(base="a", ports=(1024,)))
    assert found.choices == ()


@pytest.mark.parametrize(
    ("said", "port", "asks"),
    [
        ({"ports": (), "env": {"PORT": "4000"}}, 4000, False),
        ({"ports": (), "health": "/up", "health_port": 5000}, 5000, False),
        ({"ports": ()}, None, True),
        ({"ports": (80,)}, 80, False),
    ],
)
def test_where_it_listens(said: dict[str, object], port: int | None, asks: bool) -> None:
    found = seen(**said)
    assert (found.port, found.asks_port) == (port, asks)
    assert any("port 80" in each for each in found.doubts) is (port == 80)


def test_a_port_of_the_source_that_differs_is_told() -> None:
    found = described(Detected(language="go", port=9000), Container(base="a", user="1", ports=(8080,)))
    assert "9000" in found.doubts[0]


@pytest.mark.parametrize(
    ("base", "user", "users", "number", "doubt"),
    [
        ("node:22-slim", "node", {}, 1000, ""),
        ("docker.io/library/node:22", "node", {}, 1000, ""),
        ("nginxinc/nginx-unprivileged:stable", "", {}, None, ""),
        ("nginx:1", "nginx", {}, 101, ""),
        ("gcr.io/distroless/static:nonroot", "nonroot", {}, 65532, ""),
        ("gcr.io/distroless/static-debian12", "nonroot", {}, 65532, ""),
        ("debian:12", "www-data", {}, 33, ""),
        ("php:8-fpm-alpine", "www-data", {}, 82, ""),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "app", {}, 1654, ""),
        ("debian:12", "app", {"app": 1001}, 1001, ""),
        ("debian:12", "app", {"app": None}, None, "build.user"),
        ("debian:12", "app", {}, None, "build.user"),
        ("debian:12", "", {}, None, "USER 65532:65532"),
        ("debian:12", "root", {}, None, "USER 65532:65532"),
        ("debian:12", "0", {}, None, "USER 65532:65532"),
    ],
)
def test_the_user_by_number_or_what_to_add(
    base: str, user: str, users: dict[str, int | None], number: int | None, doubt: str
) -> None:
    found = seen(base=base, user=user, users=users)
    assert found.user == number
    assert bool(found.doubts) is bool(doubt)
    assert doubt in " ".join(found.doubts)


def test_a_base_that_serves_runs_without_a_word() -> None:
    assert runs(Container(base="nginx:1"))
    assert runs(Container(base="php:8.3-apache"))
    assert not runs(Container(base="golang:1"))
