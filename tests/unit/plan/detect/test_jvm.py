from __future__ import annotations

from pipelinekit.plan.detect import detect, jvm
from tests import lookalikes


def test_spring_boot_with_maven() -> None:
    found = detect(lookalikes.SPRING)
    assert found is not None
    assert (found.language, found.version, found.port, found.health) == (
        "java-maven", "21", 8081, "/actuator/health",
    )  # fmt: skip


def test_the_module_with_the_program() -> None:
    found = jvm.maven(lookalikes.MODULES)
    assert found is not None
    assert (found.package, found.dependencies) == ("web", ())


def test_spring_boot_with_gradle() -> None:
    found = jvm.gradle(lookalikes.GRADLE)
    assert found is not None
    assert (found.version, found.port, found.health) == ("21", 8080, "")


def test_an_old_way_of_saying_the_version() -> None:
    found = jvm.maven({"pom.xml": "<maven.compiler.source>1.8</maven.compiler.source>"})
    assert found is not None
    assert found.version == "8"
