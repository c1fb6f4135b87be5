"""Java with Maven or Gradle, and Spring Boot on either."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.signs import Detected, Texts, search


def maven(texts: Texts) -> Detected | None:
    """A Maven project, or None."""
    if "pom.xml" not in texts:
        return None
    pom = texts["pom.xml"]
    found = Detected(language="java-maven", evidence=("pom.xml: Java with Maven",))
    version = re.search(r"<(?:java\.version|maven\.compiler\.(?:release|target|source))>(?:1\.)?(\d+)<", pom)
    if version:
        found = replace(found, version=version[1]).because(f"pom.xml says Java {version[1]}")
    modules = re.findall(r"<module>([^<]+)</module>", pom)
    main = next((path for path in sorted(texts) if re.search(r"Application\.java$|/Main\.java$", path)), "")
    module = next((each for each in modules if main.startswith(f"{each}/")), "")
    if modules:
        # Each module has a project file of its own: no single one names the dependencies.
        found = replace(found, package=module, dependencies=()).because(
            f"modules {', '.join(modules)}: {module or '?'} is the program"
        )
    return _spring(texts, found, pom)


def _spring(texts: Texts, found: Detected, build: str) -> Detected:
    if "spring-boot" not in build:
        return found
    port = search(
        texts,
        r"application\.(properties|ya?ml)$",
        r"(?:server\.port\s*[=:]\s*|server:[ \t\r]*\n[ \t]+port:[ \t]*)(\d+)",
    )
    number = int(port[1]) if port else 8080
    found = replace(found, port=number).because(f"Spring Boot, on port {number}")
    if "spring-boot-starter-actuator" in build:
        found = replace(found, health="/actuator/health").because(
            "actuator: the health check /actuator/health"
        )
    return found


def gradle(texts: Texts) -> Detected | None:
    """A Gradle project, or None."""
    build = next((each for each in ("build.gradle", "build.gradle.kts") if each in texts), "")
    if not build:
        return None
    found = Detected(language="java-gradle", evidence=(f"{build}: Java with Gradle",))
    version = re.search(
        r"(?:JavaVersion\.VERSION_|JavaLanguageVersion\.of\(|sourceCompatibility\s*=\s*['\"]?)(\d+)",
        texts[build],
    )
    if version:
        found = replace(found, version=version[1]).because(f"{build} says Java {version[1]}")
    return _spring(texts, found, texts[build])
