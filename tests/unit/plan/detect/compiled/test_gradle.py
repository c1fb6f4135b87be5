from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled import gradle
from tests import lookalikes

APP = 'plugins { application }\napplication { mainClass = "demo.App" }\n'
MAIN = "package demo;\n\npublic class App { public static void main(String[] words) {} }\n"


def test_spring_boot_with_gradle() -> None:
    found = gradle.look(lookalikes.GRADLE)
    assert found is not None
    assert (found.version, found.port, found.health) == ("21", 8080, "")


def test_the_application_below_the_settings() -> None:
    settings = 'rootProject.name = "demo"\ninclude("app", "list")\ninclude(":tools:gen")\n'
    texts = {"settings.gradle.kts": settings, "app/build.gradle.kts": APP}
    found = gradle.look({**texts, "app/src/main/java/demo/App.java": MAIN})
    assert found is not None
    assert (found.package, found.main, found.dependencies) == ("app", "demo.App", ())
    assert "app, list, tools/gen" in " ".join(found.evidence)


def test_kotlin_has_a_class_for_its_main() -> None:
    texts = {"build.gradle.kts": APP, "src/main/kotlin/App.kt": "package demo\n\nfun main() {}\n"}
    found = gradle.look(texts)
    assert found is not None
    assert found.main == "demo.AppKt"


@pytest.mark.parametrize(
    ("wrapper", "java", "base"),
    [
        ("8.5", "21", ""),
        ("7.6", "17", "library/gradle:7-jdk17"),
        ("7.6", "21", "library/gradle:8-jdk21"),
        ("9.0", "11", "library/gradle:9-jdk17"),
        ("6.9", "11", "library/gradle:6-jdk11"),
    ],
)
def test_the_wrapper_says_which_gradle(wrapper: str, java: str, base: str) -> None:
    texts = {
        "build.gradle": f"java {{ toolchain {{ languageVersion = JavaLanguageVersion.of({java}) }} }}",
        "gradle/wrapper/gradle-wrapper.properties": f"distributionUrl=x/gradle-{wrapper}-bin.zip",
    }
    found = gradle.look(texts)
    assert found is not None
    assert found.base == base


def test_a_build_that_reads_other_files_has_no_layer_for_its_dependencies() -> None:
    found = gradle.look({"build.gradle": APP, "gradle/libs.versions.toml": ""})
    assert found is not None
    assert found.dependencies == ()


def test_a_worker_that_its_build_names_stands_beside_spring_boot() -> None:
    boot = "package demo;\n@SpringBootApplication\nclass Web { public static void main(String[] words) {} }\n"
    found = gradle.look(
        {
            "settings.gradle.kts": 'include("web", "worker", "tools")',
            "web/build.gradle.kts": 'plugins { id("org.springframework.boot") }',
            "web/src/main/java/demo/Web.java": boot,
            "worker/build.gradle.kts": APP,
            "worker/src/main/java/demo/App.java": MAIN,
            "tools/build.gradle.kts": "",
            "tools/src/main/java/demo/Tool.java": MAIN.replace("App", "Tool"),
        }
    )
    assert found is not None
    assert [(each.package, each.main) for each in found.choices] == [
        ("web", "demo.Web"),
        ("worker", "demo.App"),
    ]
