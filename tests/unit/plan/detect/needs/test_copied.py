from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.plan.detect.needs.copied import marked
from pipelinekit.plan.detect.signs import Detected
from pipelinekit.reading.docker.container import read_container

SEEN = Detected(language="java-maven", keeps_dockerfile=True)


def doubts(lines: str, *paths: str) -> tuple[str, ...]:
    container = read_container(f"FROM base\n{lines}\nCMD x\n", {})
    assert container is not None
    return marked(SEEN, container, dict.fromkeys(paths, "")).doubts


@pytest.mark.parametrize(
    "line",
    [
        "COPY target/*.jar app.jar",
        "ARG JAR=build/libs/*.jar\nCOPY ${JAR} app.jar",
        'COPY ["target/my app.jar", "/app.jar"]',
        "COPY --chown=1:1 --link ./dist /srv",
        "ADD api/target/api.war /",
        "COPY a.txt bin/Release/net8.0/publish/ ./",
        "COPY dist dist",
    ],
)
def test_what_nothing_here_makes_is_told(line: str) -> None:
    assert ["which a build outside of it makes unless it is committed" in each for each in doubts(line)] == [
        True
    ]


@pytest.mark.parametrize(
    "line",
    [
        "COPY . .",
        "COPY src/ pom.xml ./",
        "COPY --from=build /src/target/app.jar /",
        "COPY build/nginx.conf /etc/nginx/",
        "COPY lib/tool.jar /",
        "COPY <<EOF target/x\nhi\nEOF",
        "COPY",
        "COPY dist",
        "COPY [not json",
    ],
)
def test_what_is_there_or_of_another_stage_is_not(line: str) -> None:
    assert doubts(line, "lib/tool.jar") == ()


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("ARG JAR\nADD ${JAR} app.jar", "JAR"),
        ("ARG JAR\nCOPY target/$JAR app.jar", "JAR"),
        ("ARG JAR=a.conf\nCOPY ${JAR} a", ""),
        ("ARG JAR\nCOPY ${JAR:-a.conf} a", ""),
        ("ENV JAR=a.conf\nCOPY $JAR a", ""),
    ],
)
def test_an_argument_without_a_value_copies_nothing(lines: str, name: str) -> None:
    said = doubts(lines, "a.conf")
    assert [f"the argument {name} says" in each for each in said] == ([True] if name else [])


def test_what_ours_in_its_place_would_not_know_is_told() -> None:
    lines = "ENV JAVA_OPTS=-Xmx512m SPRING_PROFILES_ACTIVE=prod PATH=/x\nCOPY target/a.jar /"
    container = read_container(f"FROM openjdk:8-jre\n{lines}\nCMD x\n", {})
    assert container is not None
    [said] = marked(replace(SEEN, version="8"), container, {}).doubts
    assert said.endswith(
        'new Dockerfile`, with build.version: "8" and its ENV JAVA_OPTS SPRING_PROFILES_ACTIVE in run.env'
    )
    assert doubts("COPY target/a.jar /")[0].endswith("--take new Dockerfile`")
