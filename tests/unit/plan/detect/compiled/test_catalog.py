from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled import catalog, gradle

CATALOG = """
[plugins]
spring-boot = { id = "org.springframework.boot", version = "3.4.5" }
kotlin_jvm = "org.jetbrains.kotlin.jvm:2.1.20"
odd = { id = 1 }
"""


@pytest.mark.parametrize(
    ("build", "ids"),
    [
        ("plugins { alias(libs.plugins.spring.boot) }", ["org.springframework.boot"]),
        ("alias(libs.plugins.kotlin.jvm)", ["org.jetbrains.kotlin.jvm:2.1.20"]),
        ("alias(libs.plugins.spring.boot) apply false", []),
        ("alias(libs.plugins.odd)\nalias(libs.plugins.none)", [""]),
        ("", []),
    ],
)
def test_an_alias_is_the_plugin_of_the_catalogue(build: str, ids: list[str]) -> None:
    assert [*catalog.plugins({catalog.FILE: CATALOG}, build)] == ids


@pytest.mark.parametrize("text", ["", "[", "plugins = 1"])
def test_without_a_catalogue_there_is_none(text: str) -> None:
    assert [*catalog.plugins({catalog.FILE: text}, "alias(libs.plugins.spring.boot)")] == []


def test_spring_boot_by_its_alias_has_a_jar_that_runs_alone() -> None:
    main = "@SpringBootApplication\nclass A { public static void main(String[] words) {} }"
    texts = {
        "build.gradle.kts": "plugins { java\n alias(libs.plugins.spring.boot) }",
        "src/main/java/A.java": main,
    }
    found = gradle.look({**texts, catalog.FILE: CATALOG})
    assert found is not None
    assert (found.main, found.port, found.doubts) == ("", 8080, ())
