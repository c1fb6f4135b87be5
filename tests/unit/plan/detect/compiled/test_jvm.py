from __future__ import annotations

import pytest

from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.compiled import maven
from tests import lookalikes


def test_spring_boot_with_maven() -> None:
    found = detect(lookalikes.SPRING)
    assert found is not None
    assert (found.language, found.version, found.port, found.health) == (
        "java-maven", "21", 8081, "/actuator/health",
    )  # fmt: skip


MAIN = "package shop;\n\npublic class Shop { public static void main(String[] words) { CODE } }\n"


@pytest.mark.parametrize(
    ("pom", "main"),
    [
        ("", "shop.Shop"),
        ("<artifactId>maven-shade-plugin</artifactId>", ""),
        ("<!-- <artifactId>maven-shade-plugin</artifactId> -->", "shop.Shop"),
        ("<descriptorRef>jar-with-dependencies</descriptorRef>", ""),
    ],
)
def test_a_jar_runs_alone_or_is_started_by_its_class(pom: str, main: str) -> None:
    found = maven.look({"pom.xml": pom, "src/main/java/shop/Shop.java": MAIN})
    assert found is not None
    assert found.main == main


@pytest.mark.parametrize(
    ("code", "port", "asks", "server"),
    [
        ("HttpServer.create(new InetSocketAddress(8090), 0)", 8090, False, True),
        ('System.getenv("PORT")', 8080, False, True),
        ("HttpServer.create(address(), 0)", None, True, True),
        ("", None, False, False),
    ],
)
def test_a_port_is_the_servers_own_or_asked(code: str, port: int | None, asks: bool, server: bool) -> None:
    found = maven.look({"pom.xml": "", "src/main/java/shop/Shop.java": MAIN.replace("CODE", code)})
    assert found is not None
    assert (found.port, found.asks_port, found.server) == (port, asks, server)


def test_several_that_run_are_a_question_and_tests_are_none_of_them() -> None:
    poms = {
        "pom.xml": "<module>a</module><module>b</module>",
        **dict.fromkeys(("a/pom.xml", "b/pom.xml"), "<project/>"),
    }
    texts = {**poms, "a/src/main/java/A.java": MAIN, "b/src/test/java/B.java": MAIN}
    one = maven.look(texts)
    two = maven.look({**texts, "b/src/main/java/Shop.java": MAIN})
    assert one is not None
    assert two is not None
    assert (one.package, one.choices) == ("a", ())
    assert [each.package for each in two.choices] == ["a", "b"]


YAML = "server:\n  port: 9090\n  servlet:\n    context-path: /shop\n"


def test_a_health_check_is_below_the_context_path() -> None:
    pom = "<project>spring-boot-starter-web spring-boot-starter-actuator</project>"
    found = maven.look(
        {
            "pom.xml": pom,
            "src/main/resources/application.yml": YAML,
        }
    )
    assert found is not None
    assert (found.port, found.health) == (9090, "/shop/actuator/health")


@pytest.mark.parametrize(
    ("settings", "health", "doubted"),
    [
        ("management.endpoints.web.base-path=/manage\n", "/manage/health", False),
        ("spring.data.rest.base-path=/api\n", "/actuator/health", False),
        ("management.server.port=9001\n", "", True),
    ],
)
def test_where_actuator_answers(settings: str, health: str, doubted: bool) -> None:
    pom = "<project>spring-boot-starter-web spring-boot-starter-actuator spring-boot-maven-plugin</project>"
    found = maven.look({"pom.xml": pom, "src/main/resources/application.properties": settings})
    assert found is not None
    assert (found.health, any("actuator" in each for each in found.doubts)) == (health, doubted)


PARENT = "<parent><artifactId>spring-boot-starter-parent</artifactId><version>{}</version></parent>"


@pytest.mark.parametrize(
    ("version", "settings", "health", "doubted"),
    [
        ("1.5.9.RELEASE", "", "/health", False),
        (
            "1.5.9.RELEASE",
            "server.context-path=/shop\nmanagement.context-path=/manage\n",
            "/shop/manage/health",
            False,
        ),
        ("1.5.9.RELEASE", "management.port=9001\n", "", True),
        ("2.1.0.RELEASE", "server.context-path=/shop\n", "/actuator/health", False),
    ],
)
def test_before_spring_boot_2_actuator_answers_beside_the_program(
    version: str, settings: str, health: str, doubted: bool
) -> None:
    pom = f"<project>{PARENT.format(version)}spring-boot-starter-web spring-boot-starter-actuator</project>"
    found = maven.look({"pom.xml": pom, "src/main/resources/application.properties": settings})
    assert found is not None
    assert (found.health, any("actuator" in each for each in found.doubts)) == (health, doubted)


@pytest.mark.parametrize(("profile", "doubted"), [("dev", True), ("prod", False)])
def test_a_workplaces_profile_that_is_active_is_doubted(profile: str, doubted: bool) -> None:
    pom = "<project>spring-boot-starter-web spring-boot-maven-plugin</project>"
    text = f"server.port=80\nspring.profiles.active={profile}\n"
    own = {f"src/main/resources/application-{profile}.properties": "server.port=9090\n"}
    found = maven.look({"pom.xml": pom, "src/main/resources/application.properties": text, **own})
    assert found is not None
    assert (found.port, any("SPRING_PROFILES_ACTIVE" in each for each in found.doubts)) == (9090, doubted)


@pytest.mark.parametrize(
    ("file", "text", "doubted"),
    [
        ("application-prod.yml", "management:\n  server:\n    port: 8086\n", "management.server.port=8086"),
        ("application-prod.properties", "server.port=9000\n", "server.port=9000"),
        ("application-prod.yml", "server.port: 8085\n", ""),
        ("application-dev.yml", "server.port: 9000\n", ""),
        ("application-prod.yml", "logging.file: x\n", ""),
    ],
)
def test_a_profile_that_says_otherwise_is_told(file: str, text: str, doubted: str) -> None:
    pom = "<project>spring-boot-starter-web spring-boot-starter-actuator spring-boot-maven-plugin</project>"
    found = maven.look({
        "pom.xml": pom,
        "src/main/java/Shop.java": "@SpringBootApplication class Shop { static void main() {} }",
        "src/main/resources/application.yml": "server.port: 8085\n",
        f"src/main/resources/{file}": text,
    })  # fmt: skip
    assert found is not None
    assert (found.port, found.health) == (8085, "/actuator/health")
    said = [each for each in found.doubts if "a profile sets" in each]
    assert [doubted in each for each in said] == ([True] if doubted else [])


def test_what_the_whole_says_of_spring_boot_is_not_a_plain_modules() -> None:
    boot = "@SpringBootApplication\nclass Web { public static void main(String[] words) {} }"
    worker = MAIN.replace("CODE", "consume();")
    texts = {
        "pom.xml": "<module>web</module><module>worker</module><spring-boot.version/>",
        "web/pom.xml": "<artifactId>spring-boot-maven-plugin</artifactId>",
        "web/src/main/java/Web.java": boot,
        "worker/pom.xml": "<mainClass>shop.Shop</mainClass>",
        "worker/src/main/java/shop/Shop.java": worker,
    }
    found = detect(texts, package="worker")
    assert found is not None
    assert (found.main, found.port, found.server) == ("shop.Shop", None, False)
    web = detect(texts, package="web")
    assert web is not None
    assert web.port == 8080
